"""Whom a tier asks: who is there, is not kept from the request, and could approve all of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from countersign.domain.approvals import Approval
from countersign.domain.people import Directory, Member, kept_from
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
