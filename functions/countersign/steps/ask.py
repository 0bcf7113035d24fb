"""Ask: request a signature on the exact bytes, mail each approver a link, and wait."""

from __future__ import annotations

from datetime import timedelta

from countersign.domain.actions import ActionStatus
from countersign.domain.approvals import Approval, Person
from countersign.domain.canonical import canonical, digest
from countersign.domain.change import Change, Due, JobRecord, Link
from countersign.domain.job import Status
from countersign.domain.links import hashed
from countersign.pages.mails import approval_request
from countersign.runtime import Call, Continued, Deps, step
from countersign.workflows import WORKFLOWS

LINK_BITS = 128
SECRET_BITS = 192


def ask(deps: Deps, record: JobRecord, call: Call) -> Continued:
    """Ends with the job waiting. A retry arms the new token and mails only what was not mailed."""
    approval = record.pending or _request(deps, record)
    mailed = approval.approval_id in record.notes
    minted = [] if mailed else [_mint(deps, approval, person) for person in approval.approvers]
    record = deps.commit(
        record,
        Change(
            event="asked",
            actor=f"state:{call.state}",
            status=Status.WAITING_FOR_REVIEW,
            fields={"approval": approval.approval_id, "actions": str(len(approval.digests))},
            approvals=(approval,),
            token=call.token,
            links=tuple(link for link, _, _ in minted),
            due=(Due(kind="approval", at=approval.deadline),),
        ),
    )
    _mail(deps, record, approval, minted)
    return Continued(record, None)


def _request(deps: Deps, record: JobRecord) -> Approval:
    now = deps.clock.now()
    digests = tuple(h.digest for h in record.ledger if h.status is ActionStatus.PLANNED)
    seconds = deps.settings.approval_seconds
    wait = WORKFLOWS[record.job.workflow].approval_for
    identity = [record.job.job_id, digests, len(record.approvals)]
    return Approval(
        approval_id="a-" + digest(canonical(identity))[:24],
        job_id=record.job.job_id,
        digests=digests,
        approvers=deps.settings.approvers,
        requested_at=now,
        deadline=now + (timedelta(seconds=seconds) if seconds else wait),
    )


def _mint(deps: Deps, approval: Approval, person: Person) -> tuple[Link, str, Person]:
    secret = deps.ids.token(SECRET_BITS)
    link = Link(
        link_id=deps.ids.token(LINK_BITS),
        secret_hash=hashed(secret),
        job_id=approval.job_id,
        approval_id=approval.approval_id,
        person_id=person.id,
    )
    return link, secret, person


def _mail(
    deps: Deps, record: JobRecord, approval: Approval, minted: list[tuple[Link, str, Person]]
) -> None:
    for link, secret, person in minted:
        url = f"{deps.settings.public_base_url}/approvals/{link.link_id}/{secret}"
        deps.mail.send(approval_request(record, approval, person, url))
    if minted:
        deps.store.note(record.job.job_id, approval.approval_id)


handler = step(ask)
