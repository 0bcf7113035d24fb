"""All that is known of a job, for a case's owner and for members who look a job up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from countersign.approvals.views.actions import Altered, Param, altered
from countersign.approvals.views.later import Spoken, written_later
from countersign.approvals.views.request import KnownFact, SourcePart, known_facts, source
from countersign.domain.approvals.approval import EXPIRY, Approval
from countersign.domain.contract import ContractT
from countersign.domain.errors import UnknownVersion
from countersign.domain.jobs.attempts import attempts
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.handing import HANDED, Handed, children, parent_of
from countersign.domain.jobs.inbox import case_owner, open_case
from countersign.domain.jobs.job import Status
from countersign.domain.jobs.reruns import rerun_of
from countersign.domain.jobs.unread import UNREAD, Unread
from countersign.domain.ledger.action import Difference
from countersign.domain.ledger.entry import ActionStatus, LedgerEntry
from countersign.domain.ledger.undo import written
from countersign.domain.planning.charge import answered
from countersign.domain.planning.rerun import rerun_as
from countersign.domain.policy.proposal import Proposal
from countersign.domain.policy.rules import Finding, Findings
from countersign.domain.workflow import Workflow
from countersign.jobs.handover import about
from countersign.portal.timeline import Moment, timeline
from countersign.portal.trace import Trace, trace
from countersign.web.headline import headline
from countersign.web.text import UTC, Pieces, label, moment, second, span, visible
from countersign.web.wording import SHORT, in_words, status_words

Known = Workflow[Any] | None
"""A job's workflow; None where this code has it no more."""


@dataclass(frozen=True)
class Open:
    """The case that waits. `owner` is a role."""

    owner: str
    reason: Pieces
    since: str
    due: str
    due_at: str
    overdue: bool


@dataclass(frozen=True)
class Ended:
    """How a case ended."""

    way: str
    by: str
    when: str
    words: Pieces


@dataclass(frozen=True)
class Effect:
    """One entry of the ledger with its attempts."""

    words: Pieces
    status: str
    note: Pieces
    target: Pieces
    reasons: tuple[str, ...]
    digest: str
    attempts: tuple[Pieces, ...]
    """Each claim: when, and how it ended."""
    receipt: Pieces
    conflict: tuple[Altered, ...]
    """What somebody else changed since, so that it was not undone."""
    wrote: tuple[Altered, ...]
    """What it changed at the target: before → after; nothing where that was not read."""


@dataclass(frozen=True)
class PastRequest:
    """One request for signatures, and what was said to it."""

    asked: str
    people: tuple[str, ...]
    until: str
    said: tuple[str, ...]


@dataclass(frozen=True)
class Kin:
    """A job that handed this one over, or to which this one handed a matter."""

    job_id: str
    words: str


@dataclass(frozen=True)
class Step:
    """One thing that happened to the job."""

    at: datetime
    when: str
    who: str
    what: str
    details: tuple[tuple[str, Pieces], ...]


@dataclass(frozen=True)
class JobPage:
    """The page."""

    job_id: str
    workflow: str
    status: str
    about: str
    """Whom it is about and how much; empty when nothing is known yet."""
    head: tuple[Param, ...]
    """Who wrote, about what, how much: as the mail about its case says."""
    reason: Pieces
    attempt: int
    door: str
    received: str
    kin: tuple[Kin, ...]
    understood: tuple[Pieces, ...]
    """What the desk quoted when it handed the job over: evidence, no facts."""
    case: Open | None
    ended: Ended | None
    later: tuple[Spoken, ...]
    source: tuple[SourcePart, ...]
    facts: tuple[KnownFact, ...]
    confidence: str
    model: str
    findings: tuple[Finding, ...]
    effects: tuple[Effect, ...]
    requests: tuple[PastRequest, ...]
    story: tuple[Step, ...]
    trace: Trace | None
    """What the model was asked; None where it was not."""


STATUS_LINES = {
    Status.PENDING: "Accepted, not begun",
    Status.PROCESSING: "Being worked on",
    Status.WAITING_FOR_REVIEW: "Waits for a signature",
    Status.WAITING_FOR_SENDER: "Waits for an answer of the sender",
    Status.RETRYING: "Goes on in a new execution",
    Status.PARKED: "Waits for something outside",
    Status.COMPLETED: "Completed",
    Status.REJECTED: "Ended; nothing ran",
    Status.ESCALATED: "A person has it",
    Status.FAILED: "Its execution failed",
    Status.ROLLED_BACK: "Undone",
    Status.SHADOWED: "In shadow; nothing was done",
}


def job(record: JobRecord, workflow: Known, now: datetime, zone: str = UTC) -> JobPage:
    """The view, for somebody in `zone`; whatever this code cannot read any more is left out."""
    held, found = record.job, _stored(record, "findings", Findings)
    proposal = _stored(record, "proposal", Proposal)
    return JobPage(
        job_id=held.job_id,
        workflow=workflow.title if workflow else held.workflow,
        status=_status(record, zone),
        about=headline(record, workflow),
        head=tuple(_head(record, workflow)),
        reason=visible(held.reason),
        attempt=held.attempt,
        door=held.source.door,
        received=moment(held.source.received_at, zone),
        kin=tuple(_kin(record)),
        understood=_handed(record),
        case=_open(record, now, zone),
        ended=_ended(record, zone),
        later=written_later(record, zone),
        source=_source(record, proposal, workflow),
        facts=known_facts(proposal, workflow) if proposal else (),
        confidence=f"{proposal.confidence * 100:.0f} %" if proposal else "",
        model=_model(proposal) if proposal else "",
        findings=found.found if found else (),
        effects=tuple(_effect(record, entry, workflow, zone) for entry in record.ledger),
        requests=tuple(_requests(record, zone)),
        story=tuple(_step(one, zone) for one in timeline(record)),
        trace=trace(record, proposal, zone),
    )


def _head(record: JobRecord, workflow: Known) -> Iterator[Param]:
    for name, text in about(record, workflow).items():
        yield Param(name, visible(text), long=False, empty=False)


def _status(record: JobRecord, zone: str) -> str:
    held = record.job
    if held.status is Status.COMPLETED:
        return _completed(record)
    until = held.waits_until if held.status in (Status.PROCESSING, Status.PARKED) else None
    return f"Waits for its turn until {second(until, zone)}" if until else STATUS_LINES[held.status]


def _handed(record: JobRecord) -> tuple[Pieces, ...]:
    handed = _stored(record, HANDED, Handed)
    return tuple(visible(one) for one in handed.quotes) if handed else ()


def _completed(record: JobRecord) -> str:
    """`Completed with an answer; refund and reply rejected`: how it ended, and what somebody said
    no to."""
    how = f"Completed{' with an answer' if answered(record) else ''}"
    names = dict.fromkeys(
        held.action.rpartition(".")[2].removeprefix("send_").replace("_", " ")
        for held in record.ledger
        if held.status is ActionStatus.REJECTED
    )
    return f"{how}; {', '.join(names)} rejected" if names else how


def _kin(record: JobRecord) -> Iterator[Kin]:
    parent = parent_of(record)
    if parent:
        yield Kin(parent, "Handed over by")
    for one, destination in children(record):
        yield Kin(one, f"Handed over to {label(destination.replace(':', ' '))}:")
    before, after = rerun_of(record), rerun_as(record)
    if before:
        yield Kin(before.of, "Runs again")
    if after:
        yield Kin(after, "Run again as")


def _model(proposal: Proposal) -> str:
    return f"{proposal.model}{' (offline model)' if proposal.offline else ''}"


def _stored(record: JobRecord, name: str, kind: type[ContractT]) -> ContractT | None:
    """A result, if it is there and of a version that this code reads."""
    held = record.results.get(name)
    try:
        return held.as_(kind) if held else None
    except UnknownVersion:
        return None


def _open(record: JobRecord, now: datetime, zone: str) -> Open | None:
    owner = case_owner(record)
    if owner is None:
        return None
    case = open_case(record)
    since = case.opened_at if case else record.job.updated_at
    due = case.due_at if case else record.job.updated_at
    return Open(
        owner=owner,
        reason=visible((case.reason if case else record.job.reason) or "no reason is stored"),
        since=span(now - since),
        due=moment(due, zone),
        due_at=due.isoformat(),
        overdue=now >= due,
    )


def _ended(record: JobRecord, zone: str) -> Ended | None:
    said = record.case.resolution if record.case else None
    if said is None:
        return None
    ways = {"resume": "Corrected and resumed", "done": "Done by hand", "close": "Closed"}
    ways["rollback"] = "Rolled back"
    return Ended(ways[said.way], said.by, moment(said.at, zone), visible(said.words))


def _source(
    record: JobRecord, proposal: Proposal | None, workflow: Known
) -> tuple[SourcePart, ...]:
    given = _stored(record, "input", workflow.input) if workflow else None
    if workflow is not None and given is not None:
        return source(given, workflow, proposal)
    unread = _stored(record, UNREAD, Unread)
    return (SourcePart("As it came", visible(unread.text), long=True),) if unread else ()


def _effect(record: JobRecord, held: LedgerEntry, workflow: Known, zone: str) -> Effect:
    return Effect(
        words=visible(in_words(held, workflow) if workflow else held.action),
        status=status_words(held),
        note=visible(held.note),
        target=visible(_target(held)),
        reasons=tuple(dict.fromkeys(reason.told for reason in held.verdict.reasons)),
        digest=held.digest[:SHORT],
        attempts=tuple(
            visible(one.words(second(one.at, zone))) for one in attempts(record.audit, held)
        ),
        receipt=visible(held.receipt.id if held.receipt else ""),
        conflict=_told(held.conflict),
        wrote=_told(written(held)),
    )


def _told(found: Iterable[Difference]) -> tuple[Altered, ...]:
    return tuple(altered(one.name, one.before, one.after) for one in found)


def _target(held: LedgerEntry) -> str:
    """Where it goes, as the stored bytes say; they may have been damaged."""
    try:
        return str(held.content().get("target", ""))
    except (ValueError, AttributeError):
        return ""


def _requests(record: JobRecord, zone: str) -> Iterator[PastRequest]:
    for held in sorted(record.approvals.values(), key=lambda one: one.requested_at):
        yield PastRequest(
            asked=moment(held.requested_at, zone),
            people=tuple(person.name for person in held.approvers),
            until=moment(held.deadline, zone),
            said=tuple(_said(held, zone)),
        )


def _step(one: Moment, zone: str) -> Step:
    details = tuple((name, visible(value)) for name, value in one.details)
    return Step(one.at, second(one.at, zone), one.who, one.what, details)


def _said(held: Approval, zone: str) -> Iterator[str]:
    for one in held.signatures or ((held.decision,) if held.decision else ()):
        by = held.person(one.by)
        who = by.name if by else ("Time" if one.by == EXPIRY else one.by)
        choices = ", ".join(sorted(set(one.choices.values())))
        yield f"{who}: {choices}, {moment(one.at, zone)}"
    if held.superseded:
        yield "Replaced by a newer request"
    elif held.decision is None:
        yield "Waits"
