"""Two campaigns at once write to the same people while these opt out: the rules are conditions in
the write of the intent."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from countersign.domain.campaigns.sent import Intent
from countersign.domain.jobs.suppression import Suppressed
from countersign.domain.lane.items import Item
from tests.fakes.campaigns import FakeCampaigns
from tests.fakes.lanes import FakeLanes
from tests.fakes.virtual_time import VirtualTime
from tests.fakes.world import START

APART = timedelta(days=7)
PEOPLE = [f"contact-{number:03}" for number in range(60)]


class _LooksFirst(FakeCampaigns):
    """The rules are looked at, and then the intent is written, as it was meant by then."""

    def _rule(self, intent: Intent) -> str:  # noqa: ARG002 - as the right one's
        return ""


def broken_by_a_race(*, looks_first: bool) -> tuple[int, int]:
    """How many intents came after an opt-out, and how many people were written to twice."""
    time = VirtualTime(START)
    store = (_LooksFirst if looks_first else FakeCampaigns)(FakeLanes(looks_at_head=False))
    written: Counter[str] = Counter()
    late: list[str] = []

    def campaign(job_id: str) -> None:
        for number, contact in enumerate(PEOPLE, 1):
            rule = store.standing([contact], time.now() - APART).get(contact, "")
            time.pauses(0.02)
            item = Item(number=number, entry=1, tries=1)
            token = f"{job_id}-{number}"
            intent = Intent(job_id, 1, item, contact, token, time.now(), APART)
            if rule or store.intend(intent):
                continue
            written[contact] += 1
            late.extend([contact] if contact in store.suppressed else [])

    def opting_out() -> None:
        time.pauses(0.01)
        for contact in PEOPLE[::3]:
            gone = Suppressed(key=contact, why="opt-out", since=time.now(), by="j-1")
            store.suppressed[contact] = gone
            time.pauses(0.06)

    time.runs([lambda: campaign("j-1"), lambda: campaign("j-2"), opting_out])
    return len(late), sum(n > 1 for n in written.values())


def test_nobody_is_written_to_after_an_opt_out_or_by_two_campaigns() -> None:
    """Control: where the rules are looked at before the intent, both happen."""
    assert broken_by_a_race(looks_first=False) == (0, 0)
    late, twice = broken_by_a_race(looks_first=True)
    assert late
    assert twice
