"""The directory and the one judge of decisions."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from countersign.domain.approvals.approval import (
    Approval,
    Choice,
    Decision,
    Person,
    RejectionReason,
)
from countersign.domain.approvals.authority import authority, may_edit, sign
from countersign.domain.approvals.directory import Away, Directory, Member, SigningLimit
from countersign.domain.approvals.working_hours import Hours
from countersign.domain.errors import AlreadyDecided, NotAuthorised
from countersign.domain.money import Money
from countersign.domain.policy.policy import Quorum
from tests.fakes.world import START

REFUND, REPLY = "d" * 64, "e" * 64


def eur(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="EUR")


def member(name: str, limit: str = "500", **more: object) -> Member:
    fields = {
        "person": Person(id=name, name=name.title(), address=f"{name}@countersign.example"),
        "roles": ("refunds",),
        "limits": (SigningLimit(actions="payments.*", most=eur(limit)),),
    }
    return Member(**(fields | more))  # type: ignore[arg-type] # a builder's fields


ANA, BEN, CLEO = member("ana"), member("ben"), member("cleo", limit="50")
PEOPLE = Directory(members=(ANA, BEN, CLEO))


def request(**more: object) -> Approval:
    fields = {
        "approval_id": "a-1",
        "job_id": "j-1",
        "digests": (REFUND, REPLY),
        "actions": {REFUND: "payments.refund", REPLY: "email.send_reply"},
        "amounts": {REFUND: eur("200")},
        "approvers": (ANA.person, BEN.person, CLEO.person),
        "requested_at": START,
        "deadline": START + timedelta(hours=8),
    }
    return Approval(**(fields | more))  # type: ignore[arg-type] # a builder's fields


def said(by: str, refund: Choice = Choice.APPROVE, reply: Choice = Choice.APPROVE) -> Decision:
    reason = "no" if Choice.REJECT in (refund, reply) else ""
    return Decision(by=by, at=START, choices={REFUND: refund, REPLY: reply}, reason=reason)


def test_one_signature_is_enough_for_a_quorum_of_one() -> None:
    """The decision is there with the first signature."""
    decided = sign(PEOPLE, request(), said("ana"))
    assert decided.decision is not None
    assert decided.signers(REFUND) == {"ana"}


def test_four_eyes_need_two_different_people() -> None:
    """The first signature decides nothing; the same person's second one is refused."""
    once = sign(PEOPLE, request(quorum=Quorum.TWO), said("ana"))
    assert once.decision is None
    with pytest.raises(NotAuthorised, match="signed already"):
        sign(PEOPLE, once, said("ana"))
    twice = sign(PEOPLE, once, said("ben"))
    assert twice.decision is not None
    assert twice.decision.approves(REFUND)


def test_one_rejection_rejects_and_the_other_action_still_needs_its_quorum() -> None:
    """Under four eyes a rejected action is settled at once; an approved one waits."""
    once = sign(PEOPLE, request(quorum=Quorum.TWO), said("ana", refund=Choice.REJECT))
    assert once.decision is None
    twice = sign(PEOPLE, once, said("ben"))
    assert twice.decision is not None
    assert twice.decision.choices == {REFUND: Choice.REJECT, REPLY: Choice.APPROVE}


def test_all_means_everybody_who_was_asked() -> None:
    """The last of three completes it."""
    open_ = request(quorum=Quorum.ALL, amounts={})
    for name in ("ana", "ben"):
        open_ = sign(PEOPLE, open_, said(name))
        assert open_.decision is None
    assert sign(PEOPLE, open_, said("cleo")).decision is not None


def test_an_amount_above_the_own_limit_cannot_be_approved_but_rejected() -> None:
    """Limits bind approvals only, and per currency: one for EUR says nothing about USD."""
    with pytest.raises(NotAuthorised, match="above what Cleo may approve"):
        sign(PEOPLE, request(), said("cleo"))
    assert sign(PEOPLE, request(), said("cleo", refund=Choice.REJECT)).signatures
    dollars = request(amounts={REFUND: Money(amount=Decimal(1), currency="USD")})
    assert not authority(ANA, dollars, said("ana")).allowed


def test_whoever_left_cannot_decide_although_their_link_is_open() -> None:
    """The directory of now counts, not the one of when they were asked."""
    gone = Directory(members=(ANA.model_copy(update={"left": True}), BEN))
    with pytest.raises(NotAuthorised, match="any more"):
        sign(gone, request(), said("ana"))


def test_a_signature_is_void_once_its_signer_has_left() -> None:
    """Ana signs and leaves: Ben's is the first of two, and nothing is decided."""
    once = sign(PEOPLE, request(quorum=Quorum.TWO), said("ana"))
    gone = Directory(members=(ANA.model_copy(update={"left": True}), BEN))
    again = sign(gone, once, said("ben"))
    assert again.decision is None
    assert ("ana" in again.left, again.signers(REPLY)) == (True, frozenset({"ben"}))
    assert sign(PEOPLE, once, said("ben")).decision is not None


@pytest.mark.parametrize(
    ("request_", "why"),
    [
        (request(requester="Ana@countersign.example"), "own request"),
        (request(author="ana"), "policy of their own"),
        (request(author="refunds"), "policy of their own"),
        (request(editors={REPLY: ("ana",)}), "somebody else"),
        (request(editors={REPLY: ("ana", "ben")}), "somebody else"),
        (request(superseded=True), "replaced"),
        (request(deadline=START), "deadline"),
        (request(approvers=(BEN.person,)), "not asked"),
        (request(digests=(REPLY,)), "not about the actions"),
    ],
)
def test_separation_of_duties(request_: Approval, why: str) -> None:
    """Requester, author of the policy and editor are kept from deciding alone."""
    judged = authority(ANA, request_, said("ana"))
    assert not judged.allowed
    assert why in judged.reason


def test_the_author_of_an_edit_may_be_one_of_two_but_not_both() -> None:
    """Under four eyes the editor's signature counts beside somebody else's."""
    edited = request(quorum=Quorum.TWO, editors={REPLY: ("ana",)})
    once = sign(PEOPLE, edited, said("ana"))
    assert once.decision is None
    assert sign(PEOPLE, once, said("ben")).decision is not None


def test_each_editor_needs_somebody_else_for_their_own_edit() -> None:
    """Two people edited one action each: neither is asked alone, together they are enough."""
    edited = request(quorum=Quorum.TWO, editors={REFUND: ("ana",), REPLY: ("ben",)})
    alone = edited.model_copy(update={"quorum": Quorum.ONE})
    for name, member_ in (("ana", ANA), ("ben", BEN)):
        assert "somebody else" in authority(member_, alone, said(name)).reason
    both = sign(PEOPLE, sign(PEOPLE, edited, said("ana")), said("ben"))
    assert both.decision is not None
    assert set(both.decision.choices.values()) == {Choice.APPROVE}


@pytest.mark.parametrize(
    ("request_", "who", "why"),
    [
        (request(), ANA, ""),
        (request(), None, "any more"),
        (request(approvers=(BEN.person,)), ANA, "not asked"),
        (request(deadline=START), ANA, "deadline"),
        (request(superseded=True), ANA, "replaced"),
        (request(author="ana"), ANA, "policy of their own"),
        (request(author="refunds"), ANA, "policy of their own"),
        (sign(PEOPLE, request(), said("ben")), ANA, "decided already"),
    ],
)
def test_who_may_not_decide_may_not_edit(request_: Approval, who: Member | None, why: str) -> None:
    """An edit replaces a live request, by somebody who was asked and is there."""
    judged = may_edit(who, request_, START)
    assert (judged.allowed, why in judged.reason) == (not why, True)


def test_a_reason_from_the_list_is_enough_unless_it_is_other() -> None:
    """`other` without words explains nothing; a cause and words are kept together."""
    choices = {REFUND: Choice.REJECT, REPLY: Choice.APPROVE}
    plain = Decision(by="ana", at=START, choices=choices, cause=RejectionReason.FACTS)
    decided = sign(PEOPLE, request(), plain).decision
    assert decided is not None
    assert (decided.cause, decided.words) == (RejectionReason.FACTS, "wrong facts")
    other = plain.model_copy(update={"cause": RejectionReason.OTHER})
    assert "needs a reason" in authority(ANA, request(), other).reason
    said_why = other.model_copy(update={"reason": "they called"})
    assert authority(ANA, request(), said_why).allowed
    assert said_why.words == "other: they called"


def test_a_decision_after_the_last_one_learns_that_there_is_one() -> None:
    """Also from somebody whose authority is gone: they are told who decided."""
    decided = sign(PEOPLE, request(), said("ana"))
    with pytest.raises(AlreadyDecided, match="ana"):
        sign(Directory(members=()), decided, said("ben"))


def test_deputies_come_in_the_place_of_the_absent_straight_away() -> None:
    """A chain of absences is followed; who is both deputy and asked is asked once."""
    away = Away(since=START, until=START + timedelta(days=1), deputy="ben")
    absent = ANA.model_copy(update={"away": (away,)})
    people = Directory(members=(absent, BEN, CLEO))
    assert [(m.person.id, of) for m, of in people.present("refunds", START)] == [
        ("ben", "ana"),
        ("cleo", ""),
    ]
    later = START + timedelta(days=1)
    assert [m.person.id for m, _ in people.present("refunds", later)] == ["ana", "ben", "cleo"]


def test_whoever_stands_in_has_the_roles_of_the_absent_while_they_are() -> None:
    """Along a chain of absences too; before and after, and for anybody else, nothing changes."""
    away = Away(since=START, until=START + timedelta(days=1), deputy="ben")
    absent = ANA.model_copy(update={"away": (away,), "roles": ("refunds", "payments-ops")})
    people = Directory(members=(absent, BEN, CLEO))
    ben, cleo = people.acting("ben", START), people.acting("cleo", START)
    assert ben
    assert set(ben.roles) == {*BEN.roles, "refunds", "payments-ops"}
    assert cleo == CLEO
    assert people.acting("ben", START + timedelta(days=1)) == BEN
    assert people.acting("nobody", START) is None


def test_a_circle_of_absences_ends_with_somebody() -> None:
    """Ana stands in for Ben and Ben for Ana: somebody is asked all the same."""

    def away(deputy: str) -> tuple[Away, ...]:
        return (Away(since=START, until=START + timedelta(days=1), deputy=deputy),)

    people = Directory(
        members=(
            ANA.model_copy(update={"away": away("ben")}),
            BEN.model_copy(update={"away": away("ana")}),
        )
    )
    assert people.present("refunds", START)


def test_people_are_found_by_id_and_address_unless_they_left() -> None:
    """Addresses are compared without regard to case."""
    assert PEOPLE.by_address("ANA@countersign.example") == ANA
    assert PEOPLE.by_address("nobody@countersign.example") is None
    assert PEOPLE.member("ben") == BEN
    assert PEOPLE.of_role("nothing") == ()


def test_times_are_told_in_the_zone_of_whoever_reads_them() -> None:
    """A member is known by id or, elsewhere in the directory, by address; a stranger has UTC."""
    lisbon = BEN.model_copy(update={"hours": Hours(zone="Europe/Lisbon")})
    people = Directory(members=(ANA, lisbon))
    by_address = Person(id="sender", name="Ben", address=BEN.person.address.upper())
    stranger = Person(id="x", name="X", address="x@example.org")
    zones = [people.zone(one) for one in (BEN.person, by_address, stranger)]
    assert zones == ["Europe/Lisbon", "Europe/Lisbon", "UTC"]
    assert people.zone(stranger, "Europe/Berlin") == "Europe/Berlin"
