"""The fields in which a person edits an action: made from its contract, read back as its values."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Literal, get_args, get_origin

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from countersign.domain.canonical import plain
from countersign.domain.contract import Contract, Value
from countersign.domain.ledger.action import PROSE, Action, OneOf
from countersign.domain.ledger.entry import LedgerEntry, params_of
from countersign.domain.money import Money

Kind = Literal["line", "prose", "moment", "day", "number", "money", "choice"]

MOST: Mapping[Kind, int] = {
    "line": 300,
    "prose": 10_000,
    "moment": 16,
    "day": 10,
    "number": 18,
    "money": 30,
    "choice": 100,
}
"""Characters by kind of field."""

_MOMENT = "%Y-%m-%dT%H:%M"
"""What a browser's `datetime-local` sends; here it is UTC."""
_NUMBER = re.compile(r"-?\d+", re.ASCII)
_MONEY = re.compile(r"(\d{1,15}(?:\.\d{1,4})?) ([A-Z]{3})")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_BREAK = re.compile("\r\n?")


class Input(Value):
    """A field that may be edited: its kind, its present text, whether it must say something."""

    name: str
    kind: Kind
    text: str
    required: bool
    options: tuple[str, ...] = ()
    """What may be chosen, for a choice."""


def inputs(held: LedgerEntry, action: Action[Any, Any]) -> tuple[Input, ...]:
    """The fields of the form for this entry, in the action's order. Raises UnknownVersion."""
    return inputs_of(params_of(held, action), action)


def inputs_of(params: Contract, action: Action[Any, Any]) -> tuple[Input, ...]:
    """The same for parameters that no entry holds yet."""
    fields = action.params.model_fields
    return tuple(_input(name, fields[name], params) for name in action.editable)


def faults(fields: Sequence[Input], texts: Mapping[str, str], now: datetime) -> dict[str, str]:
    """What is wrong with what was typed, by field, as the end of a sentence about it; what was
    left alone is never wrong."""
    typed = changed(fields, texts)
    found = {one.name: _fault(one, typed[one.name], now) for one in fields if one.name in typed}
    return {name: fault for name, fault in found.items() if fault}


def _input(name: str, field: FieldInfo, params: Any) -> Input:
    kind, value = _kind(field), getattr(params, name)
    options = _options(field, params) if kind == "choice" else ()
    required = field.is_required()
    return Input(name=name, kind=kind, text=_text(value), required=required, options=options)


def _options(field: FieldInfo, params: Any) -> tuple[str, ...]:
    among = _among(field)
    return getattr(params, among.parameter) if among else get_args(field.annotation)


def _among(field: FieldInfo) -> OneOf | None:
    return next((one for one in field.metadata if isinstance(one, OneOf)), None)


def _kind(field: FieldInfo) -> Kind:
    kinds = {field.annotation, *get_args(field.annotation)}
    if datetime in kinds:
        return "moment"
    if date in kinds:
        return "day"
    if int in kinds:
        return "number"
    if Money in kinds:
        return "money"
    if get_origin(field.annotation) is Literal or _among(field):
        return "choice"
    return "prose" if PROSE in field.metadata else "line"


def _text(value: Any) -> str:
    """A value as its field shows it."""
    match value:
        case datetime():
            return value.astimezone(UTC).strftime(_MOMENT)
        case Money():
            return f"{value.amount:f} {value.currency}"
        case _:
            return "" if value is None else str(value)


def changed(fields: Sequence[Input], texts: Mapping[str, str]) -> dict[str, str]:
    """What was typed and is not what stood there, by field."""
    typed = {one.name: _as_typed(one.kind, texts.get(one.name, one.text)) for one in fields}
    return {
        one.name: typed[one.name]
        for one in fields
        if typed[one.name] != _as_typed(one.kind, one.text)
    }


def _as_typed(kind: Kind, text: str) -> str:
    """`text` as a browser sends it back when nobody touched it, in NFC."""
    whole = unicodedata.normalize("NFC", _BREAK.sub("\n", text))
    return whole if kind == "prose" else whole.replace("\n", "").strip()


def _fault(field: Input, text: str, now: datetime) -> str:
    if field.required and not text.strip():
        return "must not be empty."
    if len(text) > MOST[field.kind]:
        return f"is longer than {MOST[field.kind]} characters."
    if _CONTROL.search(text):
        return "has a control character in it; type it anew."
    return _unread(field, text, now) if text else ""


def _unread(field: Input, text: str, now: datetime) -> str:
    if field.kind == "moment":
        at = _moment(text)
        return "" if at and at > now else "needs a time that is still to come."
    if field.kind == "day" and _day(text) is None:
        return "is a day, written like 2027-03-08."
    if field.kind == "number" and not _NUMBER.fullmatch(text):
        return "is a whole number."
    if field.kind == "choice" and text not in field.options:
        return "is one of the list."
    if field.kind == "money" and _money(text, field.text) is None:
        return f"is written like {field.text or '1250.00 EUR'}, in the same currency."
    return ""


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, _MOMENT).replace(tzinfo=UTC)
    except ValueError:
        return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _money(text: str, before: str) -> Money | None:
    said = _MONEY.fullmatch(text)
    if said is None or before[-3:] not in ("", said[2]):
        return None
    try:
        return Money(amount=Decimal(said[1]), currency=said[2])
    except ValidationError:
        return None


def value(field: Input, text: str) -> Any:
    """What was typed, as the canonical bytes spell it."""
    match field.kind:
        case "moment":
            return plain(_moment(text))
        case "day":
            return plain(_day(text))
        case "number":
            return int(text) if text else None
        case "money":
            return plain(_money(text, field.text))
        case _:
            return text
