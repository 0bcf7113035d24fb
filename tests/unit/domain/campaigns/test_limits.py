"""What bounds a campaign, and the ramp of its sending domain."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from countersign.domain.campaigns.limits import CampaignLimits
from countersign.domain.campaigns.ramp import STEPS, days_for, most_on

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("quota", "day"), [(50_000, 40_000), (2_501, 2_000), (2_000, 1_500), (500, 0), (200, 0)]
)
def test_a_fifth_of_the_day_and_five_hundred_at_least_stay_free(quota: int, day: int) -> None:
    """Of a small account nothing is left for campaigns."""
    assert CampaignLimits().day(quota) == day


@pytest.mark.parametrize(("rate", "left"), [(14, 11), (1, 0), (2, 1), (100, 80)])
def test_a_fifth_of_the_rate_stays_free(rate: int, left: int) -> None:
    """Rounded so that never less than a fifth is kept."""
    assert CampaignLimits().rate(rate) == left


def test_more_may_be_kept_and_never_less_than_five_hundred() -> None:
    """A setting; and each of them is another plan."""
    assert CampaignLimits(reserved_percent=50).day(10_000) == 5_000
    assert CampaignLimits(reserved_least=900).day(1_000) == 100
    with pytest.raises(ValidationError):
        CampaignLimits(reserved_least=499)
    assert (
        len(
            {
                CampaignLimits().digest,
                CampaignLimits(ramp=()).digest,
                CampaignLimits(reserved_percent=21).digest,
            }
        )
        == 3
    )


def test_a_group_has_its_own_rate() -> None:
    """Any other group the common one."""
    assert CampaignLimits(rates={"gmail": 9}, other_rate=2).group_rate("gmail") == 9
    assert CampaignLimits(rates={"gmail": 9}, other_rate=2).group_rate("a.example") == 2


def test_the_ramp_climbs_day_by_day() -> None:
    """And ends: then nothing of it bounds a day."""
    assert most_on(STEPS, NOW, NOW) == 500
    assert most_on(STEPS, NOW, NOW + timedelta(hours=23, minutes=59)) == 500
    assert most_on(STEPS, NOW, NOW + timedelta(days=3)) == 4_000
    assert most_on(STEPS, NOW, NOW + timedelta(days=len(STEPS))) is None
    assert most_on(STEPS, NOW, NOW - timedelta(seconds=1)) == 500
    assert most_on((), NOW, NOW) is None


@pytest.mark.parametrize(
    ("mails", "days"), [(0, 0), (500, 0), (501, 1), (3_500, 2), (10**6, len(STEPS))]
)
def test_how_long_a_plan_takes_by_the_ramp_alone(mails: int, days: int) -> None:
    """Whole days before the last mail may go."""
    assert days_for(STEPS, mails) == days
