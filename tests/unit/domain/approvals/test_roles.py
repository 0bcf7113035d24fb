"""Roles of each of which somebody must be among those who sign."""

from __future__ import annotations

from countersign.domain.approvals.approval import Approval, Choice, Decision, decide
from countersign.domain.policy.policy import Quorum
from tests.builders import ANA, AT, BEN, approval, held
from tests.fakes.world import CLEO

ENTRY = held()


def asked(quorum: Quorum = Quorum.ONE, **roles: tuple[str, ...]) -> Approval:
    """A request to Ana, Ben and Cleo, with these roles."""
    return approval(ENTRY, approvers=(ANA, BEN, CLEO), quorum=quorum, roles=roles)


def signs(request: Approval, by: str) -> Approval:
    """One approves all of it."""
    choices = {ENTRY.digest: Choice.APPROVE}
    return decide(request, Decision(by=by, at=AT, choices=choices))


def test_one_signature_is_not_enough_while_a_role_has_none() -> None:
    """Whoever has the role ends it, first or last; nobody needs to sign twice."""
    request = asked(finance=(BEN.id,))
    first = signs(request, ANA.id)
    assert first.decision is None
    assert signs(first, BEN.id).decision
    assert signs(request, BEN.id).decision


def test_as_many_are_needed_as_it_takes_to_have_one_of_each() -> None:
    """One person may answer for two roles; a quorum of more people stays."""
    finance, support = (BEN.id, CLEO.id), (CLEO.id,)
    assert asked().needed == 1
    assert asked(finance=finance, support=support).needed == 1
    assert asked(finance=(BEN.id,), support=(CLEO.id,)).needed == 2
    assert asked(Quorum.TWO, finance=finance, support=support).needed == 2
