"""Approvals: one request to named people over the exact bytes of a plan's asked actions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Literal

from pydantic import field_validator

from countersign.domain.approvals.links import ClosedLink
from countersign.domain.contract import Contract, Value
from countersign.domain.errors import AlreadyDecided, NotAuthorised, NotPermitted
from countersign.domain.ledger.entry import ActionStatus, LedgerEntry
from countersign.domain.money import Money
from countersign.domain.policy.policy import Quorum


class RejectionReason(StrEnum):
    """What a rejection is counted under."""

    FACTS = "wrong facts"
    RECIPIENT = "wrong recipient"
    TONE = "wrong tone"
    NOT_ALLOWED = "not allowed"
    DUPLICATE = "duplicate"
    OTHER = "other"


def in_words(cause: RejectionReason | None, reason: str) -> str:
    """Both together, whichever there is."""
    return ": ".join(part for part in (cause.value if cause else "", reason.strip()) if part)


def explained(cause: RejectionReason | None, reason: str) -> bool:
    """Whether somebody who reads it later knows why."""
    return bool(reason.strip()) or cause not in (None, RejectionReason.OTHER)


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
    cause: RejectionReason | None = None
    reason: str = ""
    """In the person's own words; `cause` alone is enough unless it is `other`."""
    opened_at: datetime | None = None
    via: Literal["link", "inbox", "expiry", "cli"] = "link"

    def approves(self, action_digest: str) -> bool:
        """Whether this person approved the action."""
        return self.choices.get(action_digest) is Choice.APPROVE

    @property
    def words(self) -> str:
        """Cause and reason together: `wrong tone: too formal for them`."""
        return in_words(self.cause, self.reason)


class Approval(Contract):
    """One request. `digests` are the asked actions' digests in the order they were shown."""

    CONTRACT: ClassVar[str] = "approval"
    VERSION: ClassVar[int] = 1

    approval_id: str
    job_id: str
    digests: tuple[str, ...]
    actions: Mapping[str, str] = {}
    """Action ids by digest."""
    amounts: Mapping[str, Money] = {}
    """The money that an action moves, by digest; nothing for one that moves none."""
    approvers: tuple[Person, ...]
    """Everybody who was asked so far, deputies and later tiers included."""
    instead_of: Mapping[str, str] = {}
    """For whom a deputy stands in, by the deputy's id."""
    quorum: Quorum = Quorum.ONE
    requester: str = ""
    """Mail address of who sent the event; they never approve their own request."""
    author: str = ""
    """Who answers for the policy, a person or a role: nobody approves under a policy of theirs."""
    editors: Mapping[str, tuple[str, ...]] = {}
    """By an action's digest, who edited it or corrected its facts: never its only signer."""
    own_words: tuple[str, ...] = ()
    """Digests of actions of which people changed words alone, where the stage lets an editor sign
    such a change: there they may be the only signer."""
    roles: Mapping[str, tuple[str, ...]] = {}
    """Roles of each of which somebody must sign beside the quorum, with the ids of who was asked
    for it."""
    sign_in: bool = False
    """Whether who decides must be signed in: a mailed link decides nothing of it."""
    requested_at: datetime
    deadline: datetime
    """When the present tier's time is over; the last tier's is the request's."""
    extended: bool = False
    """Whether a question has moved the deadline; it does so once."""
    tier: int = 0
    """Which of the workflow's tiers is asked, 0 for the first."""
    signatures: tuple[Decision, ...] = ()
    """What people said so far; `decision` is there once they are enough."""
    decision: Decision | None = None
    superseded: bool = False
    unreachable: tuple[str, ...] = ()
    """Ids of those whose mail came back. They may still sign: they may be reached otherwise."""
    closed: tuple[ClosedLink, ...] = ()
    left: tuple[str, ...] = ()
    """Ids of those who were asked and left: they approve nothing and are not waited for; what they
    rejected stays so."""

    @field_validator("editors", mode="before")
    @classmethod
    def _several(cls, stored: Any) -> Any:
        """Rows of earlier code hold one editor for each action."""
        many = stored.items() if isinstance(stored, Mapping) else [("", None)]
        lists = {k: [v] if isinstance(v, str) else v for k, v in many}
        return {k: tuple(v) if isinstance(v, list) else v for k, v in lists.items()}

    def person(self, person_id: str) -> Person | None:
        """The approver with this id, if this approval asks them."""
        return next((p for p in self.approvers if p.id == person_id), None)

    def signers(self, action_digest: str) -> frozenset[str]:
        """Who approved the action and has not left, each counted once."""
        said = self.signatures or ((self.decision,) if self.decision else ())
        return frozenset(one.by for one in said if one.approves(action_digest)) - {*self.left}

    @property
    def needed(self) -> int:
        """How many different people must approve."""
        there = sum(person.id not in self.left for person in self.approvers)
        many = {Quorum.ONE: 1, Quorum.TWO: 2, Quorum.ALL: max(1, there)}[self.quorum]
        return max(many, _fewest(self.roles.values()))

    @property
    def out_of_reach(self) -> bool:
        """Whether mail reaches fewer people than must sign, those included who have signed."""
        signed = {one.by for one in self.signatures}
        gone = {*self.unreachable} - signed
        return sum(person.id not in gone for person in self.approvers) < self.needed


def _fewest(groups: Iterable[Iterable[str]]) -> int:
    """How many people it takes at least to have one of each group: whoever is in the most comes
    first."""
    left, count = [{*one} for one in groups], 0
    while left:
        often = Counter(one for group in left for one in group).most_common(1)
        left = [group for group in left if often and often[0][0] not in group]
        count += 1
    return count


def decide(approval: Approval, decision: Decision) -> Approval:
    """`approval` with one more signature, and with its decision once the signatures are enough.

    Raises AlreadyDecided for a decision after the last one, and NotPermitted for one after the
    deadline, by somebody who was not asked or who asked, over other bytes than were shown, a
    second one of the same person, or a rejection without a reason.
    """
    if approval.decision is not None:
        raise AlreadyDecided(f"{approval.decision.by} decided at {approval.decision.at:%c}")
    refused = refusal(approval, decision)
    if not refused and any(one.by == decision.by for one in approval.signatures):
        refused = "this person has signed already"
    if refused:
        raise NotPermitted(refused)
    signed = approval.model_copy(update={"signatures": (*approval.signatures, decision)})
    return signed.model_copy(update={"decision": _final(signed)})


def refusal(approval: Approval, decision: Decision) -> str | None:
    """Why this decision does not count, from the request alone; None when it does.

    Whether the person may decide today, and up to which amount, is `authority`'s to say.
    """
    barred = barred_from(approval, decision.by, decision.at)
    if barred:
        return barred
    if approval.sign_in and decision.via == "link":
        return "this is decided by who is signed in, and by no mailed link"
    if not still_open(approval) <= set(decision.choices) <= set(approval.digests):
        return "the decision is not about the actions that were shown"
    rejects = Choice.REJECT in decision.choices.values()
    if rejects and not explained(decision.cause, decision.reason):
        return "a rejection needs a reason"
    return None


def barred_from(approval: Approval, person_id: str, at: datetime) -> str | None:
    """Why this person may do nothing with the request at `at`; None when they may."""
    if approval.superseded:
        return "this request was replaced by a newer one"
    if at >= approval.deadline:
        return "the deadline has passed"
    person = approval.person(person_id)
    return not_theirs(approval, person) if person else "this person was not asked"


def not_theirs(approval: Approval, person: Person) -> str | None:
    """Why this person is kept from the request by who they are; None when they are not."""
    if person.address.casefold() == approval.requester.casefold():
        return "nobody approves their own request"
    if person.id == approval.author:
        return "nobody approves under a policy of their own"
    edited = any(person.id in bound_editors(approval, one) for one in approval.editors)
    if approval.needed <= 1 and edited:
        return "an edit needs somebody else's signature"
    return None


def bound_editors(approval: Approval, action_digest: str) -> frozenset[str]:
    """Who changed the action and may not be its only signer."""
    own = action_digest in approval.own_words
    return frozenset(() if own else approval.editors.get(action_digest, ()))


def rejections(approval: Approval, action_digest: str) -> tuple[Decision, ...]:
    """The signatures that reject an action: one is enough, whatever others say to it."""
    return tuple(
        one for one in approval.signatures if one.choices.get(action_digest) is Choice.REJECT
    )


def still_open(approval: Approval) -> set[str]:
    """The actions that need a choice: not those which somebody rejected."""
    return {one for one in approval.digests if not rejections(approval, one)}


def _final(approval: Approval) -> Decision | None:
    """The decision of all signatures together, once every action is settled: rejected by one of
    them, or approved by enough."""
    last = approval.signatures[-1]
    choices = {}
    for action_digest in approval.digests:
        if rejections(approval, action_digest):
            choices[action_digest] = Choice.REJECT
        elif enough(approval, action_digest):
            choices[action_digest] = Choice.APPROVE
        else:
            return None
    earlier = (one.words for one in approval.signatures[:-1])
    reasons = "; ".join(words for words in (last.reason, *earlier) if words)
    return last.model_copy(update={"choices": choices, "reason": reasons})


def enough(approval: Approval, action_digest: str) -> bool:
    """Whether enough people approved the action, somebody of every role that must, and not one of
    those alone who edited it."""
    signers = approval.signers(action_digest)
    alone = len(signers) == 1 and signers <= bound_editors(approval, action_digest)
    missing = any(signers.isdisjoint(ids) for ids in approval.roles.values())
    return len(signers) >= approval.needed and not alone and not missing


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


def apply_decision(approval: Approval, ledger: Iterable[LedgerEntry]) -> tuple[LedgerEntry, ...]:
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


def kept_rejections(approval: Approval, ledger: Iterable[LedgerEntry]) -> tuple[LedgerEntry, ...]:
    """The entries that somebody rejected in a request that is replaced before all have signed: one
    rejection is enough, and a newer request takes none of them back."""
    return tuple(
        held.model_copy(
            update={
                "approval": approval.approval_id,
                "note": "; ".join(one.words for one in by if one.words),
                "status": ActionStatus.REJECTED,
            }
        )
        for held in ledger
        if held.status is ActionStatus.PLANNED and (by := rejections(approval, held.digest))
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
