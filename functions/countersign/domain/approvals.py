"""Approvals: one request to named people over the exact bytes of a plan's asked actions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Literal

from countersign.domain.actions import ActionStatus, LedgerEntry, check_bytes
from countersign.domain.contract import Contract, Value
from countersign.domain.errors import AlreadyDecided, NotAuthorised
from countersign.domain.policy import Answer

EXPIRY = "system:expiry"
"""The actor of the decision that time takes."""


class Person(Value):
    """Somebody who may decide. `id` is what logs and audit entries carry; never the address."""

    id: str
    name: str
    address: str


class Choice(StrEnum):
    """What a person may say to one action."""

    APPROVE = "approve"
    REJECT = "reject"


class Decision(Value):
    """Who said what, when, why, having opened the page when, by which way."""

    by: str
    at: datetime
    choices: Mapping[str, Choice]
    """By the action's digest: the choice is about these bytes and no others."""
    reason: str = ""
    opened_at: datetime | None = None
    via: Literal["link", "expiry", "cli"] = "link"


class Approval(Contract):
    """One request. `digests` are the asked actions' digests in the order they were shown."""

    CONTRACT: ClassVar[str] = "approval"
    VERSION: ClassVar[int] = 1

    approval_id: str
    job_id: str
    digests: tuple[str, ...]
    approvers: tuple[Person, ...]
    requested_at: datetime
    deadline: datetime
    decision: Decision | None = None
    superseded: bool = False

    def person(self, person_id: str) -> Person | None:
        """The approver with this id, if this approval asks them."""
        return next((p for p in self.approvers if p.id == person_id), None)


def decide(approval: Approval, decision: Decision) -> Approval:
    """`approval` with its one decision.

    Raises AlreadyDecided for a second one, and NotAuthorised for a decision after the deadline, by
    somebody who was not asked, over other bytes than were shown, or a rejection without a reason.
    """
    if approval.decision is not None:
        raise AlreadyDecided(f"{approval.decision.by} decided at {approval.decision.at:%c}")
    refused = _refusal(approval, decision)
    if refused:
        raise NotAuthorised(refused)
    return approval.model_copy(update={"decision": decision})


def expire(approval: Approval, now: datetime) -> Approval:
    """Not approved: time decided. Raises AlreadyDecided, or NotAuthorised before the deadline."""
    if approval.decision is not None:
        raise AlreadyDecided(f"{approval.decision.by} decided at {approval.decision.at:%c}")
    if now < approval.deadline:
        raise NotAuthorised("the deadline has not passed")
    choices = dict.fromkeys(approval.digests, Choice.REJECT)
    decision = Decision(
        by=EXPIRY, at=now, choices=choices, reason="nobody decided in time", via="expiry"
    )
    return approval.model_copy(update={"decision": decision})


def settle(approval: Approval, ledger: Iterable[LedgerEntry]) -> tuple[LedgerEntry, ...]:
    """The ledger entries that the decision moves, moved."""
    decision = approval.decision
    if decision is None:
        raise NotAuthorised("an approval without a decision settles nothing")
    return tuple(
        held.model_copy(
            update={
                "status": _status(decision, held.digest),
                "approval": approval.approval_id,
                "note": decision.reason,
            }
        )
        for held in ledger
        if held.digest in approval.digests and held.status is ActionStatus.PLANNED
    )


def check_authority(
    held: LedgerEntry, approvals: Mapping[str, Approval], job_id: str, now: datetime
) -> None:
    """The only way to an effect: exact bytes, and policy's leave or a person's signature on them.

    Raises NotAuthorised with the reason.
    """
    check_bytes(held, job_id, now)
    if held.status not in (ActionStatus.AUTHORISED, ActionStatus.CLAIMED):
        raise NotAuthorised(f"action {held.index} is {held.status}, not authorised")
    if held.verdict.answer is Answer.FORBID:
        raise NotAuthorised(f"action {held.index} is forbidden by policy")
    if held.verdict.answer is Answer.ASK:
        _check_signature(held, approvals)


def _check_signature(held: LedgerEntry, approvals: Mapping[str, Approval]) -> None:
    approval = approvals.get(held.approval)
    if approval is None or approval.decision is None:
        raise NotAuthorised(f"action {held.index} needs a signature and has none")
    refused = _refusal(approval, approval.decision)
    if refused:
        raise NotAuthorised(f"action {held.index}: {refused}")
    if approval.decision.choices.get(held.digest) is not Choice.APPROVE:
        raise NotAuthorised(f"action {held.index} was not approved")


def _refusal(approval: Approval, decision: Decision) -> str | None:
    if approval.superseded:
        return "this request was replaced by a newer one"
    if decision.at >= approval.deadline:
        return "the deadline has passed"
    if approval.person(decision.by) is None:
        return "this person was not asked"
    if set(decision.choices) != set(approval.digests):
        return "the decision is not about the actions that were shown"
    if Choice.REJECT in decision.choices.values() and not decision.reason.strip():
        return "a rejection needs a reason"
    return None


def _status(decision: Decision, action_digest: str) -> ActionStatus:
    if decision.choices[action_digest] is Choice.APPROVE:
        return ActionStatus.AUTHORISED
    return ActionStatus.EXPIRED if decision.via == "expiry" else ActionStatus.REJECTED
