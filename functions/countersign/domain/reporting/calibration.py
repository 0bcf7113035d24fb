"""Whether confidence means what it says: how often people left as proposed what we were so sure
of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from countersign.domain.errors import UnknownVersion
from countersign.domain.jobs.change import JobRecord
from countersign.domain.policy.proposal import Proposal
from countersign.domain.reporting.metrics import choices, decisions
from countersign.domain.reporting.sampling import Rate, wilson

BINS = 10
Judged = Literal["too sure", "as sure as right", "too modest"]


@dataclass(frozen=True)
class Bin:
    """What people decided at one tenth of confidence, from `low` up to the next."""

    low: Decimal
    mean: Decimal
    """The confidence of its decisions, on average."""
    right: Rate
    """How many were left as proposed, of all, with the 95 % interval of the rate behind it."""

    @property
    def judged(self) -> Judged:
        """Whether the interval leaves room for the confidence that was told."""
        if self.mean > Decimal(str(self.right.high)):
            return "too sure"
        return "too modest" if self.mean < Decimal(str(self.right.low)) else "as sure as right"


def curve(records: Iterable[JobRecord]) -> tuple[Bin, ...]:
    """The tenths in which somebody decided anything, from the least sure. What ran by itself is in
    none: nobody said anything of it."""
    right, n = Counter[int](), Counter[int]()
    told = Counter[int]()
    for sure, approved, all_ in _decided(records):
        place = min(int(sure * BINS), BINS - 1)
        right[place] += approved
        n[place] += all_
        told[place] += int(sure * 100) * all_
    return tuple(
        Bin(
            low=Decimal(place) / BINS,
            mean=Decimal(told[place]) / n[place] / 100,
            right=Rate(right[place], n[place], *wilson(right[place], n[place])),
        )
        for place in sorted(n)
    )


def _decided(records: Iterable[JobRecord]) -> Iterator[tuple[Decimal, int, int]]:
    """Of each signature on what still stands: how sure we were, how much of it was left as
    proposed, and of how much."""
    for record in records:
        proposal = _proposal(record)
        if proposal is None:
            continue
        stand = (one for one in record.approvals.values() if not one.superseded)
        for one in (each for approval in stand for each in decisions(approval)):
            said = choices(record.ledger, one)
            if said.total():
                yield proposal.confidence, said["approve"], said.total()


def _proposal(record: JobRecord) -> Proposal | None:
    held = record.results.get("proposal")
    try:
        return held.as_(Proposal) if held else None
    except UnknownVersion:
        return None
