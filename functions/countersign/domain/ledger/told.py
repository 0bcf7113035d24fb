"""Parameters as people read them: each as one text, by its path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from countersign.domain.money import Money

_MONEY = {"minor", "currency"}


def texts(params: Mapping[str, Any]) -> dict[str, str]:
    """Stored parameters as text, nested ones by their path."""
    return dict(_flattened("", params))


def is_money(value: Any) -> bool:
    """Whether a stored value is a sum."""
    return isinstance(value, dict) and set(value) == _MONEY and isinstance(value["minor"], int)


def _flattened(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and not is_money(value):
        for key, item in value.items():
            yield from _flattened(f"{path} {key}".strip(), item)
    elif isinstance(value, list):
        for number, item in enumerate(value, 1):
            yield from _flattened(f"{path} {number}", item)
    else:
        yield path, _text(value)


def _text(value: Any) -> str:
    if is_money(value):
        return str(Money.model_validate(value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
