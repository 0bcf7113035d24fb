"""T55: a campaign through its whole children, which are killed, paused and cancelled: nobody gets
two, nobody is lost, every limit holds in every window of the provider's journal, and nobody is
written to after they said that they want no more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest

from countersign.domain.campaigns.groups import GROUPS
from countersign.domain.campaigns.limits import CampaignLimits
from countersign.domain.jobs.job import Status
from tests.guarantees.campaign_play import DAY, most_in
from tests.guarantees.whole_campaign import Chances, LooksFirst, Whole
from tests.seeds import drawn_seed

pytestmark = pytest.mark.guarantee("T55")

Figure = Callable[[str, int], None]
IN_FLIGHT = timedelta(seconds=10)
"""From the intent, which looks at the list, to the provider."""


def holds(whole: Whole) -> Counter[str]:
    """All of it; how many rows ended how."""
    limits, table = CampaignLimits(), whole.table()
    ends, got = Counter(table.values()), Counter(to for _, to in whole.seen.journal)
    assert set(got.values()) == {1}, "nobody gets two"
    assert ends.total() == len(whole.rows), "nobody is lost"
    assert all(table[to] in {"sent", "unknown"} for to in got)
    assert all(to in got for to, state in table.items() if state == "sent")
    found = {name: int(whole.mailing.evidence[name]) for name in ("done", "unknown", "left")}
    assert found == {"done": ends["sent"], "unknown": ends["unknown"], "left": ends["left"]}
    assert whole.late() == [], "an intent after an opt-out"
    assert whole.latest() < IN_FLIGHT
    assert most_in(whole.journal(), 1) <= limits.rate(whole.rate)
    assert most_in(whole.journal(), DAY) <= limits.day(whole.quota)
    for group, most in limits.rates.items():
        assert most_in(whole.journal(*GROUPS[group]), 1) <= most, group
    return ends


def test_killed_and_paused_at_random_everybody_gets_one_or_is_accounted_for() -> None:
    """To its end: whoever got none was left out by a rule, or a person has their row."""
    whole = Whole(120, Chances(drawn_seed(), pauses=(0.7, 1.6)), children=40)
    whole.goes()
    ends = holds(whole)
    assert ends["left"] == 0
    assert ends["sent"] > 80


def test_cancelled_in_the_middle_each_row_is_in_one_state() -> None:
    """What was begun is found out; what was not is left, and nobody of it got a mail."""
    whole = Whole(120, Chances(drawn_seed(), cancels=1.0), children=40)
    whole.goes()
    ends = holds(whole)
    assert whole.mailing.evidence["word"] == "cancelled"
    assert ends["left"] > 0
    assert ends["sent"] > 0


@pytest.mark.control
def test_control_where_the_list_is_read_before_the_intent_somebody_gets_one_after() -> None:
    """Not a mail that was on its way: one that was begun after they had said it."""
    chances = Chances(drawn_seed(), opt_outs=2.0, dies=0.0)
    whole = Whole(150, chances, children=40, stores=LooksFirst)
    whole.goes()
    assert whole.late()


@pytest.mark.soak
@pytest.mark.parametrize("cancels", [None, 30.0])
def test_two_thousand_contacts_and_three_hundred_children(
    cancels: float | None, figure: Figure
) -> None:
    """The same at length: a new domain's ramp, a day of fewer mails than the list has contacts."""
    chances = Chances(drawn_seed(), pauses=(2.0, 9.0, 20.0), cancels=cancels, dies=0.004)
    whole = Whole(2_000, chances, children=300, quota=1_700)
    whole.goes()
    ends = holds(whole)
    assert whole.seen.children >= 300
    assert whole.seen.killed > 10
    assert (ends["left"] > 0) is (cancels is not None)
    assert whole.status in {Status.COMPLETED, Status.ESCALATED}
    told = f"{whole.seen.killed} functions killed, {whole.seen.paused} pauses, {dict(ends)}"
    figure(f"2000 contacts, {told}", len(whole.seen.journal))
