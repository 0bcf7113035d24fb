"""The decision that nobody takes: time is over, or nobody who may sign can be reached."""

from __future__ import annotations

from datetime import datetime

from countersign.domain.approvals import EXPIRY, Approval, Choice, Decision
from countersign.domain.errors import AlreadyDecided, NotAuthorised


def expire(approval: Approval, now: datetime) -> Approval:
    """Not approved: time decided. Raises AlreadyDecided, or NotAuthorised before the deadline."""
    if now < approval.deadline:
        _check_open(approval)
        raise NotAuthorised("the deadline has not passed")
    return _given_up(approval, now, "nobody decided in time")


def give_up(approval: Approval, now: datetime) -> Approval:
    """Not approved, before its time: mail reaches too few of those who were asked.

    Raises AlreadyDecided, or NotAuthorised while it reaches enough.
    """
    if not approval.out_of_reach:
        _check_open(approval)
        raise NotAuthorised("enough of those who were asked can be reached")
    return _given_up(approval, now, "mail reaches too few of those who were asked")


def _given_up(approval: Approval, now: datetime, why: str) -> Approval:
    _check_open(approval)
    choices = dict.fromkeys(approval.digests, Choice.REJECT)
    decision = Decision(by=EXPIRY, at=now, choices=choices, reason=why, via="expiry")
    return approval.model_copy(update={"decision": decision})


def _check_open(approval: Approval) -> None:
    if approval.decision is not None:
        raise AlreadyDecided(f"{approval.decision.by} decided at {approval.decision.at:%c}")
