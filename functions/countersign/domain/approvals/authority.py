"""Authority: the one judge of a decision, and the one gate before an effect."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from countersign.domain.approvals.approval import (
    Approval,
    Choice,
    Decision,
    barred_from,
    decide,
    enough,
    refusal,
)
from countersign.domain.approvals.directory import Directory, Member, kept_from
from countersign.domain.contract import Value
from countersign.domain.errors import NotAuthorised, NotPermitted
from countersign.domain.ledger.entry import ActionStatus, LedgerEntry
from countersign.domain.ledger.integrity import check_bytes
from countersign.domain.policy.policy import Answer


class Authority(Value):
    """Whether a decision counts, and if not, why."""

    allowed: bool
    reason: str = ""


def authority(member: Member | None, approval: Approval, decision: Decision) -> Authority:
    """The only judge of a decision, whichever way it came: link, inbox, command or in bulk.

    The person is still in the directory, was asked, did not ask themselves, did not write the
    policy or the only signed edit, decides in time about exactly what was shown, and approves
    nothing above their own limits. Anybody who was asked may reject.
    """
    if member is None or member.person.id != decision.by:
        return Authority(allowed=False, reason="this person may not decide any more")
    refused = (
        refusal(approval, decision)
        or kept_from(member, approval)
        or _above_limits(member, approval, decision)
    )
    return Authority(allowed=not refused, reason=refused or "")


def may_edit(member: Member | None, approval: Approval, at: datetime) -> Authority:
    """Whether somebody may change what the request asks for. An edit decides nothing: it replaces
    the request, and somebody else signs the new one. Limits are `edits.edited`'s to check."""
    if member is None:
        return Authority(allowed=False, reason="this person may not decide any more")
    decided = "it is decided already" if approval.decision else None
    barred = decided or barred_from(approval, member.person.id, at) or kept_from(member, approval)
    return Authority(allowed=not barred, reason=barred or "")


def sign(people: Directory, approval: Approval, decision: Decision) -> Approval:
    """`approval` with this signature, beside those of people who are still there. Raises
    NotPermitted with authority's reason, and AlreadyDecided."""
    if approval.decision is None:
        judged = authority(people.member(decision.by), approval, decision)
        if not judged.allowed:
            raise NotPermitted(judged.reason)
        approval = as_of_now(people, approval)
    return decide(approval, decision)


def as_of_now(people: Directory, approval: Approval) -> Approval:
    """The request as its signatures count now: it names who was asked or signed and has left."""
    said = approval.signatures or ((approval.decision,) if approval.decision else ())
    known = {*(one.by for one in said), *(person.id for person in approval.approvers)}
    left = {one for one in known if people.member(one) is None}
    return approval.model_copy(update={"left": tuple(sorted(left))})


def _above_limits(member: Member, approval: Approval, decision: Decision) -> str | None:
    for action_digest, choice in decision.choices.items():
        amount = approval.amounts.get(action_digest)
        action = approval.actions.get(action_digest, "")
        if choice is Choice.APPROVE and not member.covers(action, amount):
            return f"{amount} is above what {member.person.name} may approve"
    return None


def check_authority(
    held: LedgerEntry,
    approvals: Mapping[str, Approval],
    job_id: str,
    now: datetime,
    people: Callable[[], Directory],
) -> None:
    """The only way to an effect: exact bytes, and policy's leave or people's signatures on them.

    `people` is asked only where signatures count: of who has left, none does. Raises NotAuthorised
    with the reason.
    """
    check_bytes(held, job_id, now)
    if held.status not in (ActionStatus.AUTHORISED, ActionStatus.CLAIMED):
        raise NotAuthorised(f"action {held.index} is {held.status}, not authorised")
    if held.verdict.answer is Answer.FORBID:
        raise NotAuthorised(f"action {held.index} is forbidden by policy")
    if held.verdict.answer is Answer.ASK:
        _check_signatures(held, approvals, people)


def _check_signatures(
    held: LedgerEntry, approvals: Mapping[str, Approval], people: Callable[[], Directory]
) -> None:
    approval = approvals.get(held.approval)
    if approval is None or approval.decision is None:
        raise NotAuthorised(f"action {held.index} needs a signature and has none")
    for one in (*approval.signatures, approval.decision):
        refused = refusal(approval, one)
        if refused:
            raise NotAuthorised(f"action {held.index}: {refused}")
    if not approval.decision.approves(held.digest) or not enough(approval, held.digest):
        raise NotAuthorised(f"action {held.index} was not approved by enough people")
    if signers_left(held, approvals, people()):
        raise NotAuthorised(f"action {held.index}: somebody who signed it has left since")


def signers_left(held: LedgerEntry, approvals: Mapping[str, Approval], people: Directory) -> bool:
    """Whether people signed this action, and too few of them are still there."""
    approval = approvals.get(held.approval)
    return approval is not None and not enough(as_of_now(people, approval), held.digest)
