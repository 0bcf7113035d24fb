"""Who signed what: each person's own words to each action, never one decision for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from countersign.domain.approvals.approval import EXPIRY, Approval, Choice, Decision, Person
from countersign.domain.jobs.change import JobRecord
from countersign.domain.policy.policy import Quorum
from countersign.web.notices import SIGNED, SIGNED_BEFORE, Notice
from countersign.web.text import UTC, Pieces, moment, one_line, visible

_REASON = 300
YOU = "You"
_RULES = {
    Quorum.ONE: "The first decision counts.",
    Quorum.TWO: "Two different people must sign before anything runs.",
    Quorum.ALL: "Everybody who was asked must sign before anything runs.",
}


@dataclass(frozen=True)
class Rejection:
    """Who rejected an action, and why."""

    who: str
    reason: Pieces


@dataclass(frozen=True)
class SignerChoice:
    """What one person said to one action, by its number on the page."""

    number: int
    approved: bool


@dataclass(frozen=True)
class Signature:
    """What one person said to each action, why, and when."""

    name: str
    """`You` for whoever reads."""
    you: bool
    when: str
    when_at: str
    said: tuple[SignerChoice, ...]
    reason: Pieces
    rejects: bool


@dataclass(frozen=True)
class Signing:
    """Who must sign. `missing` are the others who have not."""

    needed: int
    signed: tuple[Signature, ...]
    missing: tuple[str, ...]
    instead: tuple[str, ...]
    """`Cleo Marsh for Ana Costa`."""
    rule: str


def signing(
    approval: Approval, person: Person, names: Mapping[str, str], zone: str = UTC
) -> Signing:
    """The signatures of a request, as `person` sees them in their `zone`."""
    signed = {one.by for one in approval.signatures}
    others = [p for p in approval.approvers if p.id != person.id]
    return Signing(
        needed=approval.needed,
        signed=signatures(approval, person, zone),
        missing=tuple(p.name for p in others if p.id not in signed),
        instead=tuple(
            f"{names.get(deputy, deputy)} for {names.get(absent, absent)}"
            for deputy, absent in approval.instead_of.items()
        ),
        rule=_rule(approval),
    )


def _rule(approval: Approval) -> str:
    """How many must sign, and for which roles somebody must be among them."""
    roles = ", ".join(approval.roles)
    among = f" Somebody of each of these must be among those who sign: {roles}." if roles else ""
    return _RULES[approval.quorum] + among


def signatures(approval: Approval, person: Person, zone: str = UTC) -> tuple[Signature, ...]:
    """Every signature so far, as `person` reads it in their `zone`."""
    return tuple(_signature(approval, one, person, zone) for one in signed(approval))


def signed(approval: Approval) -> tuple[Decision, ...]:
    """What people said, in order. A request stored before signatures were kept has its decision
    only; time signs nothing."""
    alone = approval.decision
    people = (alone,) if alone is not None and alone.by != EXPIRY else ()
    return approval.signatures or people


def name_of(approval: Approval, person_id: str, person: Person) -> str:
    """`You`, or the name of who signed."""
    by = approval.person(person_id)
    if person_id == person.id:
        return YOU
    return by.name if by else "somebody who was not asked"


def rejected(action_digest: str, approval: Approval, person: Person) -> tuple[Rejection, ...]:
    """Who rejected an action, as `person` reads it."""
    names = {one.by: name_of(approval, one.by, person) for one in signed(approval)}
    return tuple(
        Rejection("you" if names[one.by] == YOU else names[one.by], visible(one.words))
        for one in signed(approval)
        if one.choices.get(action_digest) is Choice.REJECT
    )


def signed_notice(approval: Approval, person: Person, *, again: bool = False) -> Notice:
    """The page after a signature that is not the last: what `person` said to each action. `again`:
    this answers one more form."""
    own = [one for one in signatures(approval, person) if one.you]
    words = {one.by: one.words for one in signed(approval)}.get(person.id, "")
    lines = [_line(said, words) for one in own for said in one.said]
    head = SIGNED_BEFORE if again else SIGNED
    return Notice(head.status, head.title, (*lines, *head.lines))


def _line(said: SignerChoice, words: str) -> str:
    if said.approved:
        return f"You approved action {said.number}."
    return f"You rejected action {said.number}, so it will not run: {one_line(words, _REASON)}"


def _signature(approval: Approval, one: Decision, person: Person, zone: str) -> Signature:
    digests = enumerate(approval.digests, 1)
    said = tuple(SignerChoice(n, one.approves(d)) for n, d in digests if d in one.choices)
    return Signature(
        name=name_of(approval, one.by, person),
        you=one.by == person.id,
        when=moment(one.at, zone),
        when_at=one.at.isoformat(),
        said=said,
        reason=visible(one.words),
        rejects=not all(each.approved for each in said),
    )


def names_of(record: JobRecord, known: Mapping[str, str]) -> dict[str, str]:
    """Names by id: of the directory, and of everybody who was ever asked about this job."""
    asked = {p.id: p.name for a in record.approvals.values() for p in a.approvers}
    return {**asked, **known}
