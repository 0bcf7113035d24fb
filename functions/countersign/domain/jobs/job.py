"""The job: one piece of work through one workflow, its status, and the moves that are legal."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Literal
from urllib.parse import quote, unquote

from countersign.domain.canonical import canonical
from countersign.domain.contract import Contract, Value
from countersign.domain.errors import IllegalMove
from countersign.domain.limits.pace import Turn


class Status(StrEnum):
    """Where a job stands. Every change is one of LEGAL_MOVES and one audit entry."""

    PENDING = "PENDING"
    PROCESSING = "PROCESSING"
    WAITING_FOR_REVIEW = "WAITING_FOR_REVIEW"
    WAITING_FOR_SENDER = "WAITING_FOR_SENDER"
    RETRYING = "RETRYING"
    PARKED = "PARKED"
    COMPLETED = "COMPLETED"
    REJECTED = "REJECTED"
    ESCALATED = "ESCALATED"
    FAILED = "FAILED"
    ROLLED_BACK = "ROLLED_BACK"
    SHADOWED = "SHADOWED"
    """Judged in shadow: what would have been done is written down, and nothing was."""


_S = Status
_CASE_ENDS = frozenset({_S.RETRYING, _S.COMPLETED, _S.REJECTED, _S.ROLLED_BACK})

LEGAL_MOVES: dict[Status, frozenset[Status]] = {
    _S.PENDING: frozenset({_S.PROCESSING, _S.REJECTED, _S.ESCALATED, _S.PARKED, _S.FAILED}),
    _S.PROCESSING: frozenset(
        {
            *(_S.WAITING_FOR_REVIEW, _S.WAITING_FOR_SENDER, _S.RETRYING, _S.PARKED),
            *(_S.COMPLETED, _S.REJECTED, _S.ESCALATED, _S.FAILED, _S.ROLLED_BACK),
            _S.SHADOWED,
        }
    ),
    # REJECTED: a person moved the matter to another process, and nothing of this one ran.
    _S.WAITING_FOR_REVIEW: frozenset(
        {_S.PROCESSING, _S.RETRYING, _S.PARKED, _S.REJECTED, _S.ESCALATED, _S.FAILED}
    ),
    # RETRYING: an answer came, or the wait for one is over. REJECTED: a person cancelled it.
    _S.WAITING_FOR_SENDER: frozenset({_S.RETRYING, _S.REJECTED, _S.ESCALATED, _S.FAILED}),
    # REJECTED: a job that was parked before its input could be read.
    _S.RETRYING: frozenset({_S.PROCESSING, _S.PARKED, _S.REJECTED, _S.ESCALATED, _S.FAILED}),
    _S.PARKED: frozenset({_S.RETRYING, _S.REJECTED, _S.ESCALATED, _S.FAILED}),
    _S.ESCALATED: _CASE_ENDS,
    _S.FAILED: _CASE_ENDS | {_S.ESCALATED},
    # RETRYING: an execution takes back what the job did, or answers. ESCALATED: a mail bounced
    # afterwards, or a person hands what was rejected to a team.
    _S.COMPLETED: frozenset({_S.RETRYING, _S.ESCALATED}),
    # A person takes up what was set aside or rejected, or hands it to a team: nothing ran.
    _S.REJECTED: frozenset({_S.RETRYING, _S.ESCALATED}),
    _S.ROLLED_BACK: frozenset(),
    # People did it by hand, beside.
    _S.SHADOWED: frozenset(),
}

KEPT_DAYS = 400
"""How long a job is kept after it began, and so for how long it can be undone."""

FINISHED = frozenset({_S.COMPLETED, _S.REJECTED, _S.ROLLED_BACK, _S.SHADOWED})
"""Nothing and nobody works on a job in one of these."""
ENDED = FINISHED | {_S.ESCALATED, _S.FAILED}
"""No execution works on a job in one of these; ESCALATED and FAILED wait for a person."""


class Pointer(Value):
    """Where content lies: the machine's states carry these, never the content."""

    bucket: str
    key: str
    """The object's key, URL-quoted: stored text is normalised, and a key must not be."""
    version: str | None = None

    @classmethod
    def to(cls, bucket: str, object_key: str, version: str | None = None) -> Pointer:
        """The pointer to the object of exactly this key."""
        return cls(bucket=bucket, key=quote(object_key, safe="/"), version=version)

    @property
    def object_key(self) -> str:
        """The object's key, byte for byte as S3 named it."""
        return unquote(self.key)


class Source(Value):
    """Where the job came from. `sender` and `event_id` together are the event's identity."""

    door: Literal["webhook", "upload", "desk"]
    """`desk`: another job handed it over; `sender` is that job, `event_id` the child's number."""
    sender: str
    event_id: str
    payload: Pointer
    body_digest: str
    size: int
    received_at: datetime
    vouched: bool = False
    """Whether who sent it knows whose address stands in it, as its row said when it came."""
    hears: bool = False
    """Whether who sent it is told how the job ended, as its row said when it came."""


class Job(Contract):
    """The row that says what a job is now. `version` grows by one with every write."""

    CONTRACT: ClassVar[str] = "job"
    VERSION: ClassVar[int] = 1

    job_id: str
    workflow: str
    status: Status
    version: int
    execution: str
    """Name of the execution that owns the job; a step of any other one is refused."""
    attempt: int
    release: str
    """Digest of the release that the job is pinned to."""
    source: Source
    created_at: datetime
    updated_at: datetime
    audit_length: int = 0
    audit_head: str = ""
    reason: str = ""
    parked: int = 0
    """How often the job was parked."""
    turns: Mapping[str, Turn] = {}
    """Its turns that are to come, by the key that they are for and the state that waits."""

    @property
    def waits_until(self) -> datetime | None:
        """When its turn comes, in the machine's own time; None when it waits for none."""
        return max((turn.at for turn in self.turns.values()), default=None)


@dataclass(frozen=True)
class JobSummary:
    """What a list shows of a job."""

    job_id: str
    workflow: str
    status: Status
    execution: str
    door: str
    reason: str
    created_at: datetime
    updated_at: datetime
    waits_until: datetime | None

    @classmethod
    def of(cls, job: Job) -> JobSummary:
        """That of this job."""
        return cls(
            job_id=job.job_id,
            workflow=job.workflow,
            status=job.status,
            execution=job.execution,
            door=job.source.door,
            reason=job.reason,
            created_at=job.created_at,
            updated_at=job.updated_at,
            waits_until=job.waits_until,
        )


def upload_event(pointer: Pointer, version: str) -> str:
    """The event id of an upload; `version` of the object, or else the event's sequencer."""
    return f"{pointer.key}\n{version}"


def job_id_of(door: str, workflow: str, sender: str, event_id: str) -> str:
    """The job's id, derived from the event's identity: the same event is always the same job."""
    identity = canonical([door, workflow, sender, event_id])
    head = hashlib.sha256(identity).digest()[:15]
    return "j-" + base64.b32encode(head).decode().lower()


def moved(job: Job, to: Status) -> Status:
    """`to`, if the job may go there. Raises IllegalMove otherwise; staying is always legal."""
    if to is not job.status and to not in LEGAL_MOVES[job.status]:
        raise IllegalMove(f"{job.status} → {to} is not a legal move")
    return to


def execution_name(job_id: str, attempt: int) -> str:
    """The first execution has the job's id; each redrive is a new one, `<job>-<attempt>`."""
    return job_id if attempt == 1 else f"{job_id}-{attempt}"


State = Literal[
    "Propose", "Look", "Decide", "Act", "WaitAct", "Ask", "Close", "Escalate", "Park", "Parked"
]


@dataclass(frozen=True)
class Move:
    """Where the job goes next. `connector` names whose function acts or looks, `seconds` how long
    the machine waits before it."""

    state: State
    connector: str = ""
    reason: str = ""
    seconds: int = 0
