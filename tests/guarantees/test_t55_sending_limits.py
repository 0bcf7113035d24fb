"""T55: every limit of sending holds in every sliding window, under hundreds of senders.

Read from the provider's own journal: of any second and any 24 hours, of the account, of what is
campaigns', and of each group of receivers. All are sent, as fast as the limits let them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from countersign.campaigns.turns import reserve
from countersign.connectors.dynamodb.sending import DynamoSendingLimits
from countersign.domain.campaigns import quota
from countersign.domain.campaigns.groups import rows_for
from countersign.domain.campaigns.limits import CampaignLimits
from countersign.domain.campaigns.sending import Ask, Block, Booking, Row
from countersign.domain.errors import Throttled
from countersign.domain.limits.pace import moment
from countersign.domain.mail import Email
from infra.local.cloud import deployer
from infra.local.cloud.processes import local_cloud
from tests.fakes.sending import FakeSendingLimits
from tests.fakes.tables import create_jobs_table
from tests.fakes.world import FakeMail
from tests.guarantees.campaign_play import DAY, Play, most_in
from tests.seeds import drawn_seed
from tests.unit.steps import refunds

pytestmark = pytest.mark.guarantee("T55")

Figure = Callable[[str, int], None]

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CONTACTS = {"gmail": 900, "microsoft": 500, "company.example": 200, "": 400}
LIMITS = CampaignLimits(ramp=(), rates={"gmail": 30, "microsoft": 20})


def play(
    contacts: Mapping[str, int] = CONTACTS,
    sending: FakeSendingLimits | None = None,
    *,
    day: int = 1_700,
    limits: CampaignLimits = LIMITS,
    children: int = 300,
    others: float = 150.0,
    hears: bool = True,
) -> Play:
    """Of 2,000 messages 1,200 fit into a day."""
    rows = rows_for(contacts, limits.rates, limits.other_rate)
    return Play(
        contacts,
        sending or FakeSendingLimits(),
        quota=day,
        rate=100,
        limits=limits,
        children=children,
        seed=drawn_seed(),
        at=START,
        others=others,
        rows=rows,
        hears=hears,
    )


def holds(played: Play, contacts: Mapping[str, int] = CONTACTS) -> None:
    """Every limit, from the journal."""
    of, limits = played.provider, played.limits
    own = of.campaigns()
    assert len(own) == sum(contacts.values())
    assert most_in(own, 1) <= limits.rate(of.rate)
    assert most_in(own, DAY) <= limits.day(of.quota)
    assert most_in(of.journal(), DAY) <= of.quota
    for group in filter(None, contacts):
        assert most_in(of.journal(group), 1) <= limits.group_rate(group), group


def test_two_thousand_mails_of_three_hundred_children() -> None:
    """Children are killed between their turn and their call, sleep over their block, and end where
    they would wait longer than they last."""
    played = play()
    played.goes()
    holds(played)
    assert played.killed
    assert played.waits["campaigns"] > 100
    assert timedelta(days=1) < played.lasted < timedelta(days=2, hours=1)


def test_a_new_domain_climbs_its_ramp_meanwhile() -> None:
    """Of each 24 hours the step of their last day."""
    contacts = {"gmail": 200, "": 300}
    ramp = LIMITS.model_copy(update={"ramp": (100, 300)})
    played = play(contacts, limits=ramp, others=0, children=60)
    played.goes()
    holds(played, contacts)
    own = played.provider.campaigns()
    first, second = (moment(START) + day * DAY * 1_000_000 for day in (1, 2))
    assert 60 < most_in([at for at in own if at < first], DAY) <= 100
    assert 150 < most_in([at for at in own if at < second], DAY) <= 300


class _RateOfTheDay(FakeSendingLimits):
    """The day as a queue that moves on (GCRA): a full bucket, and what trickles into it."""

    def __init__(self, a_day: int) -> None:
        super().__init__()
        self._each, self._full = DAY / a_day, 0.0
        self._most = float(DAY)

    def row(self) -> Row:
        """No sum stands in the way."""
        return _empty(super().row())

    def book(self, booking: Booking) -> tuple[bool, Row]:
        at = booking.at / 1_000_000
        self._full = max(self._full, at)
        if self._full + booking.n * self._each > at + self._most:
            return False, replace(_empty(self.row()), total=10**9)
        self._row = _empty(self._row)
        done, row = super().book(booking)
        self._full += booking.n * self._each * done
        return done, _empty(row)


def _empty(row: Row) -> Row:
    return replace(row, total=0, counts={})


@pytest.mark.control
def test_control_a_rate_for_the_day_breaks_the_day() -> None:
    """Nearly twice as many go out within 24 hours."""
    naive = _RateOfTheDay(LIMITS.day(800))
    played = play({"": 550}, naive, day=800, others=0, children=20, hears=False)
    played.goes()
    assert most_in(played.provider.campaigns(), DAY) > 1.3 * LIMITS.day(800)


@pytest.mark.control
def test_control_a_part_of_the_day_that_is_dropped_too_early_breaks_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Parts that count for 24 hours after they began, and not after they ended."""
    monkeypatch.setattr(quota, "COUNTS", timedelta(days=1) // timedelta(minutes=5) - 1)
    played = play({"": 550}, day=800, others=0, children=50, hears=False)
    played.goes()
    assert most_in(played.provider.campaigns(), DAY) > LIMITS.day(800)


class _Account(FakeMail):
    """SES with a day of so many mails: what is beyond is refused."""

    def __init__(self, a_day: int) -> None:
        super().__init__()
        self.left = a_day

    def send(self, email: Email) -> str:
        if not self.left:
            raise Throttled("Daily message quota exceeded.")
        self.left -= 1
        return super().send(email)


def beside_a_campaign(limits: CampaignLimits) -> tuple[str, int]:
    """A campaign takes all of the day that it can get; then a refund comes in and is signed. How
    its job stands, and how many mails the customer got."""
    made, a_day = refunds.world(), 600
    made.mail = account = _Account(a_day)
    made.deps = made.deps_again()
    made.sending_limits.says(made.clock.now(), quota=a_day, rate=1_000)
    ask = Ask("", 8, "news.example.com", limits)
    while isinstance(block := reserve(made.sending_limits, ask, made.clock)[0], Block):
        account.left -= block.n
        made.clock.passes(seconds=1)
    journey = refunds.asks_for(made, "1043", 15_000)
    refunds.signs(made, journey, "jonas")
    journey.answered()
    return journey.record.job.status.value, len(made.mail.to(refunds.ADA))


def test_a_refund_is_signed_and_mailed_while_a_campaign_fills_the_day() -> None:
    """What is kept free is enough for it. Control: where campaigns may use up the account, not even
    the request is mailed to who would sign."""
    assert beside_a_campaign(CampaignLimits(ramp=())) == ("COMPLETED", 1)
    greedy = CampaignLimits.model_construct(
        reserved_percent=0, reserved_least=0, ramp=(), rates={}, other_rate=5
    )
    with pytest.raises(Throttled):
        beside_a_campaign(greedy)


@pytest.mark.soak
@pytest.mark.timeout(3_600)
def test_a_million_mails_in_virtual_time(figure: Figure) -> None:
    """Two hundred children, five days, others who send beside them, a new domain's ramp."""
    n = 1_000_000
    contacts = {"gmail": 400_000, "microsoft": 200_000, "yahoo": 100_000, "": 300_000}
    limits = CampaignLimits(
        ramp=(20_000, 60_000, 200_000), rates={"gmail": 120, "microsoft": 80, "yahoo": 60}
    )
    played = Play(
        contacts,
        FakeSendingLimits(),
        quota=300_000,
        rate=300,
        limits=limits,
        children=200,
        seed=drawn_seed(),
        at=START,
        others=20_000,
        rows=rows_for(contacts, limits.rates, limits.other_rate),
        threads=False,
    )
    played.goes()
    holds(played, contacts)
    most = most_in(played.provider.campaigns(), DAY)
    figure(f"{n} mails in {played.lasted.days} days, {most} of {limits.day(300_000)} in one", n)


@pytest.mark.soak
@pytest.mark.cloud
@pytest.mark.timeout(3_600)
def test_a_hundred_thousand_mails_on_the_emulators_table(figure: Figure) -> None:
    """Two hundred children, each with what it last saw of the real row: what the table refuses one
    of them, another has taken."""
    contacts = {"gmail": 40_000, "microsoft": 20_000, "yahoo": 10_000, "": 30_000}
    rates = {"gmail": 120, "microsoft": 80, "yahoo": 60}
    with local_cloud(0) as cloud:
        table = deployer.client("dynamodb", cloud.endpoint)
        create_jobs_table(table, "jobs")
        sending = _Counted("jobs", table)
        played = Play(
            contacts,
            sending,
            quota=90_000,
            rate=300,
            limits=CampaignLimits(ramp=(), rates=rates),
            children=200,
            seed=drawn_seed(),
            at=START,
            others=5_000,
            rows=rows_for(contacts, rates, LIMITS.other_rate),
            threads=False,
        )
        played.goes()
    holds(played, contacts)
    assert sending.refused
    most, limit = most_in(played.provider.campaigns(), DAY), played.limits.day(90_000)
    figure(
        f"100,000 mails on the emulator's table: {most:,} of {limit:,} in a day; of "
        f"{sending.asked:,} blocks {sending.refused:,} were refused and taken again",
        100_000,
    )


class _Counted(DynamoSendingLimits):
    """The real one, with how often it was asked for a block and said no."""

    def __init__(self, table: str, db: Any) -> None:
        super().__init__(table, db)
        self.asked = self.refused = 0

    def book(self, booking: Booking) -> tuple[bool, Row]:
        done, row = super().book(booking)
        self.asked += 1
        self.refused += not done
        return done, row
