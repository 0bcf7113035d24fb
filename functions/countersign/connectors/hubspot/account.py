"""What HubSpot says of an account: properties, owners, pipelines; and a property that we make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from countersign.actions.field_map import Field, Property, Schema
from countersign.connectors.hubspot.http import Http, accepted
from countersign.domain.errors import Ambiguous, Refused, Unavailable

_PAGES = 50
"""Of a hundred owners each: more than an account of a size that we can serve."""
_GROUPS = {"contacts": "contactinformation", "deals": "dealinformation", "tasks": "task"}
"""The group that HubSpot's pages show a property in."""


def schema_of(http: Http, kind: str) -> Schema:
    """The kind with its properties, archived ones left out, and what is required to create one.

    An engagement (a task, a mail) may have properties and no schema: then nothing is known to be
    required. Raises Throttled, Unavailable, or Refused when the token may not read schemas.
    """
    listed = http.read("GET", f"/crm/v3/properties/{kind}")
    whole = http.read("GET", f"/crm/v3/schemas/{kind}")
    if listed is None:
        raise Refused(f"the CRM does not describe its {kind}: give the token the scopes of schemas")
    with _readable(kind):
        properties = tuple(_property(one) for one in listed["results"])
        required = tuple(whole["requiredProperties"]) if whole is not None else ()
        return Schema(properties=properties, required=required)


def _property(found: Mapping[str, Any]) -> Property:
    return Property(
        name=found["name"],
        type=found["type"],
        # HubSpot leaves both out where they are false.
        read_only=bool((found.get("modificationMetadata") or {}).get("readOnlyValue")),
        unique=bool(found.get("hasUniqueValue")),
        options=tuple(str(one["value"]) for one in found.get("options") or ()),
    )


def owners_of(http: Http) -> Mapping[str, str]:
    """Everybody who may own records, by id: their mail address. Raises as `schema_of`."""
    found: dict[str, str] = {}
    query = {"limit": "100", "archived": "false"}
    for _ in range(_PAGES):
        page = http.read("GET", "/crm/v3/owners", query=query)
        if page is None:
            raise Refused(
                "the CRM does not list its owners: give the token crm.objects.owners.read"
            )
        with _readable("owners"):
            found |= {str(one["id"]): str(one.get("email") or "") for one in page["results"]}
            after = ((page.get("paging") or {}).get("next") or {}).get("after")
        if not after:
            return found
        query["after"] = str(after)
    raise Refused(f"the CRM has more than {_PAGES * 100} owners")


def pipelines_of(http: Http) -> Mapping[str, tuple[str, ...]]:
    """The pipelines of deals, each with its stages, by their ids. Raises as `schema_of`."""
    listed = http.read("GET", "/crm/v3/pipelines/deals")
    if listed is None:
        raise Refused("the CRM does not list its pipelines: give the token crm.schemas.deals.read")
    with _readable("pipelines"):
        return {
            str(one["id"]): tuple(str(stage["id"]) for stage in one["stages"])
            for one in listed["results"]
        }


def make_property(http: Http, kind: str, field: Field) -> None:
    """Create a property for texts. Raises as `schema_of`, or Ambiguous."""
    body = {
        "name": field.name,
        "label": field.name.replace("_", " ").capitalize(),
        "type": "string",
        "fieldType": "text",
        "groupName": _GROUPS[kind],
        "hasUniqueValue": field.unique,
    }
    doing = f"create {kind}.{field.name}"
    accepted(http.write("POST", f"/crm/v3/properties/{kind}", body), doing, (), lost=Ambiguous)


@contextmanager
def _readable(what: str) -> Iterator[None]:
    try:
        yield
    except (KeyError, TypeError, AttributeError, ValueError):
        raise Unavailable(f"the CRM's description of its {what} is not readable") from None
