"""What a decision does to the ledger: which actions may run, and whose words stand beside each."""

from __future__ import annotations

from collections.abc import Iterable

from countersign.domain.actions import ActionStatus, LedgerEntry
from countersign.domain.approvals import Approval, Choice, Decision, rejections
from countersign.domain.errors import NotAuthorised


def settle(approval: Approval, ledger: Iterable[LedgerEntry]) -> tuple[LedgerEntry, ...]:
    """The ledger entries that the decision moves, moved."""
    decision = approval.decision
    if decision is None:
        raise NotAuthorised("an approval without a decision settles nothing")
    return tuple(
        held.model_copy(
            update={
                "approval": approval.approval_id,
                "note": _note(approval, decision, held.digest),
                "status": _status(approval, decision, held.digest),
            }
        )
        for held in ledger
        if held.digest in approval.digests and held.status is ActionStatus.PLANNED
    )


def _note(approval: Approval, decision: Decision, action_digest: str) -> str:
    """The words of who decided this action: of who rejected it; else of who approved and rejected
    nothing, since a rejection's words are about what it rejects."""
    rejected = rejections(approval, action_digest)
    if not rejected and (decision.via == "expiry" or not approval.signatures):
        return decision.words
    said = rejected or [one for one in approval.signatures if not _rejects(one)]
    return "; ".join(dict.fromkeys(one.words for one in said if one.words))


def _rejects(decision: Decision) -> bool:
    return Choice.REJECT in decision.choices.values()


def _status(approval: Approval, decision: Decision, action_digest: str) -> ActionStatus:
    """What a person rejected is rejected, although time decided about the rest."""
    if decision.choices[action_digest] is Choice.APPROVE:
        return ActionStatus.AUTHORISED
    by_time = decision.via == "expiry" and not rejections(approval, action_digest)
    return ActionStatus.EXPIRED if by_time else ActionStatus.REJECTED
