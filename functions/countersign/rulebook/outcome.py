"""All that is known of one item once it was judged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

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


def outcome(
    rulebook: Rulebook, item: Item, repeated: str = "", answer: Answer | None = None
) -> Outcome:
    """As `judge`, with the rest."""
    judged = judge(rulebook, item, repeated, answer)
    changes = tuple(_corrections(item, judged))
    return Outcome(judged, met(item, rulebook.offsets), item.records, changes)


def _corrections(item: Item, judged: Judged) -> Iterator[Correction]:
    there = {one.id: one for one in item.annotations}
    for (name, field), change in corrections(judged.findings).items():
        yield Correction(there[name], field, change.value)
