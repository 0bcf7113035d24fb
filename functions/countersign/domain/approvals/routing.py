"""Whom a tier asks: who is there, is not kept from the request, and could approve all of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from countersign.domain.approvals.approval import Approval, Person
from countersign.domain.approvals.directory import Directory, Member, kept_from
from countersign.domain.workflow import Tier, Workflow


def who(
    people: Directory, approval: Approval, tier: Tier, now: datetime
) -> tuple[tuple[Member, str], ...]:
    """Who of the tier is new to the request and not kept from it by who they are."""
    known = {person.id for person in approval.approvers}
    return tuple(
        (member, instead_of)
        for member, instead_of in people.present(tier.role, now)
        if member.person.id not in known
        and not kept_from(member, approval)
        and _covers(member, approval)
    )


def _covers(member: Member, approval: Approval) -> bool:
    """Whether the member's own limits cover everything that is asked: somebody who could only
    reject is not asked, and nobody waits for them."""
    asked = approval.amounts.items()
    return all(member.covers(approval.actions.get(one, ""), amount) for one, amount in asked)


def stand_ins(
    people: Directory, approval: Approval, workflow: Workflow[Any], now: datetime
) -> tuple[tuple[Member, str], ...]:
    """Who stands in now for somebody who was asked, and was not asked themselves."""
    asked = {*approval.instead_of.values(), *(person.id for person in approval.approvers)}
    found: dict[str, tuple[Member, str]] = {}
    for tier in workflow.tiers[: approval.tier + 1]:
        for member, of in who(people, approval, tier, now):
            if of in asked:
                found.setdefault(member.person.id, (member, of))
    return tuple(found.values())


def too_few(approval: Approval, workflow: Workflow[Any]) -> str:
    """Why enough signatures can never come together, and what to do about it."""
    roles = ", ".join(tier.role for tier in workflow.tiers)
    found = ", ".join(person.id for person in approval.approvers)
    much = " and a limit that covers it" if approval.amounts else ""
    return (
        f"{approval.needed} different people must sign and only {found} may: "
        f"give somebody else one of the roles {roles}{much}"
    )


def nobody(people: Directory, approval: Approval, workflow: Workflow[Any]) -> str:
    """Why nobody can be asked, and what to do about it."""
    roles = ", ".join(tier.role for tier in workflow.tiers)
    who = "nobody but who edited it" if approval.editors else "nobody"
    if any(people.of_role(tier.role) for tier in workflow.tiers) and approval.amounts:
        much = ", ".join(
            f"{m} ({approval.actions.get(one, 'an action')})" for one, m in approval.amounts.items()
        )
        return f"{who} of the roles {roles} has a limit that covers {much}: give somebody one"
    return f"{who} may decide: give somebody one of the roles {roles}"


def contact(
    people: Directory, role: str, fallback: Person | None, asker: str, now: datetime
) -> Person | None:
    """Who answers a question of `asker`: the first who is there for `role`; `fallback` where that
    is nobody else. None when there is nobody but the asker."""
    present = (member.person for member, _ in people.present(role, now))
    there = next((person for person in present if person.id != asker), None)
    return there or (_here(people, fallback) if fallback and fallback.id != asker else None)


def still_contact(
    people: Directory, role: str, fallback: Person | None, person_id: str
) -> Person | None:
    """The person with this id as they are today, while they are a contact: they have the role, or
    are named as a deputy of somebody who has it, or are the fallback. None for whoever left."""
    holders = people.of_role(role)
    ids = {m.person.id for m in holders} | {away.deputy for m in holders for away in m.away}
    member = people.member(person_id)
    if member and person_id in ids:
        return member.person
    return _here(people, fallback) if fallback and fallback.id == person_id else None


def _here(people: Directory, person: Person) -> Person | None:
    """Today's version of a person who need not be in the directory; None when they left it."""
    known = next((m for m in people.members if m.person.id == person.id), None)
    if known is None:
        return person
    return None if known.left else known.person
