"""What the system that sent an event is told of its job: how it stands when it asks, and once how
it ended. Never what stands in it, nor who decided.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, Protocol

from countersign.domain.canonical import digest
from countersign.domain.contract import Contract
from countersign.domain.jobs.change import Change, Due, JobRecord
from countersign.domain.jobs.job import FINISHED, Job
from countersign.domain.ledger.entry import LedgerEntry

GIVES_UP = timedelta(days=3)
"""After so long a receiver that takes nothing is not told any more; the job's page says so."""
_BYTES = 15
ANSWER: Final = "answer"
"""The kind of the row that holds the token of an execution that waits."""
HEARD = "heard"
"""The name of the result that says which of them were told."""
WAITS_AT_MOST = timedelta(days=365)
"""No execution of Step Functions lasts longer, nor one of a durable function."""


class Waiters(Protocol):
    """Executions of others that wait for how a proposal ended."""

    def tell(self, whose: str, token: str, said: str) -> bool:
        """Let it go on with what is said, JSON; whether it still waited. `whose` as its caller's
        row says."""

    def refuse(self, whose: str, token: str, error: str, cause: str) -> bool:
        """Let it fail by `error`, a name that its state may catch, and why; whether it waited."""


def system_of(sender_id: str) -> str:
    """The outside system that a sender's receiver is, by which it is paced and left alone."""
    return f"outcomes-{sender_id}"


def heard(record: JobRecord, change: Change, sender_id: str) -> Change:
    """`change` with the rows by which the sender is told, where the job ends by it and its sender
    wants to hear, or an execution of theirs waits. What is undone later has another end, and is
    told again, but to an execution."""
    if change.status not in FINISHED or record.job.status in FINISHED:
        return change
    at, rows = record.job.updated_at, list(change.due)
    if record.job.source.hears:
        rows.append(Due(kind="outcome", at=at, waits_for=system_of(sender_id)))
    if waits := record.due.get(ANSWER):
        rows.append(waits.model_copy(update={"at": at}))
    return replace(change, due=tuple(rows))


class Heard(Contract):
    """Executions that were told how a proposal ended, or were gone: digests of their tokens."""

    CONTRACT: ClassVar[str] = "agent.heard"
    VERSION: ClassVar[int] = 1

    tokens: tuple[str, ...] = ()


def hearing(record: JobRecord) -> Heard:
    """With the execution that waits counted in."""
    told = record.result(HEARD, Heard).tokens if HEARD in record.results else ()
    return Heard(tokens=(*told, digest(record.due[ANSWER].token.encode())))


def awaited(record: JobRecord, token: str, now: datetime) -> Change | None:
    """An execution of the caller's waits for how the job ends: of one that has ended, it is told at
    once. Another token of the same proposal is a later try of the same state, and the first one's
    is void. None: the same message once more, after it was told."""
    if HEARD in record.results and digest(token.encode()) in record.result(HEARD, Heard).tokens:
        return None
    at = now if record.job.status in FINISHED else now + WAITS_AT_MOST
    row = Due(kind=ANSWER, at=at, token=token)
    return Change(event="waited for", actor=f"sender:{record.job.source.sender}", due=(row,))


def standing(job: Job) -> Mapping[str, Any]:
    """How a job stands, for who may ask; `ended` unless somebody goes on with it."""
    return {
        "job_id": job.job_id,
        "workflow": job.workflow,
        "status": job.status.value,
        "ended": job.status in FINISHED,
        "updated_at": job.updated_at.isoformat(),
    }


def message(job: Job, ledger: Iterable[LedgerEntry]) -> Mapping[str, Any]:
    """How it ended, in the shape of Standard Webhooks: its type, when, and what happened."""
    return {
        "type": "job.ended",
        "timestamp": job.updated_at.isoformat(),
        "data": {
            "job_id": job.job_id,
            "workflow": job.workflow,
            "event_id": job.source.event_id,
            "status": job.status.value,
            "actions": [
                {"number": one.index, "action": one.action, "status": one.status.value}
                for one in ledger
            ],
        },
    }


def message_id(job: Job) -> str:
    """The same for every try to tell of one end: a receiver that hears it twice knows it."""
    return f"{job.job_id}-{job.status.value.lower()}"


def status_token(secret: str, job_id: str) -> str:
    """What opens a job's status: its id, and a proof that only the sender's secret makes. Nothing
    of it is stored; the secret's end is its end."""
    return f"{job_id}.{_proof(secret, job_id)}"


def opens(token: str, secrets: Iterable[str]) -> str:
    """The id of the job that the token opens by one of the sender's secrets; empty for none."""
    job_id, _, proof = token.partition(".")
    wanted = [_proof(secret, job_id) for secret in secrets]
    # Counted, not searched: every one is compared whatever the first ones say.
    same = sum(hmac.compare_digest(proof.encode(), one.encode()) for one in wanted)
    return job_id if same else ""


def named_in(token: str) -> str:
    """The id of the job that a token is about, whether or not it opens it."""
    return token.partition(".")[0]


def _proof(secret: str, job_id: str) -> str:
    made = hmac.new(secret.encode(), f"status\n{job_id}".encode(), hashlib.sha256).digest()
    return base64.b32encode(made[:_BYTES]).decode().lower()
