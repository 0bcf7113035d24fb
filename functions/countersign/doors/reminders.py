"""Mails of requests that tick sends: what is owed, and the reminder at half of a tier's time."""

from __future__ import annotations

from countersign import asking, request_mails
from countersign.deps import Deps
from countersign.domain.approvals import Approval
from countersign.domain.change import Change, Due, JobRecord
from countersign.domain.errors import Transient
from countersign.domain.job import Status
from countersign.domain.resume import AGAIN
from countersign.doors.waking import TICK, settled
from countersign.workflows import WORKFLOWS


def mail_requests(deps: Deps, record: JobRecord) -> None:
    """Mail whoever was asked and has no mail, deputies of those who went away since included. The
    row stays until all mails are out: one that the provider puts off is tried again."""
    approval = _waiting(record)
    if approval is None:
        settled(deps, record, "mail")
        return
    now_asked = asking.with_deputies(deps, approval, WORKFLOWS[record.job.workflow])
    minted = asking.mint(deps, now_asked, request_mails.unmailed(deps, record, now_asked))
    if minted:
        change = Change(
            event="mailing requests",
            actor=TICK,
            fields=_deputies(approval, now_asked),
            approvals=_changed(approval, now_asked),
            links=tuple(one.link for one in minted),
        )
        record = request_mails.mail(deps, deps.commit(record, change), now_asked, minted)
    settled(deps, record, "mail")


def remind(deps: Deps, record: JobRecord) -> None:
    """Half of a tier's time is over: mail who has not signed, once, and ask deputies of those who
    went away. The row goes first, so that a crash loses a reminder rather than repeating it; where
    the provider says that it sent nothing, the row comes back for those who have none."""
    approval = _waiting(record)
    now = deps.clock.now()
    if approval is None or now >= approval.deadline:
        settled(deps, record, "reminder")
        return
    now_asked = asking.with_deputies(deps, approval, WORKFLOWS[record.job.workflow])
    late = request_mails.unmailed(deps, record, now_asked)
    people = request_mails.unreminded(deps, record, now_asked)
    minted = asking.mint(deps, now_asked, people)
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
        request_mails.mail(deps, record, now_asked, minted, "reminder")
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
