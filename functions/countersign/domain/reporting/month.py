"""A workflow's month: what its owner expects of it against what its jobs say.

A job that runs another one again is not counted beside it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from countersign.domain.approvals.working_hours import Hours, worked
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.job import ENDED, Status
from countersign.domain.jobs.reruns import RERUN
from countersign.domain.ledger.entry import IN_EFFECT, ActionStatus
from countersign.domain.limits.caps import REACHED
from countersign.domain.reporting.metrics import choices, decisions, quantile
from countersign.domain.reporting.usage import proposal_of
from countersign.domain.workflow import Criterion, Metric, Workflow

_HOUR = timedelta(hours=1)
_STEPS = 24
"""Halvings by which working hours are found: a year to the nearest second."""


@dataclass(frozen=True)
class Measured:
    """One criterion and what the month says to it; None: nothing that is stored tells."""

    criterion: Criterion
    actual: float | None

    @property
    def holds(self) -> bool | None:
        """Whether what the criterion says is so; None: not known."""
        if self.actual is None:
            return None
        wanted = float(self.criterion.value)
        return self.actual >= wanted if self.criterion.compare == ">=" else self.actual <= wanted


def firsts(records: Iterable[JobRecord]) -> tuple[JobRecord, ...]:
    """The jobs themselves, without those that run one of them again."""
    return tuple(record for record in records if RERUN not in record.results)


def measured(
    workflow: Workflow[Any], criteria: Iterable[Criterion], records: Sequence[JobRecord]
) -> tuple[Measured, ...]:
    """Each criterion against the jobs of a month."""
    hours = Hours(zone=workflow.zone)
    of: Mapping[Metric, Callable[[Sequence[JobRecord]], float | None]] = {
        "approved_unchanged_share": _unchanged,
        "rejected_or_escalated_share": _rejected_or_escalated,
        "run_alone_share": _alone,
        "hours_to_outcome_p90": partial(_hours_p90, hours=hours, workflow=workflow),
        "hours_to_callback_p90": partial(_callback_p90, hours=hours, workflow=workflow),
        "ungrounded_share": _ungrounded,
        "unknown_outcomes": _unknown,
        "wrong_recipients": partial(_wrong_recipients, workflow=workflow),
        "failed_verifications": _shown_otherwise,
        "cap_reached_days": _capped,
    }
    return tuple(Measured(one, of[one.metric](records)) for one in criteria)


def reasons(records: Iterable[JobRecord]) -> Counter[str]:
    """Why people said no, in their words."""
    return Counter(
        one.words
        for record in records
        for approval in record.approvals.values()
        for one in decisions(approval)
        if one.words
    )


def minutes_on_pages(records: Iterable[JobRecord]) -> float:
    """From opening a page to deciding on it, of everybody; other work of people leaves no trace."""
    spent = (
        one.at - one.opened_at
        for record in records
        for approval in record.approvals.values()
        for one in decisions(approval)
        if one.opened_at
    )
    return sum(spent, timedelta()) / timedelta(minutes=1)


def hours_to_outcome(records: Iterable[JobRecord]) -> tuple[float, ...]:
    """From what arrived to the end of its job, around the clock."""
    return tuple(
        (record.job.updated_at - record.job.source.received_at) / _HOUR for record in _over(records)
    )


def working_hours(start: datetime, end: datetime, hours: Hours, workflow: Workflow[Any]) -> float:
    """So much of the time from `start` to `end` somebody with these hours was at work."""
    low, high = 0.0, max(0.0, (end - start) / _HOUR)
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if worked(start, middle * _HOUR, hours, workflow.holidays) <= end:
            low = middle
        else:
            high = middle
    return low


def _over(records: Iterable[JobRecord]) -> tuple[JobRecord, ...]:
    return tuple(record for record in records if record.job.status in ENDED)


def _share(hits: int, of: int) -> float | None:
    return hits / of if of else None


def _unchanged(records: Sequence[JobRecord]) -> float | None:
    said = Counter[str]()
    for record in records:
        for approval in record.approvals.values():
            for one in decisions(approval):
                said.update(choices(record.ledger, one))
    return _share(said["approve"], said.total())


def _rejected_or_escalated(records: Sequence[JobRecord]) -> float | None:
    over = _over(records)
    return _share(sum(_was_refused(one) for one in over), len(over))


def _was_refused(record: JobRecord) -> bool:
    """Whether a person said no to something of it, or had to take it up."""
    rejected = any(held.status is ActionStatus.REJECTED for held in record.ledger)
    return rejected or record.case is not None or record.job.status is Status.ESCALATED


def _alone(records: Sequence[JobRecord]) -> float | None:
    did = [one for one in records if any(held.status in IN_EFFECT for held in one.ledger)]
    return _share(sum(not one.approvals for one in did), len(did))


def _hours_p90(
    records: Sequence[JobRecord], *, hours: Hours, workflow: Workflow[Any]
) -> float | None:
    took = [
        working_hours(one.job.source.received_at, one.job.updated_at, hours, workflow)
        for one in _over(records)
    ]
    return quantile(took, 0.9) if took else None


def _callback_p90(
    records: Sequence[JobRecord], *, hours: Hours, workflow: Workflow[Any]
) -> float | None:
    """Until the callback is due. Whether somebody then called stands in the CRM alone."""
    due = [
        (record.job.source.received_at, datetime.fromisoformat(said))
        for record in records
        for held in record.ledger
        if held.status in IN_EFFECT and (said := held.content()["params"].get("due_at"))
    ]
    took = [working_hours(came, at, hours, workflow) for came, at in due]
    return quantile(took, 0.9) if took else None


def _ungrounded(records: Sequence[JobRecord]) -> float | None:
    """Of all that the model said, what stands nowhere in its source."""
    found = [proposal for record in records if (proposal := proposal_of(record))]
    dropped = sum(len(one.dropped) for one in found)
    return _share(dropped, dropped + sum(len(one.facts) for one in found))


def _wrong_recipients(records: Sequence[JobRecord], *, workflow: Workflow[Any]) -> float:
    """Mails that went to anybody but whoever wrote."""
    return sum(_went_wrong(record, workflow) for record in records)


def _went_wrong(record: JobRecord, workflow: Workflow[Any]) -> int:
    sent = [
        held.content()["target"].casefold()
        for held in record.ledger
        if held.connector == "mail" and held.status in IN_EFFECT and not held.of
    ]
    if not sent:
        return 0
    wrote = workflow.requester(record.results["input"].as_(workflow.input)).casefold()
    return sum(one != wrote for one in sent)


def _unknown(records: Sequence[JobRecord]) -> float:
    return sum(held.status is ActionStatus.UNKNOWN for one in records for held in one.ledger)


def _shown_otherwise(records: Sequence[JobRecord]) -> float:
    return sum(held.shows_otherwise for one in records for held in one.ledger)


def _capped(records: Sequence[JobRecord]) -> float:
    return len(
        {
            one.job.created_at.date()
            for one in records
            if any(REACHED in held.verdict.rules for held in one.ledger)
        }
    )
