"""HubSpot's description of its objects: `/crm/v3/properties` and `/crm/v3/schemas`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from countersign.connectors.hubspot_http import Http
from countersign.domain.errors import Refused, Unavailable
from countersign.domain.field_map import Property, Schema


def schema_of(http: Http, kind: str) -> Schema:
    """The kind with its properties, archived ones left out, and what is required to create one.

    An engagement (a task, a mail) may have properties and no schema: then nothing is known to be
    required. Raises Throttled, Unavailable, or Refused when the token may not read schemas.
    """
    listed = http.read("GET", f"/crm/v3/properties/{kind}")
    whole = http.read("GET", f"/crm/v3/schemas/{kind}")
    if listed is None:
        raise Refused(f"the CRM does not describe its {kind}: give the token the scopes of schemas")
    try:
        properties = tuple(_property(one) for one in listed["results"])
        required = tuple(whole["requiredProperties"]) if whole is not None else ()
        return Schema(properties=properties, required=required)
    except (KeyError, TypeError, AttributeError, ValueError):
        raise Unavailable(f"the CRM's description of its {kind} is not readable") from None


def _property(found: Mapping[str, Any]) -> Property:
    return Property(
        name=found["name"],
        type=found["type"],
        # HubSpot leaves both out where they are false.
        read_only=bool((found.get("modificationMetadata") or {}).get("readOnlyValue")),
        unique=bool(found.get("hasUniqueValue")),
        options=tuple(str(one["value"]) for one in found.get("options") or ()),
    )
