"""The demo CRM's search: filters in HubSpot's shape over what the index knows by now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from infra.local.crm.rules import HubSpotRefusal, kind_of
from infra.local.crm.schema import DEFAULTS, SCHEMA
from infra.local.crm.store import CrmStore
from infra.local.demo.answer import DemoAnswer
from infra.local.demo.system import DemoCall

LARGEST_PAGE = 200

_OPERATORS: Mapping[str, Callable[[str, Mapping[str, Any]], bool]] = {
    "EQ": lambda held, f: held.lower() == str(f.get("value", "")).lower(),
    "NEQ": lambda held, f: held.lower() != str(f.get("value", "")).lower(),
    "IN": lambda held, f: held in map(str, f.get("values", ())),
    "NOT_IN": lambda held, f: held not in map(str, f.get("values", ())),
    "HAS_PROPERTY": lambda held, _: bool(held),
    "NOT_HAS_PROPERTY": lambda held, _: not held,
    "CONTAINS_TOKEN": lambda held, f: str(f.get("value", "")).strip("*").lower() in held.lower(),
    "GTE": lambda held, f: bool(held) and held >= str(f.get("value", "")),
    "LTE": lambda held, f: bool(held) and held <= str(f.get("value", "")),
}


def search(store: CrmStore, call: DemoCall) -> DemoAnswer:
    """`POST /crm/v3/objects/{kind}/search`: what the index knows by now, a page at a time."""
    kind = kind_of(call.path["kind"])
    groups = _groups(call.params.get("filterGroups", []), SCHEMA[kind])
    limit, after = _whole(call.params.get("limit", 10)), _whole(call.params.get("after", 0))
    if limit > LARGEST_PAGE:
        raise HubSpotRefusal(400, "VALIDATION_ERROR", f"A page has at most {LARGEST_PAGE} results")
    hits = [(i, held) for i, held in store.searchable(kind) if _matches(groups, held)]
    names = ["hs_object_id", *(call.params.get("properties") or DEFAULTS[kind])]
    page = [
        {"id": str(i), "properties": {n: held.get(n) for n in names}, "archived": False}
        for i, held in hits[after : after + limit]
    ]
    body: dict[str, Any] = {"total": len(hits), "results": page}
    if after + limit < len(hits):
        body["paging"] = {"next": {"after": str(after + limit)}}
    return DemoAnswer(200, body)


def _groups(wanted: object, known: Mapping[str, Any]) -> list[list[Mapping[str, Any]]]:
    try:
        groups = [list(group["filters"]) for group in wanted]  # type: ignore[attr-defined]  # checked by the except
        fine = all(
            f["operator"] in _OPERATORS and f["propertyName"] in known for g in groups for f in g
        )
    except (KeyError, TypeError):
        fine = False
    if not fine:
        raise HubSpotRefusal(400, "VALIDATION_ERROR", "There was a problem with the filters")
    return groups


def _matches(groups: list[list[Mapping[str, Any]]], held: Mapping[str, str]) -> bool:
    return not groups or any(all(_passes(f, held) for f in group) for group in groups)


def _passes(wanted: Mapping[str, Any], held: Mapping[str, str]) -> bool:
    return _OPERATORS[wanted["operator"]](held.get(wanted["propertyName"], ""), wanted)


def _whole(value: object) -> int:
    text = str(value)
    if not (text.isascii() and text.isdecimal() and len(text) < 7):  # noqa: PLR2004 - HubSpot ends at 10,000
        raise HubSpotRefusal(400, "VALIDATION_ERROR", "`limit` and `after` are whole numbers")
    return int(text)
