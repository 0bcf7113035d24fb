"""The demo CRM's API calls in HubSpot's public REST shape, one function per call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from infra.local.crm.rules import HubSpotRefusal, kind_of
from infra.local.crm.schema import DEFAULTS, SCHEMA, Kind
from infra.local.crm.store import CrmObject, CrmStore
from infra.local.demo.answer import DemoAnswer
from infra.local.demo.database import iso
from infra.local.demo.system import DemoCall

MOST_READ = 100
"""Objects in one batch read."""


def create(store: CrmStore, call: DemoCall) -> DemoAnswer:
    """`POST /crm/v3/objects/{kind}`: 201 and the new object."""
    kind = kind_of(call.path["kind"])
    to = _targets(call.params.get("associations", []))
    made = store.create(kind, call.params.get("properties"), to)
    store.record(
        method="POST",
        type=kind,
        id=str(made.id),
        properties=dict(made.properties),
        associations=[str(other) for other, _ in to],
        key=made.properties.get("countersign_action_key", call.key),
    )
    return DemoAnswer(201, _shown(made, (*made.properties, *DEFAULTS[kind])))


def read(store: CrmStore, call: DemoCall) -> DemoAnswer:
    """`GET /crm/v3/objects/{kind}/{id}`: the properties asked for, null where there is none."""
    held = _held(store, call)
    shown = _shown(held, _asked(call.query.get("properties", ""), held.kind))
    wanted = [kind_of(name) for name in _listed(call.query.get("associations", ""))]
    if wanted:
        shown["associations"] = {kind: _associations(store, held, kind) for kind in wanted}
    return DemoAnswer(200, shown)


def update(store: CrmStore, call: DemoCall) -> DemoAnswer:
    """`PATCH /crm/v3/objects/{kind}/{id}`: the object after the change."""
    held = _held(store, call)
    wanted = call.params.get("properties")
    after = store.update(held, wanted)
    names = list(wanted) if isinstance(wanted, dict) else []
    store.record(
        method="PATCH",
        type=held.kind,
        id=str(held.id),
        properties={name: after.properties.get(name, "") for name in names},
        associations=[],
        key=call.key,
    )
    return DemoAnswer(200, _shown(after, (*names, *DEFAULTS[held.kind])))


def archive(store: CrmStore, call: DemoCall) -> DemoAnswer:
    """`DELETE /crm/v3/objects/{kind}/{id}`: 204."""
    held = store.get(kind_of(call.path["kind"]), call.path["id"])
    if held:
        store.archive(held)
        store.record(
            method="DELETE",
            type=held.kind,
            id=str(held.id),
            properties={},
            associations=[],
            key=held.properties.get("countersign_action_key", call.key),
        )
    return DemoAnswer(204)


def batch_read(store: CrmStore, call: DemoCall) -> DemoAnswer:
    """`POST /crm/v3/objects/{kind}/batch/read`: 200, or 207 when some were not found."""
    kind = kind_of(call.path["kind"])
    inputs = _dicts(call.params.get("inputs"))
    if len(inputs) > MOST_READ:
        raise HubSpotRefusal(400, "VALIDATION_ERROR", f"A batch reads at most {MOST_READ} objects")
    by = str(call.params.get("idProperty", ""))
    names = _names(call.params.get("properties")) or DEFAULTS[kind]
    found = [store.get(kind, str(one.get("id", "")), by) for one in inputs]
    results = [_shown(held, names) for held in found if held]
    body: dict[str, Any] = {"status": "COMPLETE", "results": results}
    if len(results) == len(inputs):
        return DemoAnswer(200, body)
    missing = [str(one.get("id", "")) for one, held in zip(inputs, found, strict=True) if not held]
    body["numErrors"] = 1
    body["errors"] = [
        {
            "status": "error",
            "category": "OBJECT_NOT_FOUND",
            "message": f"Could not get some {kind} objects, they may be deleted or not exist.",
            "context": {"ids": missing},
        }
    ]
    return DemoAnswer(207, body)


def associations(store: CrmStore, call: DemoCall) -> DemoAnswer:
    """`GET /crm/v4/objects/{kind}/{id}/associations/{to}`."""
    held = _held(store, call)
    found = store.associated(held, kind_of(call.path["to"]))
    results = [
        {
            "toObjectId": other,
            "associationTypes": [{"category": "HUBSPOT_DEFINED", "typeId": t, "label": None}],
        }
        for other, t in found
    ]
    return DemoAnswer(200, {"results": results})


def owners(store: CrmStore, call: DemoCall) -> DemoAnswer:
    """`GET /crm/v3/owners`: the sellers, or the one with that `email`."""
    email = call.query.get("email")
    results = [
        {
            "id": owner["id"],
            "email": owner["email"],
            "firstName": owner["first"],
            "lastName": owner["last"],
            "teams": [{"id": owner["id"], "name": owner["team"], "primary": True}],
            "archived": False,
        }
        for owner in store.owners()
        if email in {None, owner["email"]}
    ]
    return DemoAnswer(200, {"results": results})


def _shown(held: CrmObject, names: Sequence[str]) -> dict[str, Any]:
    values = held.all()
    return {
        "id": str(held.id),
        "properties": {
            n: values.get(n) for n in ("hs_object_id", *names) if n in SCHEMA[held.kind]
        },
        "createdAt": iso(held.created),
        "updatedAt": iso(held.updated),
        "archived": held.archived,
    }


def _held(store: CrmStore, call: DemoCall) -> CrmObject:
    kind = kind_of(call.path["kind"])
    held = store.get(kind, call.path["id"], call.query.get("idProperty", ""))
    if held is None:
        raise HubSpotRefusal(
            404, "OBJECT_NOT_FOUND", "Object not found.  objectId are usually numeric."
        )
    return held


def _associations(store: CrmStore, held: CrmObject, to: Kind) -> dict[str, Any]:
    what = f"{held.kind.removesuffix('s')}_to_{to.removesuffix('s')}"
    return {"results": [{"id": str(o), "type": what} for o, _ in store.associated(held, to)]}


def _asked(text: str, kind: Kind) -> Sequence[str]:
    return _listed(text) or DEFAULTS[kind]


def _listed(text: str) -> list[str]:
    return [name for name in text.split(",") if name]


def _names(value: object) -> list[str]:
    return [str(name) for name in value] if isinstance(value, list) else []


def _dicts(value: object) -> list[Mapping[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise HubSpotRefusal(
            400, "VALIDATION_ERROR", "Invalid input JSON: a list of objects is expected"
        )
    return value


def _targets(value: object) -> list[tuple[int, int]]:
    try:
        return [
            (int(one["to"]["id"]), int(kind["associationTypeId"]))
            for one in _dicts(value)
            for kind in _dicts(one["types"])
        ]
    except (KeyError, TypeError, ValueError):
        raise HubSpotRefusal(
            400, "VALIDATION_ERROR", "One or more associations are not valid"
        ) from None
