"""The fields in which a person corrects facts: typed by the contract of the model's answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from countersign.domain.contract import Value
from countersign.domain.corrections import is_sum, parts, said
from countersign.domain.proposal import Proposal
from countersign.domain.workflow import Workflow
from countersign.pages.text import label

Kind = Literal["line", "prose", "money", "choice"]

MOST = {"line": 300, "prose": 2_000, "money": 30, "choice": 60}
"""Characters by kind."""
_LONG = 120
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True)
class Field:
    """One fact as a field. `options` are there for a choice only."""

    name: str
    label: str
    kind: Kind
    text: str
    most: int
    options: tuple[str, ...] = ()


def fields(workflow: Workflow[Any], proposal: Proposal) -> tuple[Field, ...]:
    """A field for each fact that the answer may hold, with what is known now."""
    return tuple(
        _field(name, part, said(workflow, proposal, name)) for name, part in parts(workflow).items()
    )


def changed(known: tuple[Field, ...], typed: Mapping[str, str]) -> dict[str, str]:
    """What a person set, by fact; what was left alone is not a correction."""
    found = {one.name: typed.get(one.name, one.text).strip() for one in known}
    return {one.name: found[one.name] for one in known if found[one.name] != one.text.strip()}


def fault(field: Field, text: str) -> str:
    """What is wrong with a correction; empty when nothing is."""
    if len(text) > field.most:
        return f"{field.label} is longer than {field.most} characters."
    if _CONTROL.search(text) or (field.kind != "prose" and "\n" in text):
        return f"{field.label} has a line break or a control character in it; type it anew."
    if field.kind == "choice" and text not in field.options:
        return f"Choose one of the options for {field.label}."
    if field.kind == "money" and text and not is_sum(text):
        return f"Write {field.label} as digits with a point and a currency: 1250.00 EUR."
    return ""


def _field(name: str, part: type[Value], text: str) -> Field:
    options = _options(part)
    kind: Kind = "choice" if options else _kind(part, text)
    return Field(name, label(name), kind, text, MOST[kind], options)


def _kind(part: type[Value], text: str) -> Kind:
    if "amount" in part.model_fields:
        return "money"
    return "prose" if len(text) > _LONG or "\n" in text else "line"


def _options(part: type[Value]) -> tuple[str, ...]:
    value = part.model_fields.get("value")
    if value is None or get_origin(value.annotation) is not Literal:
        return ()
    return get_args(value.annotation)
