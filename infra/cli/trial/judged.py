"""One input through the pure part of a workflow: read, answered, judged and planned, as the steps
do it and by the same functions. No model, no systems, no store; caps count as empty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from countersign.domain.contract import Contract
from countersign.domain.jobs.job import Move
from countersign.domain.ledger.entry import LedgerEntry
from countersign.domain.planning.plan import HARD_EXPIRY, build, comes_next, dropped, merged
from countersign.domain.policy.proposal import Proposal
from countersign.domain.policy.records import Record, Records
from countersign.domain.policy.rules import Finding, Situation, findings
from countersign.domain.workflow import Workflow

InputT = TypeVar("InputT", bound=Contract)
Rows = Mapping[str, Sequence[Mapping[str, str]]]
"""Records by the name of their lookup, each by its fields."""


@dataclass(frozen=True)
class Trial(Generic[InputT]):
    """What would come of one input."""

    situation: Situation[InputT]
    found: tuple[Finding, ...]
    ledger: tuple[LedgerEntry, ...]
    move: Move
    """Where the job would go."""

    @property
    def given(self) -> InputT:
        """The input as it was read."""
        return self.situation.input

    @property
    def proposal(self) -> Proposal:
        """What the answer proposes."""
        return self.situation.proposal


def judged(
    workflow: Workflow[InputT],
    given: InputT,
    proposal: Proposal,
    rows: Rows,
    *,
    job_id: str,
    now: datetime,
    received_at: datetime | None = None,
) -> Trial[InputT]:
    """The input and its proposal as Decide would judge them beside these records."""
    seen = Situation(
        job_id=job_id,
        input=given,
        proposal=proposal,
        records=records_of(rows, now),
        limits=workflow.release.limits,
        now=now,
        received_at=received_at,
    )
    found = findings(workflow.rules, seen)
    ledger = build(workflow, seen, found, now + HARD_EXPIRY)
    ledger = merged(ledger, dropped(ledger))
    return Trial(seen, found, ledger, comes_next(workflow, ledger, found))


def records_of(rows: Rows, now: datetime) -> Records:
    """Rows as what Look would have stored of them."""
    found = {
        name: tuple(
            Record(kind=name, id=f"{name}-{number}", version="1", fields=fields)
            for number, fields in enumerate(among, 1)
        )
        for name, among in rows.items()
    }
    return Records(read_at=now, found=found)
