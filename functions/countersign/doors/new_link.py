"""A new link for whoever closed theirs with wrong codes. `tick` mails it, to them alone."""

from __future__ import annotations

from contextlib import suppress

from countersign.deps import Deps
from countersign.domain.approvals import Approval
from countersign.domain.change import Change, Due, JobRecord, Link
from countersign.domain.closed_links import ClosedLink, may_have_new
from countersign.domain.errors import NotFound, StoreConflict
from countersign.domain.job import Status

WRITES = 4


def owe_new_link(deps: Deps, link: Link) -> bool:
    """Whether a new link will be mailed: the request still waits for this person, and they have not
    had too many. What closes a link came with its secret and with a page's nonce."""
    with suppress(NotFound):
        for _ in range(WRITES):
            record = deps.store.load(link.job_id)
            change = _change(deps, record, link)
            if change is None:
                return False
            with suppress(StoreConflict):
                deps.commit(record, change)
                return True
    return False


def _change(deps: Deps, record: JobRecord, link: Link) -> Change | None:
    approval, now = record.approvals.get(link.approval_id), deps.clock.now()
    waits = record.job.status is Status.WAITING_FOR_REVIEW
    if approval is None or not waits or not _open(approval, link.person_id):
        return None
    if link.question or not may_have_new(approval.closed, link.person_id, now):
        return None
    closed = (*approval.closed, ClosedLink(person_id=link.person_id, at=now))
    return Change(
        event="link closed",
        actor=f"person:{link.person_id}",
        fields={"approval": approval.approval_id, "why": "five wrong codes"},
        approvals=(approval.model_copy(update={"closed": closed}),),
        due=(Due(kind="mail", at=now),),
    )


def _open(approval: Approval, person_id: str) -> bool:
    signed = any(one.by == person_id for one in approval.signatures)
    asked = approval.person(person_id) is not None
    return asked and not (signed or approval.decision or approval.superseded)
