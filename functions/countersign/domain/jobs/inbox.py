"""Inboxes: what waits for whom, kept as rows of their own so that reading one costs no scan."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from countersign.domain.approvals.approval import Approval
from countersign.domain.approvals.directory import Member
from countersign.domain.jobs.cases import Case
from countersign.domain.jobs.change import Change, JobRecord, Listed
from countersign.domain.jobs.job import ENDED, Status

OPERATIONS = "operations"
"""The role that may take up every case."""

_WITH_CASE = frozenset({Status.ESCALATED, Status.FAILED})


def of_person(person_id: str) -> str:
    """The box of what one person is asked."""
    return f"person:{person_id}"


def of_role(role: str) -> str:
    """The box of the cases that a role owns."""
    return f"role:{role}"


def boxes(member: Member) -> tuple[str, ...]:
    """The boxes that a member reads: their own, and those of their roles."""
    roles = (OPERATIONS,) if OPERATIONS in member.roles else member.roles
    return (of_person(member.person.id), *(of_role(role) for role in roles))


def case_owner(record: JobRecord) -> str | None:
    """The role that owns the job's open case; None when it has none. A killed execution leaves a
    job without a case: that is for operations."""
    if record.job.status not in _WITH_CASE:
        return None
    case = open_case(record)
    return case.owner if case else OPERATIONS


def open_case(record: JobRecord) -> Case | None:
    """The case that is stored and not ended."""
    case = record.case
    return case if case and case.resolution is None else None


def waiting(record: JobRecord) -> frozenset[Listed]:
    """Every row that the job has in inboxes, as it stands."""
    return frozenset((*_asked(record), *_case(record)))


def listing(before: JobRecord, after: JobRecord, change: Change) -> Change:
    """`change` with what it puts into inboxes and what it takes out: nobody can forget to."""
    old, new = waiting(before), waiting(after)
    if old == new:
        return change
    return replace(change, listed=_ordered(new - old), unlisted=_ordered(old - new))


def _asked(record: JobRecord) -> Iterable[Listed]:
    pending = record.pending
    if pending is None or record.job.status in ENDED:
        return ()
    return (
        Listed(
            box=of_person(person.id),
            since=pending.requested_at,
            job_id=record.job.job_id,
            approval_id=pending.approval_id,
        )
        for person in pending.approvers
        if not _signed(pending, person.id)
    )


def _case(record: JobRecord) -> Iterable[Listed]:
    owner = case_owner(record)
    if owner is None:
        return ()
    case = open_case(record)
    since = case.opened_at if case else record.job.created_at
    job_id = record.job.job_id
    return (Listed(box=of_role(r), since=since, job_id=job_id) for r in {owner, OPERATIONS})


def _signed(approval: Approval, person_id: str) -> bool:
    return any(one.by == person_id for one in approval.signatures)


def _ordered(rows: Iterable[Listed]) -> tuple[Listed, ...]:
    return tuple(sorted(rows, key=lambda row: row.box))
