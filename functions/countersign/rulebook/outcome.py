"""All that is known of one item once it was judged, and how item and outcome travel as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from pydantic import TypeAdapter

from countersign.parsing.annotations.item import Correction, Item
from countersign.rulebook.judging import Answer, Judged, corrections, judge
from countersign.rulebook.meeting import Met, met
from countersign.rulebook.schema import Rulebook


class Outcome(NamedTuple):
    """One item's findings, what it says of agreement, and what is certainly meant instead."""

    judged: Judged
    met: Met
    records: int
    corrections: tuple[Correction, ...]
    why: str = ""
    """Why questions about it stay open, where there are any."""

    def plain(self) -> dict[str, Any]:
        """As JSON has it, without floats."""
        made: dict[str, Any] = _outcomes().dump_python(self, mode="json")
        return made


class Row(NamedTuple):
    """An item, and the earlier one with the same text."""

    item: Item
    repeated: str = ""

    def text(self) -> str:
        """As JSON."""
        return _rows().dump_json(self).decode()


def row_of(text: str) -> Row:
    """The row back."""
    return _rows().validate_json(text)


def outcome_of(plain: Mapping[str, Any]) -> Outcome:
    """The outcome back."""
    return _outcomes().validate_python(plain)


def outcome(
    rulebook: Rulebook,
    item: Item,
    repeated: str = "",
    answer: Answer | None = None,
    why: str = "",
) -> Outcome:
    """As `judge`, with the rest. `why` is said of questions that stay open."""
    judged = judge(rulebook, item, repeated, answer)
    changes = tuple(_corrections(item, judged))
    open_ = why if judged.unanswered else ""
    return Outcome(judged, met(item, rulebook.offsets), item.records, changes, open_)


def _corrections(item: Item, judged: Judged) -> Iterator[Correction]:
    there = {one.id: one for one in item.annotations}
    for (name, field), change in corrections(judged.findings).items():
        yield Correction(there[name], field, change.value)


@cache
def _outcomes() -> TypeAdapter[Outcome]:
    return TypeAdapter(Outcome)


@cache
def _rows() -> TypeAdapter[Row]:
    return TypeAdapter(Row)
