"""Whom a tier asks: who is there, is not kept from the request, and could approve all of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from countersign.domain.approvals import Approval, not_theirs
from countersign.domain.people import Directory, Member
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
        and not not_theirs(approval, member.person)
        and _covers(member, approval)
    )


def _covers(member: Member, approval: Approval) -> bool:
    """Whether the member's own limits cover everything that is asked: somebody who could only
    reject is not asked, and nobody waits for them."""
    asked = approval.amounts.items()
    return all(member.covers(approval.actions.get(one, ""), amount) for one, amount in asked)


def nobody(people: Directory, approval: Approval, workflow: Workflow[Any]) -> str:
    """Why nobody can be asked, and what to do about it."""
    roles = ", ".join(tier.role for tier in workflow.tiers)
    who = "nobody but who edited it" if approval.editors else "nobody"
    if any(people.of_role(tier.role) for tier in workflow.tiers) and approval.amounts:
        much = ", ".join(f"{m} ({approval.actions[one]})" for one, m in approval.amounts.items())
        return f"{who} of the roles {roles} has a limit that covers {much}: give somebody one"
    return f"{who} may decide: give somebody one of the roles {roles}"
