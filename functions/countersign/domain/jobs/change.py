"""One change of a job: what a step did, applied and recorded in a single conditional write."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from countersign.domain.approvals.approval import Approval
from countersign.domain.approvals.questions import Question
from countersign.domain.contract import Contract, ContractT, Stored, Value
from countersign.domain.errors import UnknownVersion
from countersign.domain.jobs import audit
from countersign.domain.jobs.cases import Case, next_look
from countersign.domain.jobs.job import Job, Move, Status, moved
from countersign.domain.jobs.matters import Matter
from countersign.domain.jobs.reviews import Review
from countersign.domain.ledger.entry import LedgerEntry
from countersign.domain.limits.budgets import Amount
from countersign.domain.limits.caps import Reservation
from countersign.domain.limits.pace import Turn

if TYPE_CHECKING:
    from countersign.domain.jobs.suppression import Suppressed
    from countersign.domain.workflow import Claim

_OfMail = Literal[
    "reminder", "question", "returned", "mail", "case", "overdue", "inquiry", "daily", "decided"
]
_OfTime = Literal[
    "queue", "approval", "callback", "parked", "reservation", "silence", "outcome", "trial", "items"
]
_OfCallers = Literal["report", "withdrawn", "answer"]
DueKind = Literal[_OfTime, _OfCallers, _OfMail]
"""A tier's reminder; questions and answers to mail; a mail that came back; requests that somebody
was asked and has no mail of; a case whose owner has none; one that nobody has ended yet; a sender
to remind of our question; a job that ended with nothing done, for the daily list; a decision of
which others who were asked are told. Accepted but not started; a tier's deadline; a lost callback;
a parked job; a part of a cap to settle or to free; a question that nobody answered; an end that the
sender's own system is to be told of; a job of a canary, when all of it is decided; a job whose
file's items are worked on; a report of what a caller did by our verdict; a proposal that its caller
withdrew, of which those who were asked are told; an execution of somebody else's that waits for how
its proposal ends."""
MAILS: frozenset[DueKind] = frozenset(
    (
        *("reminder", "question", "returned", "mail", "case", "overdue", "inquiry", "daily"),
        *("decided", "withdrawn"),
    )
)
"""Kinds of rows that end in a mail."""
OUTLIVES: frozenset[DueKind] = frozenset({"decided", "trial", "report", "withdrawn", "answer"})
"""Kinds of rows that the end of a job settles nothing of."""


class Due(Value):
    """Something that happens to a job at a time. One of each kind per job."""

    kind: DueKind
    at: datetime
    failed: int = 0
    """How often in a row it was due and could not be done."""
    waits_for: str = ""
    """The outside system without which a parked job cannot go on."""
    needs: Amount | None = None
    """Of the model's budget, what a job that waits for it asks for."""
    token: str = Field(default="", repr=False)
    """Of the execution that waits: what lets it go on. It leaves the back end to nobody but AWS."""

    def failed_until(self, until: datetime) -> Due:
        """The same after one more failure."""
        return self.model_copy(update={"at": until, "failed": self.failed + 1})


@dataclass(frozen=True)
class DueRow:
    """A due row that `tick` found, of a job that began at `since`."""

    job_id: str
    since: datetime
    due: Due


class Link(Contract):
    """One approver's way to one approval. Only a hash of the secret is stored."""

    CONTRACT = "link"
    VERSION = 1

    link_id: str
    secret_hash: str
    job_id: str
    approval_id: str
    person_id: str
    question: str = ""
    """Id of the question that this link answers; such a link decides nothing."""
    tries: int = 0


class Listed(Value):
    """A row of an inbox: what waits there, and since when. Without an approval it is a case."""

    box: str
    since: datetime
    job_id: str
    approval_id: str = ""


@dataclass(frozen=True)
class Change:
    """What happened, by whom, and everything that it leaves behind."""

    event: str
    actor: str
    move: Move | None = None
    status: Status | None = None
    reason: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    """What the audit entry commits to."""
    results: Mapping[str, Contract] = field(default_factory=dict)
    dropped: tuple[str, ...] = ()
    """Names of results that no longer hold."""
    unplanned: tuple[int, ...] = ()
    """Ledger entries that never ran and are planned anew."""
    ledger: tuple[LedgerEntry, ...] = ()
    approvals: tuple[Approval, ...] = ()
    token: str = ""
    """The task token that waits for the approval in `approvals`."""
    links: tuple[Link, ...] = ()
    questions: tuple[Question, ...] = ()
    case: Case | None = None
    due: tuple[Due, ...] = ()
    done: tuple[DueKind, ...] = ()
    """Due rows that are settled by this change."""
    listed: tuple[Listed, ...] = ()
    """What begins to wait in somebody's inbox; `inbox.listing` works it out for every change."""
    unlisted: tuple[Listed, ...] = ()
    """What waits there no more."""
    matters: tuple[Matter, ...] = ()
    """Rows of the index by which later messages find the job."""
    reviews: tuple[Review, ...] = ()
    claim: Claim | None = None
    """What the job is first with, unless another one is: then nothing of the change is stored."""
    """What a person shall look at afterwards."""
    suppressed: tuple[Suppressed, ...] = ()
    """Who wants no mail from now on, in any workflow."""
    wanted_by: tuple[str, ...] = ()
    """Contacts for whom something is about to be sent: while one of them is suppressed, nothing of
    the change is stored."""
    turns: Mapping[str, Turn | None] = field(default_factory=dict)
    """By key of an outside system: the turn that was promised to the job; None: it is used."""
    execution: str = ""
    """Name of the execution that owns the job from now on."""
    attempt: int = 0
    parked: int | None = None

    @cached_property
    def stored(self) -> Mapping[str, Stored]:
        """The results as they are stored: written, and read on by the same step."""
        return {name: Stored.of(value) for name, value in self.results.items()}


@dataclass(frozen=True)
class JobRecord:
    """A job with everything that is stored under it."""

    job: Job
    results: Mapping[str, Stored] = field(default_factory=dict)
    ledger: tuple[LedgerEntry, ...] = ()
    approvals: Mapping[str, Approval] = field(default_factory=dict)
    tokens: Mapping[str, str] = field(default_factory=dict, repr=False)
    questions: Mapping[str, Question] = field(default_factory=dict)
    case: Case | None = None
    due: Mapping[DueKind, Due] = field(default_factory=dict)
    reservations: Mapping[str, Reservation] = field(default_factory=dict)
    """Parts of caps, by action key; written with their counters and not with the job."""
    notes: frozenset[str] = frozenset()
    """Marks that something was sent; written without a condition, after it was."""
    audit: tuple[audit.Entry, ...] = ()

    @property
    def pending(self) -> Approval | None:
        """The approval that waits for a decision, if any."""
        return next((a for a in self.approvals.values() if _waits(a)), None)

    def result(self, name: str, kind: type[ContractT]) -> ContractT:
        """A stored result. Raises UnknownVersion when it is missing or of another version."""
        if name not in self.results:
            raise UnknownVersion(f"nothing is stored as {name}")
        return self.results[name].as_(kind)


def watched(record: JobRecord, change: Change) -> Change:
    """`change` with the row that watches the case which it opens, and without that of one which it
    ends: nobody can forget to."""
    case, held = change.case, record.case
    if case is None:
        return change
    if case.resolution is not None:
        over: tuple[DueKind, ...] = ("overdue",) if "overdue" in record.due else ()
        return replace(change, done=(*change.done, *over))
    if held and held.opened_at == case.opened_at and held.resolution is None:
        return change
    look = Due(kind="overdue", at=next_look(case, case.opened_at))
    return replace(change, due=(*change.due, look))


def created(job: Job, change: Change, salt: Callable[[], str]) -> tuple[Job, audit.Entry]:
    """The first state of a new job and its first audit entry."""
    blank = job.model_copy(update={"version": 0, "audit_length": 0, "audit_head": audit.GENESIS})
    return transition(blank, change, job.created_at, salt)


def transition(
    job: Job, change: Change, now: datetime, salt: Callable[[], str]
) -> tuple[Job, audit.Entry]:
    """The job after `change`, and the audit entry that goes with it. Raises IllegalMove."""
    status = moved(job, change.status or job.status)
    entry = audit.append(
        job.audit_head,
        job.audit_length + 1,
        job_id=job.job_id,
        at=now,
        actor=change.actor,
        event=change.event,
        fields=_said(job, status, change, salt),
    )
    after = job.model_copy(
        update={
            "status": status,
            "version": job.version + 1,
            "updated_at": now,
            "audit_length": entry.number,
            "audit_head": entry.hash,
            "reason": job.reason if change.reason is None else change.reason,
            "execution": change.execution or job.execution,
            "attempt": change.attempt or job.attempt,
            "parked": job.parked if change.parked is None else change.parked,
            "turns": _turns(job, change),
        }
    )
    return after, entry


def _turns(job: Job, change: Change) -> Mapping[str, Turn]:
    return {key: turn for key, turn in {**job.turns, **change.turns}.items() if turn is not None}


def after(record: JobRecord, job: Job, entry: audit.Entry, change: Change) -> JobRecord:
    """`record` with `change` applied, without reading it again."""
    results = {k: v for k, v in record.results.items() if k not in change.dropped}
    ledger = {held.index: held for held in record.ledger if held.index not in change.unplanned}
    due = {kind: row for kind, row in record.due.items() if kind not in change.done}
    return JobRecord(
        job=job,
        results={**results, **change.stored},
        ledger=tuple((ledger | {held.index: held for held in change.ledger}).values()),
        approvals={**record.approvals, **{a.approval_id: a for a in change.approvals}},
        tokens=_tokens(record, change),
        questions={**record.questions, **{q.question_id: q for q in change.questions}},
        case=change.case or record.case,
        due=due | {row.kind: row for row in change.due},
        reservations=record.reservations,
        notes=record.notes,
        audit=(*record.audit, entry),
    )


def _tokens(record: JobRecord, change: Change) -> Mapping[str, str]:
    if not change.token:
        return record.tokens
    return {**record.tokens, **{a.approval_id: change.token for a in change.approvals}}


def _said(
    job: Job, status: Status, change: Change, salt: Callable[[], str]
) -> dict[str, audit.ErasableField]:
    fields = dict(change.fields)
    if status is not job.status:
        fields["status"] = f"{job.status} → {status}"
    if change.reason:
        fields["reason"] = change.reason
    return {k: audit.ErasableField(value=v, salt=salt()) for k, v in sorted(fields.items())}


def _waits(approval: Approval) -> bool:
    return approval.decision is None and not approval.superseded
