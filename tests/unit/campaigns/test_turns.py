"""A child's turns: it waits as long as it lasts, and sends in no block that is over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from countersign.campaigns.turns import Turns, reserve
from countersign.domain.campaigns.limits import CampaignLimits
from countersign.domain.campaigns.sending import Ask, Block, Booking, Row, Wait
from countersign.domain.errors import Throttled
from tests.fakes.sending import FakeSendingLimits
from tests.fakes.world import FakeClock, FakeIds

DOMAIN = "news.example.com"
LIMITS = CampaignLimits(ramp=(), rates={"gmail": 1}, other_rate=400)


class Child:
    """One child, and the row that it shares."""

    def __init__(
        self, *, quota: int = 50_000, rate: int = 500, limits: CampaignLimits = LIMITS
    ) -> None:
        self.clock = FakeClock()
        self.sending = FakeSendingLimits()
        self.sending.says(self.clock.now(), quota=quota, rate=rate)
        self.limits = limits
        self.turns = self.another()

    def another(self) -> Turns:
        return Turns(
            self.sending,
            wall=self.clock,
            pause=self.clock.pauses,
            ids=FakeIds(),
            domain=DOMAIN,
            limits=self.limits,
            rows={"gmail"},
        )


def test_a_block_is_used_up_before_another_one_is_taken() -> None:
    """Four mails of a fast account are one write."""
    child = Child()
    assert [child.turns.take("a.example", 9 - n, 60) for n in range(5)] == [None] * 5
    assert child.sending.row().taken == 8
    assert child.turns.holds()


def test_a_block_that_is_over_is_not_used() -> None:
    """Whoever took too long over the intent asks again; nothing was sent on it."""
    child = Child()
    assert not child.turns.holds()
    child.turns.take("a.example", 9, 60)
    child.clock.passes(seconds=1)
    assert not child.turns.holds()
    assert child.turns.take("a.example", 9, 60) is None
    assert child.turns.holds()
    assert child.sending.row().taken == 8


def test_a_group_without_turns_of_its_own_goes_with_the_others() -> None:
    """And one that has them waits for its own."""
    child = Child()
    began = child.clock.now()
    child.turns.take("a.example", 1, 60)
    child.turns.take("b.example", 1, 60)
    assert child.clock.now() - began < timedelta(seconds=1)
    assert child.turns.take("gmail", 1, 60) is None
    assert child.turns.take("gmail", 1, 60) is None
    assert child.clock.now() - began > timedelta(seconds=1)
    assert set(child.sending.row().groups) == {"gmail"}


def test_a_wait_that_is_longer_than_the_child_lasts_ends_it() -> None:
    """The parent waits: it is told until when, and why; nobody slept meanwhile."""
    child = Child(quota=504)
    began = child.clock.now()
    assert [child.turns.take("", 4, 60) for _ in range(4)] == [None] * 4
    waits = child.turns.take("", 4, 60)
    assert isinstance(waits, Wait)
    assert waits.until - began > timedelta(hours=24)
    assert "their 4 of the account's 504" in waits.why
    assert child.clock.now() - began < timedelta(seconds=60)


def test_a_turn_that_comes_later_than_the_child_lasts_ends_it() -> None:
    """Twenty others are ahead."""
    child = Child(rate=2)
    for _ in range(20):
        reserve(child.sending, Ask("", 1, DOMAIN, LIMITS), child.clock)
    waits = child.turns.take("", 1, 10)
    assert isinstance(waits, Wait)
    assert waits.until > child.clock.now() + timedelta(seconds=10)


def test_an_old_guess_of_the_row_makes_nobody_wait() -> None:
    """Of what this process saw the reading is too old; another one is in the row already."""
    child = Child()
    child.turns.take("", 1, 60)
    child.clock.passes(minutes=6)
    child.sending.says(child.clock.now(), quota=50_000, rate=500)
    began = child.clock.now()
    assert child.turns.take("", 1, 60) is None
    assert child.clock.now() - began < timedelta(seconds=1)


class _Restless(FakeSendingLimits):
    """Whatever is guessed of the row, it is otherwise."""

    def book(self, booking: Booking) -> tuple[bool, Row]:  # noqa: ARG002 - the port's shape
        return False, self.row()


def test_a_row_that_never_is_as_guessed_is_trouble_of_a_moment() -> None:
    """The machine tries the child again."""
    clock, sending = FakeClock(), _Restless()
    sending.says(clock.now(), quota=50_000, rate=500)
    with pytest.raises(Throttled):
        reserve(sending, Ask("", 1, DOMAIN, LIMITS), clock)


def test_a_block_may_be_smaller_than_the_wish() -> None:
    """As much of it as the day has left."""
    clock, sending = FakeClock(), FakeSendingLimits()
    sending.says(clock.now(), quota=502, rate=500)
    got, _ = reserve(sending, Ask("", 4, DOMAIN, LIMITS), clock)
    assert isinstance(got, Block)
    assert got.n == 2
