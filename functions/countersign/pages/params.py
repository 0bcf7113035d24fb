"""The exact parameters of an action as rows, from the parsed stored bytes; nothing is cut off."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from countersign.domain.money import Money
from countersign.pages.text import Pieces, label, visible

_LONG = 60
_MONEY = {"minor", "currency"}


@dataclass(frozen=True)
class Param:
    """One parameter. `long` ones are shown as a block, with their white space."""

    label: str
    value: Pieces
    long: bool
    empty: bool


def exact(params: Mapping[str, Any]) -> tuple[Param, ...]:
    """All parameters, short ones first, nested ones by their path."""
    rows = [_param(name, text) for name, text in _flattened("", params)]
    return tuple(sorted(rows, key=lambda row: row.long))


def texts(params: Mapping[str, Any]) -> dict[str, str]:
    """The same parameters as text, by their path."""
    return dict(_flattened("", params))


def amounts(params: Mapping[str, Any]) -> tuple[Money, ...]:
    """Every amount of money among the parameters."""
    return tuple(Money.model_validate(value) for value in params.values() if _is_money(value))


def _param(name: str, text: str) -> Param:
    return Param(label(name), visible(text), len(text) > _LONG or "\n" in text, not text)


def _flattened(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and not _is_money(value):
        for key, item in value.items():
            yield from _flattened(f"{path} {key}".strip(), item)
    elif isinstance(value, list):
        for number, item in enumerate(value, 1):
            yield from _flattened(f"{path} {number}", item)
    else:
        yield path, _text(value)


def _text(value: Any) -> str:
    if _is_money(value):
        return str(Money.model_validate(value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _is_money(value: Any) -> bool:
    return isinstance(value, dict) and set(value) == _MONEY and isinstance(value["minor"], int)
