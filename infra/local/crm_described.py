"""The demo CRM's calls that tell what objects and properties there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra.local.crm_door import Answer, Call
from infra.local.crm_rules import kind_of
from infra.local.crm_schema import Property, PropertyType, Schema
from infra.local.crm_store import Store

_FIELD_TYPES: Mapping[PropertyType, str] = {
    "string": "text",
    "number": "number",
    "datetime": "date",
    "enumeration": "select",
    "bool": "booleancheckbox",
}


@dataclass(frozen=True)
class Describing:
    """The calls, for one schema."""

    schema: Schema

    def properties(self, store: Store, call: Call) -> Answer:  # noqa: ARG002 - no record is read
        """`GET /crm/v3/properties/{kind}`: every property."""
        known = self.schema[kind_of(call.path["kind"])].values()
        return Answer(200, {"results": [described(one) for one in known]})

    def schemas(self, store: Store, call: Call) -> Answer:  # noqa: ARG002 - as above
        """`GET /crm/v3/schemas/{kind}`: the object type, and what is required to create one."""
        kind = kind_of(call.path["kind"])
        known = self.schema[kind].values()
        body = {
            "name": kind.removesuffix("s").upper(),
            "properties": [described(one) for one in known],
            "requiredProperties": [one.name for one in known if one.required],
        }
        return Answer(200, body)


def described(known: Property) -> dict[str, Any]:
    """The property as HubSpot shows it. Owners are kept elsewhere: it lists none."""
    elsewhere = {"externalOptions": True, "referencedObjectType": "OWNER"}
    return {
        "name": known.name,
        "label": known.label,
        "type": known.type,
        "fieldType": _FIELD_TYPES[known.type],
        **(elsewhere if known.format == "owner" else {}),
        "options": [{"label": o, "value": o, "hidden": False} for o in known.options],
        "hasUniqueValue": known.unique,
        "hubspotDefined": not known.name.startswith("countersign_"),
        "modificationMetadata": {"readOnlyValue": known.read_only},
    }
