"""Who is asked next: when a tier's time is over, and at once when a mail did not reach somebody."""

from __future__ import annotations

from countersign import observability
from countersign.approvals.decision_mails import owed
from countersign.approvals.mails import mail, today, unmailed, unreminded
from countersign.approvals.service import anew, dues, escalated, mint, with_deputies
from countersign.domain.approvals.approval import Approval, apply_decision, expire, give_up
from countersign.domain.approvals.authority import as_of_now
from countersign.domain.errors import Transient
from countersign.domain.jobs.change import Change, Due, JobRecord
from countersign.domain.jobs.job import Status
from countersign.domain.jobs.mail_events import mails_failed, not_arrived
from countersign.domain.planning.resume import AGAIN
from countersign.jobs.handover import new_case, tell_owner
from countersign.jobs.renewal import ask_again
from countersign.jobs.resume import TICK, call, settled
from countersign.runtime.deps import Deps


def end_tier(deps: Deps, record: JobRecord) -> None:
    """A tier's time is over: ask the next one too; after the last, time decides."""
    approval = record.pending
    if approval is None:
        settled(deps, record, "approval")
        return
    now = deps.clock.now()
    if now < approval.deadline or ask_again(deps, record):
        return  # a question has moved it since the row was read, or nobody could read it
    workflow = deps.workflows[record.job.workflow]
    if unmailed(deps, record, approval) == today(deps, approval.approvers):
        _begin_anew(deps, record, anew(deps, approval, workflow))
        return
    further = escalated(deps, approval, workflow)
    if further is None:
        _end(deps, record, expire(approval, now), "expired")
    else:
        _ask_further(deps, record, further, "the time of the tier is over")


def _begin_anew(deps: Deps, record: JobRecord, approval: Approval) -> None:
    """Nobody had a mail yet, so nobody's time has begun."""
    change = Change(
        event="the time begins anew",
        actor=TICK,
        fields={"why": "nobody could be mailed"},
        approvals=(approval,),
        due=dues(deps, approval, deps.workflows[record.job.workflow]),
    )
    deps.commit(record, change)


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
    further = escalated(deps, approval, deps.workflows[record.job.workflow])
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
    record = deps.commit(record, change)
    observability.job_ended(record.job)
    return record


def _ask_further(deps: Deps, record: JobRecord, now_asked: Approval, why: str) -> None:
    before = record.approvals[now_asked.approval_id]
    new = now_asked.approvers[len(before.approvers) :]
    minted = mint(deps, now_asked, unmailed(deps, record, now_asked))
    owed = Due(kind="mail", at=deps.clock.now() + AGAIN)
    change = Change(
        event="asked the next tier",
        actor=TICK,
        fields={"tier": str(now_asked.tier), "people": str(len(new)), "why": why},
        approvals=(now_asked,),
        links=tuple(one.link for one in minted),
        due=(*dues(deps, now_asked, deps.workflows[record.job.workflow]), owed),
        done=("returned",) if "returned" in record.due else (),
    )
    observability.count("ApprovalsEscalated")
    settled(deps, mail(deps, deps.commit(record, change), now_asked, minted), "mail")


def _end(deps: Deps, record: JobRecord, decided: Approval, event: str) -> None:
    """Not approved, by the same conditional write as a person's decision."""
    returned = ("returned",) if "returned" in record.due else ()
    change = Change(
        event=event,
        actor=TICK,
        approvals=(decided,),
        ledger=apply_decision(decided, record.ledger),
        done=("approval", "reminder", *returned),
        due=(Due(kind="callback", at=deps.clock.now() + AGAIN), *owed(deps, record, decided)),
    )
    observability.count("ApprovalsExpired", workflow=record.job.workflow)
    call(deps, deps.commit(record, change))


def mail_requests(deps: Deps, record: JobRecord) -> None:
    """Mail whoever was asked and has no mail, deputies of those who went away since included; where
    fewer are left than must sign, the next tier is asked at once. The row stays until all mails are
    out: one that the provider puts off is tried again."""
    approval = _waiting(record)
    if approval is None:
        settled(deps, record, "mail")
        return
    if ask_again(deps, record):
        return
    further = _instead_of_leavers(deps, record, approval)
    if further is not None:
        _ask_further(deps, record, further, "somebody has left")
        return
    now_asked = with_deputies(deps, approval, deps.workflows[record.job.workflow])
    minted = mint(deps, now_asked, unmailed(deps, record, now_asked))
    if minted:
        change = Change(
            event="mailing requests",
            actor=TICK,
            fields=_deputies(approval, now_asked),
            approvals=_changed(approval, now_asked),
            links=tuple(one.link for one in minted),
        )
        record = mail(deps, deps.commit(record, change), now_asked, minted)
    settled(deps, record, "mail")


def _instead_of_leavers(deps: Deps, record: JobRecord, approval: Approval) -> Approval | None:
    """The request with the next tier, where too few of those who were asked are still there."""
    needed = as_of_now(deps.people.directory(), approval).needed
    if len(today(deps, approval.approvers)) >= needed:
        return None
    return escalated(deps, approval, deps.workflows[record.job.workflow])


def remind(deps: Deps, record: JobRecord) -> None:
    """Half of a tier's time is over: mail who has not signed, once, and ask deputies of those who
    went away. The row goes first, so that a crash loses a reminder rather than repeating it; where
    the provider says that it sent nothing, the row comes back for those who have none."""
    approval = _waiting(record)
    now = deps.clock.now()
    if approval is None or now >= approval.deadline:
        settled(deps, record, "reminder")
        return
    if ask_again(deps, record):
        return
    now_asked = with_deputies(deps, approval, deps.workflows[record.job.workflow])
    late = unmailed(deps, record, now_asked)
    people = unreminded(deps, record, now_asked)
    minted = mint(deps, now_asked, people)
    change = Change(
        event="reminded",
        actor=TICK,
        fields={"people": str(len(minted)), **_deputies(approval, now_asked)},
        approvals=_changed(approval, now_asked),
        links=tuple(one.link for one in minted),
        done=("reminder",),
        due=(Due(kind="mail", at=now),) if late else (),
    )
    record = deps.commit(record, change)
    try:
        mail(deps, record, now_asked, minted, "reminder")
    except Transient:
        _again(deps, record)


def _again(deps: Deps, record: JobRecord) -> None:
    record = deps.store.load(record.job.job_id)
    if _waiting(record) is not None:
        row = Due(kind="reminder", at=deps.clock.now() + AGAIN)
        deps.commit(record, Change(event="reminder put off", actor=TICK, due=(row,)))


def _waiting(record: JobRecord) -> Approval | None:
    waits = record.job.status is Status.WAITING_FOR_REVIEW
    return record.pending if waits else None


def _changed(before: Approval, after: Approval) -> tuple[Approval, ...]:
    return (after,) if after is not before else ()


def _deputies(before: Approval, after: Approval) -> dict[str, str]:
    new = [one for one in after.instead_of if one not in before.instead_of]
    return {"deputies": ", ".join(new)} if new else {}
