"""The row of the account's sending: the same rules hold for the fake and for DynamoDB."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from countersign.connectors.dynamodb.sending import DynamoSendingLimits
from countersign.domain.campaigns.limits import CampaignLimits
from countersign.domain.campaigns.quota import booked, read, rolled, step
from countersign.domain.campaigns.sending import (
    COUNTS,
    DAY,
    Ask,
    Booking,
    Roll,
    Row,
    SendingLimits,
    Wait,
    epoch_of,
)
from tests.fakes.on_moto import jobs_table
from tests.fakes.sending import FakeSendingLimits
from tests.fakes.world import START

DOMAIN = "news.example.com"
LIMITS = CampaignLimits(ramp=(40, 90), rates={"gmail": 2}, other_rate=400)


@pytest.fixture(params=["fake", "moto"])
def sending(request: pytest.FixtureRequest) -> Iterator[SendingLimits]:
    """The adapters under the contract."""
    if request.param == "fake":
        yield FakeSendingLimits()
        return
    with jobs_table() as db:
        yield DynamoSendingLimits("jobs", db)


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def reads(sending: SendingLimits, at: datetime, *, sent: int = 0, rate: int = 400) -> bool:
    """SES is asked, and says this."""
    row = sending.row()
    said = read(row, at, sent=sent, quota=5_000, rate=rate, allowed=True)
    return sending.keep(row.reading, said)


def ask(group: str = "", n: int = 3, limits: CampaignLimits = LIMITS) -> Ask:
    return Ask(group=group, n=n, domain=DOMAIN, limits=limits)


def guess(row: Row, wish: Ask, at: datetime) -> Booking:
    found = step(row, wish, at)
    assert isinstance(found, Booking)
    return found


def rolls(sending: SendingLimits, at: datetime) -> Row:
    """Go on to the epoch of this moment."""
    found = step(sending.row(), ask(), at)
    assert isinstance(found, Roll)
    assert sending.roll(found)[0]
    return sending.row()


def test_nobody_has_sent_and_nobody_has_asked(sending: SendingLimits) -> None:
    """An empty row, of which nothing is taken; the first reading makes it."""
    assert sending.row() == Row()
    reads(sending, START)
    found = step(sending.row(), ask(), START)
    assert isinstance(found, Roll)
    assert sending.roll(found)[0]
    assert sending.row().epoch == epoch_of(START)


def test_of_two_readings_one_is_kept(sending: SendingLimits) -> None:
    """Over the one that was seen, or as the first."""
    assert reads(sending, START)
    first = sending.row().reading
    late = read(Row(), after(1), sent=7, quota=9, rate=1, allowed=False)
    assert not sending.keep(None, late)
    assert reads(sending, after(60), sent=12)
    assert not sending.keep(first, late)
    held = sending.row().reading
    assert held is not None
    assert (held.sent, held.at) == (12, after(60))


def test_a_block_is_taken_of_everything_at_once(sending: SendingLimits) -> None:
    """The day, the account's queue, the group's turn, the ramp: in one write, read back alike."""
    reads(sending, START)
    rolls(sending, START)
    want = guess(sending.row(), ask("gmail"), START)
    before = sending.row()
    taken, row = sending.book(want)
    assert taken
    assert row == sending.row() == booked(before, want)
    behind = guess(row, ask("other.example"), START)
    taken, row = sending.book(behind)
    assert taken
    assert (row.total, row.taken, row.ramps[DOMAIN].total) == (4, 4, 4)
    assert row.recent == {"gmail": 1, "other.example": 3}


def test_what_has_no_room_takes_nothing(sending: SendingLimits) -> None:
    """The row comes back as it is: of each wrong guess, one at a time."""
    reads(sending, START)
    rolls(sending, START)
    sending.book(guess(sending.row(), ask("gmail"), START))
    row = sending.row()
    right = guess(row, ask("other.example"), START)
    wrong = (
        replace(right, epoch=right.epoch + 1),
        replace(right, read_at=after(1)),
        replace(right, most_total=0),
        replace(right, most_taken=0),
        replace(right, behind=False),
        replace(right, at=row.queue + 1),
        replace(right, furthest=row.queue - 1),
        replace(right, ask=ask("gmail")),
        replace(right, began=None),
        replace(right, began=after(1)),
        replace(right, most_ramp=0),
    )
    for one in wrong:
        assert sending.book(one) == (False, row)
    assert sending.book(right)[0]


def test_a_roll_takes_away_what_counts_no_longer(sending: SendingLimits) -> None:
    """Once; what somebody takes meanwhile stays in the sum."""
    reads(sending, START)
    rolls(sending, START)
    sending.book(guess(sending.row(), ask("gmail"), START))
    seen, later = sending.row(), START + DAY + timedelta(hours=2)
    found = step(seen, ask(), later)
    assert isinstance(found, Roll)
    late = guess(seen, ask("other.example"), START)
    assert sending.book(late)[0]
    assert sending.roll(found) == (False, sending.row())
    again = step(sending.row(), ask(), later)
    assert isinstance(again, Roll)
    expected = rolled(sending.row(), again)
    assert sending.roll(again) == (True, expected)
    row = sending.row()
    assert (row.total, row.counts, row.groups, row.recent) == (0, {}, {}, {})
    assert (row.taken, row.ramps[DOMAIN].total, row.ramps[DOMAIN].counts) == (4, 0, {})
    assert not sending.roll(again)[0]


def test_a_part_that_leaves_and_one_that_stays(sending: SendingLimits) -> None:
    """Each 5 minutes count until 24 hours and a block's life after their end."""
    reads(sending, START)
    rolls(sending, START)
    sending.book(guess(sending.row(), ask(n=1), START))
    second = START + timedelta(minutes=5)
    reads(sending, second)
    rolls(sending, second)
    sending.book(guess(sending.row(), ask(n=2), second))
    row = rolls(sending, START + COUNTS * timedelta(minutes=5))
    assert (row.total, row.counts) == (2, {epoch_of(second): 2})


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.tuples(
            st.sampled_from([0.0, 0.2, 40.0, 400.0, 90_000.0]),
            st.sampled_from(["gmail", "other.example", ""]),
            st.integers(1, 5),
        ),
        max_size=10,
    )
)
def test_both_go_the_same_way(coming: list[tuple[float, str, int]]) -> None:
    """Whatever comes: the table's row is the fake's."""
    with jobs_table() as db:
        both: tuple[SendingLimits, ...] = (FakeSendingLimits(), DynamoSendingLimits("jobs", db))
        now = 0.0
        for gap, group, n in coming:
            now += gap
            assert len({reads(one, after(now), sent=n) for one in both}) == 1
            for _ in range(3):
                found = [step(one.row(), ask(group, n), after(now)) for one in both]
                assert found[0] == found[1]
                for one, do in zip(both, found, strict=True):
                    if not isinstance(do, Wait):
                        one.roll(do) if isinstance(do, Roll) else one.book(do)
                assert both[0].row() == both[1].row()
