"""The gate: what a workflow must have shown in a stage before its hands reach further there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from countersign.domain.approvals.approval import Approval
from countersign.domain.jobs.change import JobRecord
from countersign.domain.ledger.entry import LedgerEntry
from countersign.domain.policy.states import ORDER, PROBATION, State
from countersign.domain.reporting.sampling import Rate, rate_of, wilson

MOST = 1_000_000
"""Decisions that no workflow gets to see: a bound that needs more cannot be shown."""


@dataclass(frozen=True)
class Shown:
    """What a workflow has shown in a stage so far; both rates are of what was wrong."""

    marks: Rate
    """Jobs in shadow that people marked."""
    decisions: Rate
    """Actions that were asked because of probation alone, and that people decided."""


@dataclass(frozen=True)
class Step:
    """A workflow's next state in a stage. `before` is None where it never had one there."""

    before: State | None
    after: State
    reason: str
    """Why a step is left out, kept with the release; empty: none is."""


def refusal(step: Step, shown: Shown, below: Decimal) -> str:
    """Why the step may not be taken; empty when it may. Back is always allowed; each step forward
    has what it needs, or a reason that is kept with the release."""
    if step.reason or step.after == "shadow":
        return ""
    place = ORDER.index(step.after) - (ORDER.index(step.before) if step.before else -1)
    if place <= 0:
        return ""
    if place > 1:
        came, first = step.before or "nowhere", ORDER[ORDER.index(step.after) - place + 1]
        return (
            f"from {came} to {step.after} leaves a step out:"
            f' begin with state = "{first}", or say why in state_reason'
        )
    return _of_shadow(shown) if step.after == "probation" else _of_probation(shown, below)


def _of_shadow(shown: Shown) -> str:
    return "" if shown.marks.n else "nobody has marked what it would have done in shadow"


def _of_probation(shown: Shown, below: Decimal) -> str:
    seen = shown.decisions
    if seen.n and Decimal(seen.high) < below:
        return ""
    more = needed(seen, below)
    said = f"{seen.hits} of {seen.n} decisions were wrong, at most {percent(seen.high)} of all"
    left = f"{more} more without an error" if more else "a bound that can be shown"
    return f"{said}; below {percent(float(below))} needs {left}"


def needed(seen: Rate, below: Decimal) -> int:
    """How many more decisions without an error show a rate below that; 0 when none ever will."""
    low, high = 0, MOST
    if not _shows(seen, high, below):
        return 0
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if _shows(seen, middle, below) else (middle + 1, high)
    return low


def _shows(seen: Rate, more: int, below: Decimal) -> bool:
    n = seen.n + more
    return n > 0 and Decimal(wilson(seen.hits, n)[1]) < below


def decided(records: Iterable[JobRecord]) -> Rate:
    """Of the actions that would have run by themselves and asked because of probation, how many
    people changed or rejected. What time decided, or nobody yet, is no decision."""
    said = [right for record in records for right in _decided(record)]
    return rate_of(said.count(False), len(said))


def _decided(record: JobRecord) -> Iterator[bool]:
    for approval in record.approvals.values():
        for held in record.ledger:
            if held.digest in approval.digests and held.verdict.rules == {PROBATION}:
                yield from _said(approval, held)


def _said(approval: Approval, held: LedgerEntry) -> Iterator[bool]:
    """Whether it was approved as it was proposed."""
    final = approval.decision
    if final is not None and final.via != "expiry" and held.digest in final.choices:
        yield final.approves(held.digest) and not held.edited_by


def percent(share: float) -> str:
    """`1.0 %`, never below what it is."""
    return f"{-(-share * 1000 // 1) / 10:.1f} %"
