"""Who is asked next: when a tier's time is over, and at once when a mail did not reach somebody."""

from __future__ import annotations

from countersign import asking, observability, request_mails
from countersign.casework import new_case, tell_owner
from countersign.deps import Deps
from countersign.domain.approvals import Approval
from countersign.domain.change import Change, Due, JobRecord
from countersign.domain.delivery import mails_failed, not_arrived
from countersign.domain.expiry import expire, give_up
from countersign.domain.job import Status
from countersign.domain.resume import AGAIN
from countersign.domain.settling import settle
from countersign.doors.waking import TICK, call, settled
from countersign.workflows import WORKFLOWS


def end_tier(deps: Deps, record: JobRecord) -> None:
    """A tier's time is over: ask the next one too; after the last, time decides."""
    approval = record.pending
    if approval is None:
        settled(deps, record, "approval")
        return
    now = deps.clock.now()
    if now < approval.deadline:
        return  # a question has moved it since the row was read
    further = asking.escalated(deps, approval, WORKFLOWS[record.job.workflow])
    if further is None:
        _end(deps, record, expire(approval, now), "expired")
    else:
        _ask_further(deps, record, further, "the time of the tier is over")


def after_return(deps: Deps, record: JobRecord) -> None:
    """A mail came back. A job that is complete and whose mail failed becomes a case. While people
    are asked, the next tier is asked at once; where none is left and mail reaches too few, time is
    over at once."""
    approval = record.pending
    record = _reopened(deps, record)
    if record.job.status is Status.ESCALATED:
        tell_owner(deps, record)
    if approval is None or record.job.status is not Status.WAITING_FOR_REVIEW:
        settled(deps, record, "returned")
        return
    further = asking.escalated(deps, approval, WORKFLOWS[record.job.workflow])
    if further is not None:
        _ask_further(deps, record, further, "a mail came back")
    elif approval.out_of_reach:
        _end(deps, record, give_up(approval, deps.clock.now()), "out of reach")
    else:
        settled(deps, record, "returned")


def _reopened(deps: Deps, record: JobRecord) -> JobRecord:
    failed = next(iter(mails_failed(record.ledger)), None)
    if failed is None or record.job.status is not Status.COMPLETED:
        return record
    reason = not_arrived(failed)
    change = Change(
        event="escalated",
        actor=TICK,
        status=Status.ESCALATED,
        reason=reason,
        case=new_case(deps, record, reason),
    )
    observability.count("JobsEnded", workflow=record.job.workflow, status=Status.ESCALATED.value)
    return deps.commit(record, change)


def _ask_further(deps: Deps, record: JobRecord, now_asked: Approval, why: str) -> None:
    before = record.approvals[now_asked.approval_id]
    new = now_asked.approvers[len(before.approvers) :]
    minted = asking.mint(deps, now_asked, request_mails.unmailed(deps, record, now_asked))
    owed = Due(kind="mail", at=deps.clock.now() + AGAIN)
    change = Change(
        event="asked the next tier",
        actor=TICK,
        fields={"tier": str(now_asked.tier), "people": str(len(new)), "why": why},
        approvals=(now_asked,),
        links=tuple(one.link for one in minted),
        due=(*asking.dues(deps, now_asked, WORKFLOWS[record.job.workflow]), owed),
        done=("returned",) if "returned" in record.due else (),
    )
    observability.count("ApprovalsEscalated", workflow=record.job.workflow)
    settled(deps, request_mails.mail(deps, deps.commit(record, change), now_asked, minted), "mail")


def _end(deps: Deps, record: JobRecord, decided: Approval, event: str) -> None:
    """Not approved, by the same conditional write as a person's decision."""
    returned = ("returned",) if "returned" in record.due else ()
    change = Change(
        event=event,
        actor=TICK,
        approvals=(decided,),
        ledger=settle(decided, record.ledger),
        done=("approval", "reminder", *returned),
        due=(Due(kind="callback", at=deps.clock.now() + AGAIN),),
    )
    observability.count("ApprovalsExpired", workflow=record.job.workflow)
    call(deps, deps.commit(record, change))
