"""What a new version of a rulebook changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel

from countersign.rulebook.schema import Rulebook


class Difference(NamedTuple):
    """One thing that is not as it was; empty on the side where it is not there."""

    what: str
    field: str
    before: str
    after: str


def differences(before: Rulebook, after: Rulebook) -> Iterator[Difference]:
    """Of the book itself, of its labels and of its rules, in this order. The version is none."""
    yield from _fields("rulebook", _head(before), _head(after))
    yield from _each("label", _plain(before.labels), _plain(after.labels))
    yield from _each(
        "rule",
        {one.id: _data(one) for one in before.rules},
        {one.id: _data(one) for one in after.rules},
    )
    yield from _cases(before, after)


def unraised(before: Rulebook, after: Rulebook) -> bool:
    """Whether something differs and the version does not say so."""
    return after.version <= before.version and any(differences(before, after))


def _head(book: Rulebook) -> Mapping[str, Any]:
    return book.model_dump(mode="json", exclude={"labels", "rules", "overruled", "version"})


def _plain(named: Mapping[str, BaseModel]) -> Mapping[str, Any]:
    return {name: _data(one) for name, one in named.items()}


def _data(one: BaseModel) -> Mapping[str, Any]:
    return one.model_dump(mode="json", exclude_defaults=True)


def _cases(before: Rulebook, after: Rulebook) -> Iterator[Difference]:
    """Each finding that somebody overruled, or no longer does."""
    for held, other, gone in ((before, after, True), (after, before, False)):
        for one in held.overruled:
            if one not in other.overruled:
                said = f"{one.why} ({one.by}, {one.on})"
                yield Difference(f"overruled {one.rule}", "", *((said, "") if gone else ("", said)))


def _each(kind: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for name in dict.fromkeys((*before, *after)):
        what = f"{kind} {name}"
        if name in before and name in after:
            yield from _fields(what, before[name], after[name])
        else:
            text = (before.get(name) or after[name])["text"]
            yield Difference(what, "", *((text, "") if name in before else ("", text)))


def _fields(what: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for name in dict.fromkeys((*before, *after)):
        if before.get(name) != after.get(name):
            yield Difference(what, name, _said(before.get(name)), _said(after.get(name)))


def _said(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_said(one)}" for name, one in value.items())
    if isinstance(value, list):
        return ", ".join(map(_said, value))
    return "" if value is None else str(value)
