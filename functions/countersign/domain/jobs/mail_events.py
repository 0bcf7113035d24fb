"""What became of a mail, read from the provider's event.

Amazon SES events on EventBridge: source `aws.ses`; detail-types `Email Bounced`, `Email Complaint
Received` and `Email Rejected`, with `detail.bounce`, `detail.complaint` or `detail.reject` beside
`detail.mail` (`messageId`, and `tags` whose values are lists). From the Amazon SES Developer Guide,
"Monitoring SES events using Amazon EventBridge".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from countersign.domain.approvals.approval import Approval
from countersign.domain.contract import Value
from countersign.domain.jobs.change import Change, Due, JobRecord
from countersign.domain.jobs.job import Status
from countersign.domain.ledger.action import Receipt
from countersign.domain.ledger.entry import ActionStatus, LedgerEntry

DELIVERY = "system:delivery"
"""The actor of what a returned or refused mail changes."""
BOUNCED, COMPLAINED, REJECTED = "bounced", "complaint", "rejected"
_KINDS: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "Email Bounced": (BOUNCED, "bounce", ("bounceType", "bounceSubType")),
    "Email Complaint Received": (COMPLAINED, "complaint", ("complaintFeedbackType",)),
    "Email Rejected": (REJECTED, "reject", ("reason",)),
}
SOFT = "Transient"
"""The type of a bounce after which the mail may arrive all the same."""
_LONGEST = 40
_A = ActionStatus
_SENT = frozenset({_A.CLAIMED, _A.VERIFIED, _A.UNKNOWN, _A.KEPT})
"""A mail that comes back was sent, also where its answer was lost or not stored yet."""
_RETURNED = "returned"
"""What a receipt says of a mail that came back after its job was rolled back."""


class Returned(Value):
    """A mail that did not do what it was sent for."""

    kind: str
    why: str
    """The provider's own words for it, `Permanent/General`: bounded, letters and signs only."""
    soft: bool
    """Whether the mail may have arrived all the same: a full mailbox, an automatic answer."""
    message_id: str
    job_id: str
    part: str

    @property
    def words(self) -> str:
        """`bounced: Permanent/General`."""
        return f"{self.kind}: {self.why}" if self.why else self.kind


def returned(event: Mapping[str, Any]) -> Returned | None:
    """The event as a value; None when it is none of these three, or is not readable as one."""
    named = _KINDS.get(text(event, "detail-type"))
    detail = event.get("detail")
    if named is None or not isinstance(detail, Mapping):
        return None
    kind, name, words = named
    told, mail = mapping(detail, name), mapping(detail, "mail")
    tags = mapping(mail, "tags")
    return Returned(
        kind=kind,
        why="/".join(filter(None, (_plain(text(told, word)) for word in words))),
        soft=text(told, "bounceType") == SOFT,
        message_id=text(mail, "messageId"),
        job_id=tag(tags, "job"),
        part=tag(tags, "part"),
    )


def failed_by(ledger: tuple[LedgerEntry, ...], told: Returned) -> LedgerEntry | None:
    """The entry that `told` is about, as failed; None when it changes nothing.

    It must be a mail of these very bytes that was sent and has not failed yet, and, where the
    provider's id is known, this very sending: a later one under the same key is another mail. One
    that a rollback could not take back stays kept, so that nothing sends it again; it says both.
    """
    held = next((h for h in ledger if h.connector == "mail" and h.key == told.part), None)
    if held is None or held.status not in _SENT:
        return None
    receipt = held.receipt or Receipt(id=told.message_id)
    if receipt.id != told.message_id:
        return None
    if held.status is _A.KEPT:
        return _kept(held, receipt, told)
    update = {"status": _A.FAILED, "note": told.words, "receipt": receipt}
    return held.model_copy(update=update)


def _kept(held: LedgerEntry, receipt: Receipt, told: Returned) -> LedgerEntry | None:
    if _RETURNED in receipt.evidence:
        return None
    evidence = {**receipt.evidence, _RETURNED: told.words}
    after = receipt.model_copy(update={"evidence": evidence})
    return held.model_copy(update={"note": f"{told.words}; {held.note}", "receipt": after})


def not_arrived(held: LedgerEntry) -> str:
    """Why a person must look at a mail that came back, in one sentence."""
    return f"the mail of {held.action} did not reach its recipient ({held.note})"


def mails_failed(ledger: Iterable[LedgerEntry]) -> list[LedgerEntry]:
    """The mails of a plan that failed, or came back after a rollback."""
    return [held for held in ledger if held.connector == "mail" and _has_failed(held)]


def _has_failed(held: LedgerEntry) -> bool:
    came_back = held.receipt is not None and _RETURNED in held.receipt.evidence
    return held.status is _A.FAILED or (held.status is _A.KEPT and came_back)


def without(approval: Approval, person_id: str) -> Approval | None:
    """The request, one of its people out of reach; None when that changes nothing."""
    signed = any(one.by == person_id for one in approval.signatures)
    over = approval.decision is not None or approval.superseded
    if over or signed or person_id in approval.unreachable or not approval.person(person_id):
        return None
    return approval.model_copy(update={"unreachable": (*approval.unreachable, person_id)})


def unreached(
    record: JobRecord, approval_id: str, person_id: str, why: str, now: datetime
) -> Change | None:
    """Somebody who was asked has no mail of it: `tick` asks further at once. None when that changes
    nothing any more."""
    approval = record.approvals.get(approval_id)
    if approval is None or record.job.status is not Status.WAITING_FOR_REVIEW:
        return None
    out = without(approval, person_id)
    if out is None:
        return None
    return Change(
        event="mail came back",
        actor=DELIVERY,
        fields={"person": person_id, "approval": approval_id, "why": why},
        approvals=(out,),
        due=(Due(kind="returned", at=now),),
    )


def mapping(held: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A member of an event that is an object; empty where it is none."""
    found = held.get(name)
    return found if isinstance(found, Mapping) else {}


def text(held: Mapping[str, Any], name: str) -> str:
    """A member of an event that is text; empty where it is none."""
    found = held.get(name)
    return found if isinstance(found, str) else ""


def tag(tags: Mapping[str, Any], name: str) -> str:
    """What a mail was tagged with, as we tag; empty for anything else."""
    values = tags.get(name)
    first = values[0] if isinstance(values, list) and len(values) == 1 else ""
    return first if isinstance(first, str) and re.fullmatch(r"[A-Za-z0-9_-]{1,256}", first) else ""


def _plain(said: str) -> str:
    return re.sub(r"[^A-Za-z0-9 _-]", "", said)[:_LONGEST]
