"""Whom a tier asks, who stands in, and what is said when there is nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.domain.approvals.approval import Person
from countersign.domain.approvals.directory import Away, Directory, Member, SigningLimit
from countersign.domain.approvals.routing import nobody, stand_ins, too_few, who
from countersign.domain.money import Money
from countersign.domain.policy.policy import Quorum
from countersign.domain.workflow import Tier, Workflow
from tests.builders import ANA, AT, BEN, approval, held
from tests.flows import Letter, workflow

CLEO = Person(id="cleo", name="Cleo Lund", address="cleo.lund@example.com")
REFUND = held(0, "payments.refund")
SALES = Tier(role="sales", within=timedelta(hours=8))
HEADS = Tier(role="heads", within=timedelta(hours=8))
TOMORROW = AT + timedelta(days=1)


def euro(amount: str) -> Money:
    """So many euros."""
    return Money(amount=Decimal(amount), currency="EUR")


def member(person: Person, *roles: str, most: str = "", deputy: str = "", **more: Any) -> Member:
    """A member who may approve refunds up to `most`, and is away today with a deputy."""
    limits = (SigningLimit(actions="payments.*", most=euro(most)),) if most else ()
    away = (Away(since=AT, until=TOMORROW, deputy=deputy),) if deputy else ()
    return Member(person=person, roles=roles or ("sales",), limits=limits, away=away, **more)


def directory(*members: Member) -> Directory:
    """These members."""
    return Directory(members=members)


def flow() -> Workflow[Letter]:
    """A workflow that asks sales, and then the heads."""
    return replace(workflow(), tiers=(SALES, HEADS))


NEW = approval(REFUND, approvers=())
COSTS = approval(
    REFUND,
    approvers=(),
    actions={REFUND.digest: "payments.refund"},
    amounts={REFUND.digest: euro("200.00")},
)


def test_a_tier_asks_everybody_of_its_role_who_is_there() -> None:
    """Neither another role nor whoever left is asked, and a deputy comes for the absent."""
    people = directory(
        member(ANA, deputy="cleo"),
        member(BEN, left=True),
        member(CLEO, "other"),
    )
    assert [(m.person.id, of) for m, of in who(people, NEW, SALES, AT)] == [("cleo", "ana")]
    assert [(m.person.id, of) for m, of in who(people, NEW, SALES, TOMORROW)] == [("ana", "")]


@pytest.mark.parametrize(
    "parts",
    [
        {"approvers": (ANA,)},
        {"requester": "ANA.COSTA@example.com"},
        {"author": "ana"},
        {"author": "buyers"},
        {"editors": {REFUND.digest: ("ana",)}},
    ],
    ids=["asked already", "requester", "author", "role of the author", "only editor"],
)
def test_who_could_not_sign_is_not_asked(parts: dict[str, Any]) -> None:
    """Nobody is asked twice, for their own work, or under a policy of theirs."""
    people = directory(member(ANA, "sales", "buyers"), member(BEN))
    request = NEW.model_copy(update=parts)
    assert [m.person.id for m, _ in who(people, request, SALES, AT)] == ["ben"]


@pytest.mark.control
def test_who_could_only_reject_is_not_asked() -> None:
    """Control: asking whoever has the role would make a request wait for somebody's bare no."""
    people = directory(member(ANA, most="199.99"), member(BEN, most="200.00"), member(CLEO))
    assert [m.person.id for m, _ in who(people, COSTS, SALES, AT)] == ["ben"]
    assert [m.person.id for m, _ in people.present(SALES.role, AT)] == ["ana", "ben", "cleo"]


@given(st.decimals("0.01", "900", places=2), st.decimals("0.01", "900", places=2))
def test_exactly_those_are_asked_whose_limit_covers_all_of_it(
    amount: Decimal, most: Decimal
) -> None:
    """One action above the limit is enough to ask somebody else."""
    other = held(1, "payments.refund")
    request = approval(
        REFUND,
        other,
        approvers=(),
        actions=dict.fromkeys((REFUND.digest, other.digest), "payments.refund"),
        amounts={REFUND.digest: euro("0.01"), other.digest: euro(str(amount))},
    )
    asked = who(directory(member(ANA, most=str(most))), request, SALES, AT)
    assert bool(asked) is (amount <= most)


def test_somebody_stands_in_for_who_was_asked_and_is_away_now() -> None:
    """Once each, also where both tiers know them; not for a person whom nobody asked."""
    people = directory(
        member(ANA, "sales", "heads", deputy="cleo"),
        member(BEN),
        member(CLEO, "other"),
    )
    asked = approval(REFUND, approvers=(ANA, BEN), tier=1)
    assert [(m.person.id, of) for m, of in stand_ins(people, asked, flow(), AT)] == [
        ("cleo", "ana"),
    ]
    assert stand_ins(people, approval(REFUND, approvers=(BEN,)), flow(), AT) == ()
    assert stand_ins(people, asked, flow(), TOMORROW) == ()


def test_a_deputys_own_absence_brings_the_next_one() -> None:
    """Ana was asked through Ben, who is away now as well: Cleo stands in for Ana."""
    people = directory(
        member(ANA, deputy="ben"),
        member(BEN, "other", deputy="cleo"),
        member(CLEO, "other"),
    )
    asked = approval(REFUND, approvers=(BEN,), instead_of={BEN.id: ANA.id})
    assert [(m.person.id, of) for m, of in stand_ins(people, asked, flow(), AT)] == [
        ("cleo", "ana"),
    ]


def test_a_tier_that_is_not_asked_yet_brings_nobody() -> None:
    """Deputies come only for tiers that the request has reached."""
    people = directory(member(ANA, "heads", deputy="cleo"), member(CLEO, "other"))
    asked = approval(REFUND, approvers=(ANA,))
    assert stand_ins(people, asked, flow(), AT) == ()
    reached = asked.model_copy(update={"tier": 1})
    assert [m.person.id for m, _ in stand_ins(people, reached, flow(), AT)] == ["cleo"]


def test_too_few_names_who_there_is_and_what_to_do() -> None:
    """How many are needed, who may, and which roles; a limit only where money moves."""
    asked = approval(REFUND, approvers=(ANA,), quorum=Quorum.TWO)
    assert too_few(asked, flow()) == (
        "2 different people must sign and only ana may: "
        "give somebody else one of the roles sales, heads"
    )
    costs = COSTS.model_copy(update={"approvers": (ANA,), "quorum": Quorum.TWO})
    assert too_few(costs, flow()).endswith("roles sales, heads and a limit that covers it")


def test_nobody_says_whether_a_role_or_a_limit_is_missing() -> None:
    """Without anybody of the roles a limit would not help; with somebody, the role would not."""
    someone = directory(member(ANA))
    role = "nobody may decide: give somebody one of the roles sales, heads"
    assert nobody(directory(), COSTS, flow()) == role
    assert nobody(someone, NEW, flow()) == role
    assert nobody(someone, COSTS, flow()) == (
        "nobody of the roles sales, heads has a limit that covers "
        f"{euro('200.00')} (payments.refund): give somebody one"
    )


def test_who_edited_it_is_told_apart_from_nobody() -> None:
    """There is somebody, and they alone may not sign their own change."""
    edited = NEW.model_copy(update={"editors": {REFUND.digest: ("ana",)}})
    assert nobody(directory(member(ANA)), edited, flow()).startswith("nobody but who edited it may")
