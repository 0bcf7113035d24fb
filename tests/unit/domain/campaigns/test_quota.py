"""The account's row: no sliding second or day ever holds more than campaigns may take."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from countersign.domain.campaigns import quota
from countersign.domain.campaigns.limits import CampaignLimits
from countersign.domain.campaigns.quota import (
    AGAIN,
    AHEAD,
    LATE,
    STALE,
    block_of,
    booked,
    granted,
    interval,
    lasts_for,
    needs_reading,
    read,
    rolled,
    step,
)
from countersign.domain.campaigns.sending import (
    BUCKET,
    COUNTS,
    DAY,
    LIFE,
    Ask,
    Block,
    Booking,
    Ramp,
    Reading,
    Roll,
    Row,
    Wait,
    epoch_of,
    hour_of,
    start_of,
)
from countersign.domain.limits.pace import moment

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECOND = 1_000_000
OPEN = CampaignLimits(ramp=())
DOMAIN = "news.example.com"


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@dataclass
class Account:
    """An account with its row. `sent` are the mails: when, to which group."""

    quota: int = 50_000
    rate: int = 14
    limits: CampaignLimits = OPEN
    row: Row = field(default_factory=Row)
    others: int = 0
    """Mails of others, as SES counts them."""
    sent: list[tuple[int, str]] = field(default_factory=list)

    def reads(self, now: datetime) -> None:
        """`tick` asks SES."""
        if needs_reading(self.row, now):
            since = moment(now - DAY)
            own = sum(since < at <= moment(now) for at, _ in self.sent)
            said = {"quota": self.quota, "rate": self.rate, "allowed": True}
            reading = read(self.row, now, sent=own + self.others, **said)  # type: ignore[arg-type]
            self.row = replace(self.row, reading=reading)

    def blind(self, now: datetime) -> None:
        """SES says that nobody sent anything: the row's own counts alone bound what is taken."""
        reading = Reading(at=now, sent=0, quota=self.quota, rate=self.rate, base=10**9)
        self.row = replace(self.row, reading=reading)

    def takes(self, group: str, n: int, now: datetime, late: float = 0.0) -> Block | Wait:
        """A block is taken and used up to its last mail, spread over its time; `late`: 0 to 1, the
        share of the time that any mail may come too late."""
        ask = Ask(group=group, n=n, domain=DOMAIN, limits=self.limits)
        while True:
            now_ = step(self.row, ask, now)
            if isinstance(now_, Wait):
                return now_
            if isinstance(now_, Roll):
                self.row = rolled(self.row, now_) or self.row
                continue
            left = booked(self.row, now_)
            assert left is not None
            self.row, block = left, granted(now_, left)
            self._goes_out(block, late)
            return block

    def _goes_out(self, block: Block, late: float) -> None:
        span = moment(block.until) - moment(block.start)
        for number in range(block.n):
            spread = span * number // block.n + int(late * (span // block.n + LATE - 1))
            self.sent.append((moment(block.start) + spread, block.group))

    def most(self, seconds: float, group: str | None = None) -> int:
        """The most mails in any window of so many seconds."""
        at = sorted(at for at, of in self.sent if group in (None, of))
        most = first = 0
        for last, one in enumerate(at):
            while at[first] <= one - seconds * SECOND:
                first += 1
            most = max(most, last - first + 1)
        return most


def read_account(**given_: object) -> Account:
    account = Account(**given_)  # type: ignore[arg-type]
    account.reads(NOW)
    return account


COMING = st.lists(
    st.tuples(
        st.floats(0, 3),
        st.sampled_from(["gmail", "microsoft", "small.example", ""]),
        st.integers(1, 60),
        st.floats(0, 1),
    ),
    min_size=1,
    max_size=80,
)


@given(COMING, st.sampled_from([2, 3, 14, 90, 250, 1_000]))
@example([(0.0, "gmail", 60, (n % 2) * 1.0) for n in range(60)], 250)
@example([(0.0, "", 1, 1.0 if n == 0 else 0.0) for n in range(60)], 14)
def test_no_second_ever_holds_more_than_the_rates(
    coming: list[tuple[float, str, int, float]], rate: int
) -> None:
    """Whoever comes when, early or late in his block: of all and of each group."""
    account, now = read_account(rate=rate), 0.0
    for gap, group, n, late in coming:
        now += gap
        account.takes(group, n, after(now), late)
    assert account.most(1) <= OPEN.rate(rate)
    for group in ("gmail", "microsoft", "small.example"):
        assert account.most(1, group) <= OPEN.group_rate(group)


def test_control_as_many_mails_as_the_rate_in_each_second_of_the_clock_break_the_window() -> None:
    """A counter that begins anew with each second lets twice as many through in one."""
    account = Account()
    account.sent = [(moment(after(0.9)), "")] * 11 + [(moment(after(1.1)), "")] * 11
    assert account.most(1) == 22


@pytest.mark.parametrize(("rate", "share"), [(14, 70), (90, 70), (250, 65), (1_000, 45)])
def test_most_of_the_rate_can_be_used(rate: int, share: int) -> None:
    """Blocks one after the other reach so many percent of what campaigns may send in a second."""
    account = read_account(rate=rate, quota=10_000_000)
    while isinstance(account.takes("", 100, NOW), Block):
        pass
    span = (max(at for at, _ in account.sent) - moment(NOW)) / SECOND
    assert 100 * len(account.sent) / span >= share * OPEN.rate(rate)


def test_a_block_is_a_part_of_a_seconds_mails() -> None:
    """Never more than one second's, of the account and of the group."""
    for rate in range(1, 2_000):
        assert 1 <= block_of(rate) <= rate
        assert block_of(rate) * interval(rate) >= SECOND * block_of(rate) // rate
    assert lasts_for(1) < SECOND


@given(st.lists(st.tuples(st.floats(0, 3_000), st.integers(1, 60)), min_size=1, max_size=150))
@example([(299.0, 10), (1.0, 10), (86_400.0, 10), (1.0, 10)] * 20)
def test_no_day_ever_holds_more_than_the_quota_leaves(gaps: list[tuple[float, int]]) -> None:
    """In whatever rhythm blocks are taken, and the reading too."""
    limits = CampaignLimits(ramp=())
    account, now = Account(quota=540, rate=2_000, limits=limits), 0.0
    for gap, n in gaps:
        now += gap
        account.reads(after(now))
        account.takes("", n, after(now))
    assert limits.day(540) == 40
    assert account.most(86_400) <= 40


def test_control_the_rate_of_the_day_alone_breaks_the_day() -> None:
    """GCRA lets a full bucket through and then a second one within the same 24 hours."""
    quota, sent, ready = 40, [], 0.0
    each = 86_400 / quota
    for now in (*([0.0] * 60), *([86_000.0] * 60)):
        if ready - (quota - 1) * each <= now:
            sent.append(now)
            ready = max(ready, now) + each
    assert sum(one > 86_000 - 86_400 for one in sent) > quota


def test_a_part_of_the_day_counts_until_the_last_of_its_mails_is_a_day_old(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What was taken in the last second of its 5 minutes goes out a minute later. Control: dropped
    one epoch earlier, 24 hours hold twice as many."""
    assert _two_days_apart(COUNTS) == 40
    monkeypatch.setattr(quota, "COUNTS", COUNTS - 1)
    assert _two_days_apart(COUNTS - 1) == 80


def _two_days_apart(counts: int) -> int:
    """The most mails of any 24 hours, when all of a day is taken and again as soon as may be; the
    row's own count alone is asked."""
    account = Account(quota=540, rate=2_000)
    taken = start_of(epoch_of(NOW) + 1) - timedelta(seconds=1)
    account.blind(taken)
    while isinstance(account.takes("", 40, taken), Block):
        pass
    account.sent = [(moment(taken + LIFE), "")] * len(account.sent)
    free = start_of(epoch_of(taken) + counts)
    account.blind(free - BUCKET)
    assert isinstance(account.takes("", 40, free - timedelta(seconds=1)), Wait)
    while isinstance(account.takes("", 40, free), Block):
        pass
    return account.most(86_400)


def test_ses_counts_what_others_send() -> None:
    """Of two counts the larger one holds: what others sent leaves that much less."""
    account = Account(quota=1_000, rate=100, others=480)
    account.reads(NOW)
    while isinstance(account.takes("", 10, NOW), Block):
        pass
    assert len(account.sent) == 20
    waits = account.takes("", 10, after(30))
    assert isinstance(waits, Wait)
    assert "by everybody" in waits.why


def test_what_is_taken_and_not_yet_counted_by_ses_counts_beside_its_count() -> None:
    """SES is asked while mails are under way: they stand in neither of its two counts, and are
    taken off both times."""
    account = Account(quota=1_000, rate=100, others=400)
    account.reads(NOW)
    for number in range(40):
        assert isinstance(account.takes("", 1, after(number / 10)), Block)
    unheard = read(account.row, after(60), sent=400, quota=1_000, rate=100, allowed=True)
    account.row = replace(account.row, reading=unheard)
    while isinstance(account.takes("", 10, after(61)), Block):
        pass
    assert len(account.sent) == 100
    heard = read(account.row, after(120), sent=500, quota=1_000, rate=100, allowed=True)
    assert heard.base == 40
    account.row = replace(account.row, reading=heard)
    assert isinstance(account.takes("", 10, after(121)), Wait)


@pytest.mark.parametrize(
    ("account", "told"),
    [
        (Account(), "was read never"),
        (Account(row=Row(reading=Reading(at=NOW, sent=0, quota=9, rate=9))), "read at 09:00:00"),
        (Account(row=Row(reading=Reading(at=after(360), sent=0, quota=200, rate=1))), "a second"),
        (Account(row=Row(reading=Reading(at=after(360), sent=0, quota=500, rate=9))), "their 0 of"),
    ],
)
def test_nothing_is_taken_on_an_old_reading_or_where_all_is_kept_free(
    account: Account, told: str
) -> None:
    """A reading counts for five minutes; of a small account's day and rate nothing is left."""
    waits = account.takes("gmail", 5, after(360))
    assert isinstance(waits, Wait)
    assert told in waits.why
    assert after(360) + AGAIN <= waits.until <= after(360) + 10 * AGAIN


def test_nothing_is_taken_while_ses_does_not_send() -> None:
    """As AWS says itself."""
    off = Reading(at=NOW, sent=0, quota=50_000, rate=14, allowed=False)
    waits = Account(row=Row(reading=off)).takes("", 1, NOW)
    assert isinstance(waits, Wait)
    assert "get-account" in waits.why


def test_a_full_day_is_waited_for_up_to_when_enough_of_it_is_over() -> None:
    """Not asked again each minute: the row knows when a 20th of the day counts no longer."""
    account = Account(quota=540, rate=2_000)
    account.blind(NOW)
    account.takes("", 3, NOW)
    while isinstance(account.takes("", 20, NOW + BUCKET), Block):
        pass
    assert account.row.total == 40
    waits = account.takes("", 1, NOW + BUCKET)
    assert isinstance(waits, Wait)
    assert waits.until == start_of(epoch_of(NOW) + COUNTS)
    smaller = replace(account, quota=537)
    smaller.blind(NOW + BUCKET)
    waits = smaller.takes("", 1, NOW + BUCKET)
    assert isinstance(waits, Wait)
    assert waits.until == start_of(epoch_of(NOW) + 1 + COUNTS)


def test_a_new_domain_climbs_its_ramp() -> None:
    """In no 24 hours more than the step of their last day; after the last step nothing bounds it,
    and a domain that was silent for a month begins anew."""
    account = Account(quota=1_000_000, rate=200, limits=CampaignLimits(ramp=(50, 100)))
    counted = []
    for hour in range(0, 75, 3):
        account.blind(after(3_600 * hour))
        before = len(account.sent)
        while len(account.sent) < before + 200:
            if isinstance(account.takes("", 9, after(3_600 * hour)), Wait):
                break
        counted.append(len(account.sent) - before)
    assert counted[0] == 50
    assert sum(counted[1:8]) == 0
    assert sum(counted[:16]) <= 150
    assert counted[16] >= 200
    later = after(3_600 * 24 * 40)
    account.blind(later)
    assert isinstance(account.takes("", 9, later), Block)
    assert account.row.ramps[DOMAIN] == Ramp(
        since=later, last=later, total=1, counts={hour_of(epoch_of(later)): 1}
    )
    waits = [w for _ in range(60) if isinstance(w := account.takes("", 9, later), Wait)]
    assert "may send 50 in 24 hours" in waits[0].why
    assert waits[0].until > later + DAY


def test_a_group_waits_for_its_own_turn_and_keeps_nobody_else() -> None:
    """One group's full second leaves the account's next turn to others."""
    account = Account(
        quota=1_000_000, rate=1_000, limits=CampaignLimits(ramp=(), rates={"slow": 1})
    )
    account.blind(NOW)
    first = account.takes("slow", 5, NOW)
    assert isinstance(first, Block)
    assert first.n == 1
    waits = account.takes("slow", 5, NOW)
    assert isinstance(waits, Wait)
    assert waits.until > first.start + timedelta(seconds=1)
    assert isinstance(account.takes("fast", 5, NOW), Block)
    assert isinstance(account.takes("slow", 5, waits.until), Block)


def test_turns_lie_half_a_minute_ahead_at_most() -> None:
    """Who would wait longer asks again, when there is something to take."""
    account = read_account()
    blocks = 0
    while isinstance(took := account.takes("", 9, NOW), Block):
        assert took.start <= NOW + AHEAD
        blocks += 1
    assert blocks > 200
    assert timedelta() < took.until - NOW < AHEAD


def test_a_roll_takes_away_and_sets_nothing() -> None:
    """A block that is taken while somebody rolls stays in the sum; of two who roll one does."""
    row = Row(
        epoch=epoch_of(NOW) - 1,
        total=9,
        counts={epoch_of(NOW) - COUNTS: 4, epoch_of(NOW) - 1: 5},
        groups={"idle": moment(NOW - 2 * DAY), "gmail": moment(NOW)},
        recent={"gmail": 3},
        reading=Reading(at=NOW, sent=0, quota=5_000, rate=14),
    )
    roll = step(row, Ask(group="", n=1, domain=DOMAIN, limits=OPEN), NOW)
    assert isinstance(roll, Roll)
    meanwhile = replace(row, total=10, counts={**row.counts, row.epoch: 6}, recent={"new": 1})
    after_ = rolled(meanwhile, roll)
    assert after_ is not None
    assert (after_.total, after_.counts) == (6, {row.epoch: 6})
    assert (after_.groups, after_.recent) == ({"gmail": moment(NOW)}, {"new": 1})
    assert rolled(after_, roll) is None
    assert rolled(replace(row, groups={"idle": moment(NOW)}), roll) is None


def test_a_row_that_slept_for_days_drops_all_of_it_little_by_little() -> None:
    """As much as one write can; and never a part that somebody added to meanwhile."""
    old = epoch_of(NOW - 3 * DAY)
    row = Row(epoch=old, total=250, counts={old - n: 1 for n in range(250)})
    ask = Ask(group="", n=1, domain=DOMAIN, limits=OPEN)
    roll = step(row, ask, NOW)
    assert isinstance(roll, Roll)
    once = rolled(row, roll)
    assert once is not None
    assert once.total == 50
    again = step(once, ask, NOW + BUCKET)
    assert isinstance(again, Roll)
    assert again.old in again.dropped or old in again.dropped
    assert (rolled(once, again) or once).total == 0
    short = replace(row, counts={old: 1}, total=1)
    ends = step(short, ask, NOW)
    assert isinstance(ends, Roll)
    assert rolled(replace(short, counts={old: 2}, total=2), ends) is None


def test_a_clock_that_is_behind_counts_in_the_later_epoch() -> None:
    """It counts longer there, which is the safe side."""
    account = read_account(quota=5_000)
    account.takes("", 1, NOW)
    block = account.takes("", 1, NOW - timedelta(seconds=10))
    assert isinstance(block, Block)
    assert block.epoch == epoch_of(NOW)


def test_a_guess_that_is_wrong_takes_nothing() -> None:
    """Another epoch, another reading, another end of the queue, another ramp, or no room."""
    account = read_account(limits=CampaignLimits(ramp=(4, 9)))
    account.takes("gmail", 1, NOW)
    row = account.row
    guess = step(row, Ask(group="gmail", n=3, domain=DOMAIN, limits=account.limits), NOW)
    assert isinstance(guess, Booking)
    assert row.reading is not None
    ramp = row.ramps[DOMAIN]
    wrong = (
        replace(row, epoch=row.epoch + 1),
        replace(row, reading=None),
        replace(row, reading=row.reading.model_copy(update={"at": after(1)})),
        replace(row, queue=guess.at - 1),
        replace(row, queue=guess.furthest + 1),
        replace(row, groups={"gmail": row.queue + 1}),
        replace(row, total=guess.most_total + 1),
        replace(row, taken=guess.most_taken + 1),
        replace(row, ramps={}),
        replace(row, ramps={DOMAIN: replace(ramp, since=after(1))}),
        replace(row, ramps={DOMAIN: replace(ramp, total=4)}),
    )
    assert all(booked(one, guess) is None for one in wrong)
    assert booked(row, guess) is not None


def test_two_guesses_of_the_same_row_are_both_taken_while_there_is_room() -> None:
    """No version stands between two hundred who come at once. Control: with one, one gets through
    of each two hundred."""
    account = read_account(rate=400, quota=1_000_000)
    account.takes("", 1, NOW)
    ask = Ask(group="", n=1, domain=DOMAIN, limits=OPEN)
    guess = step(account.row, ask, NOW)
    assert isinstance(guess, Booking)
    row, taken, versioned = account.row, 0, 0
    for _ in range(200):
        versioned += row == account.row
        after_ = booked(row, guess)
        row, taken = after_ or row, taken + (after_ is not None)
    assert (taken, versioned) == (200, 1)
    starts = [row.queue]
    assert all(a < b for a, b in pairwise([account.row.queue, *starts]))


def test_ses_is_asked_once_a_minute() -> None:
    """And what it says counts for five."""
    account = Account()
    account.reads(NOW)
    assert not needs_reading(account.row, NOW + AGAIN - timedelta(seconds=1))
    assert needs_reading(account.row, NOW + AGAIN)
    assert STALE > 3 * AGAIN
