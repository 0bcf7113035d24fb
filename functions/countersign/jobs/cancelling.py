"""Cancelling a job that waits: it ends, and who was asked about it is told."""

from __future__ import annotations

from collections.abc import Iterator

from countersign.domain.approvals.approval import Approval, Person
from countersign.domain.errors import Ambiguous, ContractBroken, NotPermitted, Refused, Throttled
from countersign.domain.jobs.change import Change, JobRecord
from countersign.domain.jobs.job import Status
from countersign.domain.jobs.proposals import WITHDRAWN, Withdrawal
from countersign.domain.jobs.senders import sender_of
from countersign.domain.mail import Email
from countersign.domain.planning.cancelling import cancelled
from countersign.domain.planning.charge import may_roll_back
from countersign.jobs.moving import let_go
from countersign.jobs.resume import TICK
from countersign.runtime.deps import Deps
from countersign.runtime.pace import post


def cancel(deps: Deps, job_id: str, *, by: str, reason: str) -> tuple[JobRecord, tuple[str, ...]]:
    """The job afterwards, and the names of those who were asked and could not be told now.

    Raises NotFound, NotPermitted for who may not, or ContractBroken with what is in the way.
    """
    before = deps.store.load(job_id)
    who = in_charge(deps, before, by)
    now, waiting = deps.clock.now(), before.pending
    record, _ = deps.update(job_id, lambda held: cancelled(held, by, reason, now))
    let_go(deps, record)
    if record.job.status is Status.RETRYING:
        deps.executions.start(record.job.execution, job_id)
    untold = _tell(deps, record, waiting, who, reason) if waiting else ()
    return record, tuple(untold)


def tell_withdrawn(deps: Deps, record: JobRecord) -> None:
    """What a caller withdrew: the execution that waits for a signature is let go, and who was asked
    reads that the request is void. Who cannot be reached now has nothing left to do."""
    said = record.results[WITHDRAWN].as_(Withdrawal)
    let_go(deps, record)
    asked = record.approvals.get(said.approval)
    untold = _tell(deps, record, asked, None, said.words) if asked else ()
    fields = {"not reached": ", ".join(untold)}
    deps.commit(
        record, Change(event="told of withdrawal", actor=TICK, fields=fields, done=(WITHDRAWN,))
    )


def in_charge(deps: Deps, record: JobRecord, by: str) -> Person:
    """Whoever may undo what the job did may end it."""
    workflow = deps.workflows.get(record.job.workflow)
    if workflow is None:
        raise ContractBroken(f"this code does not know the workflow {record.job.workflow}")
    member = deps.people.directory().member(by)
    judged = may_roll_back(member, workflow, record)
    if member is None or not judged.allowed:
        raise NotPermitted(f"{by} may not stop or end this: {judged.reason}")
    return member.person


def _tell(
    deps: Deps, record: JobRecord, asked: Approval, who: Person | None, reason: str
) -> Iterator[str]:
    """A mail to everybody who was asked and is still there; the names of those it did not reach."""
    people = deps.people.directory()
    for person in asked.approvers:
        member = people.member(person.id)
        if member is None or (who and person.id == who.id):
            continue
        try:
            post(deps).send(_email(deps, record, member.person, who, reason))
        except (Ambiguous, Refused, Throttled):
            yield person.name


def _email(deps: Deps, record: JobRecord, to: Person, who: Person | None, reason: str) -> Email:
    title = deps.workflows[record.job.workflow].title
    whose = who.name if who else sender_of(record.job.source.sender)
    text = (
        f"Hello {to.name},\n\n"
        f"{whose} cancelled a job of {title} about which you were asked: {reason}\n\n"
        "The request is void, and nothing of it runs. You need not do anything.\n"
        f"\n  {record.job.job_id}\n"
    )
    return Email(to=to.address, subject=f"Withdrawn: a request of {title}", text=text)
