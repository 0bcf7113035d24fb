"""Mailed codes: for what, for whom, how long, how often, and above which amounts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.domain.approvals import codes
from countersign.domain.approvals.approval import Approval, Choice
from countersign.domain.approvals.codes import (
    ABOVE,
    CODE_FOR,
    CODES_WITHIN,
    TRIES,
    Code,
    count_wrong,
)
from countersign.domain.errors import StoreConflict
from countersign.domain.money import Money
from countersign.domain.policy.release import Limits
from tests.builders import ANA, AT, BEN, approval, decision, held

CRM, MAIL = held(), held(1, "mail.memo")
ASKED = approval(CRM, MAIL)
REJECT = Choice.REJECT


@dataclass(frozen=True)
class Guessed:
    """Something that is closed by too many wrong codes."""

    tries: int


def euro(amount: str) -> Money:
    """So many euros."""
    return Money(amount=Decimal(amount), currency="EUR")


def moves(**amounts: Money) -> Approval:
    """The request, where these actions move money."""
    by_digest = {{"crm": CRM, "mail": MAIL}[name].digest: moved for name, moved in amounts.items()}
    return approval(CRM, MAIL, amounts=by_digest)


def limits(*above: Money) -> Limits:
    """Limits above which a code is needed."""
    return Limits(numbers={}, amounts={ABOVE: above}, lists={})


def code(**parts: Any) -> Code:
    """A code as it was mailed at `AT`."""
    usual: dict[str, Any] = {"key": "a-1 ana", "expires_at": AT + CODE_FOR, "about": "this"}
    return Code(**usual | parts)


@pytest.mark.parametrize(
    ("parts", "about", "seconds"),
    [
        ({}, "something else", 0),
        ({}, "this", 600),
        ({"tries": TRIES}, "this", 0),
    ],
)
def test_a_code_dies_of_time_of_tries_and_of_another_choice(
    parts: dict[str, Any], about: str, seconds: int
) -> None:
    """It is good for exactly what it was mailed for, for ten minutes, and for five tries."""
    last = code(tries=TRIES - 1)
    assert last.live("this", AT + CODE_FOR - timedelta(seconds=1))
    assert not code(**parts).live(about, AT + timedelta(seconds=seconds))


def test_only_mails_of_the_last_hour_count_against_the_next_one() -> None:
    """A mail that is exactly an hour old counts no more."""
    old, young = AT - CODES_WITHIN, AT - CODES_WITHIN + timedelta(seconds=1)
    assert code(sent=(old, young, AT)).recent(AT) == (young, AT)


def test_each_person_has_a_code_of_their_own_for_each_request() -> None:
    """Neither a colleague's code nor one for another request is found under the key."""
    other = approval(CRM, approval_id="a-2")
    keys = {codes.mailed_key(one, who.id) for one in (ASKED, other) for who in (ANA, BEN)}
    assert len(keys) == 4


def test_what_is_above_the_limit_needs_a_code() -> None:
    """The limit itself is spared; only what is above it is named."""
    asked = moves(crm=euro("500.00"), mail=euro("500.01"))
    assert codes.above(asked, decision(asked), limits(euro("500.00"))) == (euro("500.01"),)


@pytest.mark.control
@pytest.mark.parametrize(
    "known", [None, limits(), limits(Money(amount=Decimal(900), currency="USD"))]
)
def test_without_a_limit_in_its_currency_nothing_is_spared(known: Limits | None) -> None:
    """Control: an unknown limit means a code, however small the amount, never a free pass."""
    asked = moves(crm=euro("0.01"))
    assert codes.above(asked, decision(asked), known) == (euro("0.01"),)


def test_limits_that_do_not_name_this_one_spare_nothing() -> None:
    """A release from before there were codes has no such limit: a code is needed."""
    asked, unnamed = moves(crm=euro("1.00")), Limits(numbers={}, amounts={}, lists={})
    assert codes.above(asked, decision(asked), unnamed) == (euro("1.00"),)


def test_a_rejection_and_what_moves_no_money_need_no_code() -> None:
    """Only approved amounts are above anything."""
    asked = moves(crm=euro("900.00"))
    assert codes.above(asked, decision(asked, REJECT), None) == ()
    assert codes.above(ASKED, decision(ASKED), None) == ()


choices = st.fixed_dictionaries({one: st.sampled_from(Choice) for one in ASKED.digests})


@given(choices, choices)
def test_a_code_is_about_these_choices(
    first: Mapping[str, Choice], second: Mapping[str, Choice]
) -> None:
    """Two decisions share a code exactly when they say the same to every action."""
    one, other = (codes.about(ASKED, decision(ASKED, choices=said)) for said in (first, second))
    assert (one == other) == (first == second)


def test_the_order_of_choices_person_and_request_are_part_of_what_a_code_is_about() -> None:
    """Order on the page does not matter; another person or request is something else."""
    said = decision(ASKED)
    turned = decision(ASKED, choices=dict(reversed(list(said.choices.items()))))
    about = codes.about(ASKED, said)
    assert codes.about(ASKED, turned) == about
    assert codes.about(ASKED, decision(ASKED, by=BEN.id)) != about
    assert codes.about(approval(CRM, MAIL, approval_id="a-2"), said) != about


@pytest.mark.parametrize(
    ("typed", "could_be"),
    [
        ("123456", True),
        (" 123 456\n", True),
        ("12345", False),
        ("1234567", False),
        ("12345a", False),
        ("१२३४५६", False),
        ("", False),
    ],
)
def test_what_could_not_be_a_code_is_no_guess(typed: str, could_be: bool) -> None:
    """Six ASCII digits, however they are spaced, are one; anything else costs no try."""
    assert codes.well_formed(typed) is could_be


def test_spaces_are_no_part_of_a_seal() -> None:
    """A code is the same however a person typed it, and is not to be read in what is stored."""
    sealed = codes.seal("key", "what", "salt", "123456")
    assert codes.seal("key", "what", "salt", " 123 456") == sealed
    assert "123456" not in sealed


@given(st.from_regex("[0-9]{6}", fullmatch=True))
def test_a_seal_hides_the_code_and_is_of_this_key_matter_and_salt(typed: str) -> None:
    """Spaces do not change it; another key, matter, salt or code does, and it never shows it."""
    sealed = codes.seal("key", "what", "salt", typed)
    assert codes.seal("key", "what", "salt", f"{typed[:3]} {typed[3:]} ") == sealed
    another = f"{(int(typed) + 1) % 10**6:06}"
    others = [
        codes.seal("other", "what", "salt", typed),
        codes.seal("key", "other", "salt", typed),
        codes.seal("key", "what", "other", typed),
        codes.seal("key", "what", "salt", another),
    ]
    assert sealed not in others
    assert sealed != typed


def test_guesses_of_the_same_moment_are_counted_one_by_one() -> None:
    """Who was second counts on what the first one left; who always comes second says what is there
    after as many tries as are allowed."""
    stored = [Guessed(0)]

    def again() -> Guessed:
        return stored[-1]

    def count(held: Guessed) -> None:
        if held.tries != stored[-1].tries:
            raise StoreConflict("another guess was first")
        stored.append(Guessed(held.tries + 1))

    assert count_wrong(Guessed(0), count, again) == 1
    assert count_wrong(Guessed(0), count, again) == 2

    def beaten(_: Guessed) -> None:
        stored.append(Guessed(stored[-1].tries + 1))
        raise StoreConflict("another guess was first")

    assert count_wrong(again(), beaten, again) == 2 + TRIES
