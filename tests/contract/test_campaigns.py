"""The messages of campaigns, on the table and in memory: the same rules hold for both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from countersign.connectors.dynamodb.campaigns import DynamoCampaigns
from countersign.connectors.dynamodb.lanes import DynamoLanes
from countersign.connectors.dynamodb.suppression import DynamoSuppressionList
from countersign.domain.campaigns.ports import CampaignStore
from countersign.domain.campaigns.sent import SUPPRESSED, TOO_SOON, Event, Intent, MessageState
from countersign.domain.errors import BatchTaken
from countersign.domain.jobs.suppression import Suppressed
from countersign.domain.lane.batches import entered
from countersign.domain.lane.items import Ended, ItemState, claimed, ended_as, put_back
from countersign.domain.lane.run import Lanes
from tests.fakes.campaigns import FakeCampaigns
from tests.fakes.lanes import FakeLanes
from tests.fakes.on_moto import jobs_table

AT = datetime(2026, 11, 30, 9, tzinfo=UTC)
APART = timedelta(days=7)
DONE = Ended(state=ItemState.DONE, result='{"message_id":"m-1"}')


@dataclass(frozen=True)
class Table:
    """The messages, the lanes beside them, and a word that puts somebody on the list."""

    store: CampaignStore
    lanes: Lanes
    suppresses: Callable[[Suppressed], Any]

    def enters(self, job: str = "j-1") -> int:
        """A visit of the batch begins; its number."""
        held = self.lanes.head(job, 1)
        mine = entered(held, 1)
        self.lanes.keep_head(job, 1, held, mine)
        return mine.entry

    def intent(self, entry: int, number: int = 1, job: str = "j-1") -> Intent:
        """To write to somebody, as the visit of this number does."""
        held = self.lanes.items(job, 1).get(number)
        claim = claimed(held, number, entry)
        return Intent(job, 1, claim, f"who-{number}", f"hash-{job}-{entry}-{number}", AT, APART)


@pytest.fixture(params=["fake", "moto"])
def table(request: pytest.FixtureRequest) -> Iterator[Table]:
    """The adapters under the contract."""
    if request.param == "fake":
        lanes = FakeLanes()
        fake = FakeCampaigns(lanes)
        yield Table(fake, lanes, lambda row: fake.suppressed.update({row.key: row}))
        return
    with jobs_table() as db:
        listed = DynamoSuppressionList("jobs", db)
        yield Table(DynamoCampaigns("jobs", db), DynamoLanes("jobs", db), listed.add)


def test_an_intent_is_written_once_and_says_what_it_is_about(table: Table) -> None:
    """The message is intended, the item claimed; who claims it again in the same visit is late."""
    intent = table.intent(table.enters())
    assert table.store.intend(intent) == ""
    assert table.store.messages("j-1", 1) == {1: intent.message}
    assert table.store.messages("j-1", 1)[1].state is MessageState.INTENDED
    assert table.lanes.items("j-1", 1) == {1: intent.item}


def test_who_was_overtaken_intends_nothing(table: Table) -> None:
    """The head is looked at in the same write."""
    late = table.intent(table.enters())
    table.enters()
    with pytest.raises(BatchTaken):
        table.store.intend(late)
    assert table.store.messages("j-1", 1) == {}


def test_who_is_on_the_list_gets_nothing(table: Table) -> None:
    """However late they came on it, and nothing is written."""
    intent = table.intent(table.enters())
    table.suppresses(Suppressed(key="who-1", why="opt-out", since=AT, by="j-0"))
    assert table.store.intend(intent) == SUPPRESSED
    assert (table.store.messages("j-1", 1), table.lanes.items("j-1", 1)) == ({}, {})


def test_one_person_gets_one_message_within_the_days(table: Table) -> None:
    """Of all campaigns together; the day after there may be another one."""
    assert table.store.intend(table.intent(table.enters())) == ""
    other = table.intent(table.enters("j-2"), job="j-2")
    assert table.store.intend(replace(other, at=AT + APART - timedelta(seconds=1))) == TOO_SOON
    assert table.store.intend(replace(other, at=AT + APART)) == ""


def test_what_is_taken_back_was_never_intended(table: Table) -> None:
    """Another campaign may write to the person, and the next visit to the same item."""
    intent = table.intent(table.enters())
    table.store.intend(intent)
    table.store.withdraw(intent, put_back(intent.item))
    assert table.store.messages("j-1", 1) == {}
    assert table.store.standing(["who-1"], AT - APART) == {}
    again = table.intent(table.enters())
    assert table.store.intend(again) == ""


def test_a_message_that_was_sent_is_known_by_its_id(table: Table) -> None:
    """And its item has ended; said once more because the answer was lost, it is the same."""
    intent = table.intent(table.enters())
    table.store.intend(intent)
    over = ended_as(intent.item, DONE)
    table.store.sent("j-1", 1, over, "m-1")
    table.store.sent("j-1", 1, over, "m-1")
    assert table.store.messages("j-1", 1)[1].message_id == "m-1"
    assert table.lanes.items("j-1", 1) == {1: over}


def test_an_event_may_come_before_the_end_is_stored(table: Table) -> None:
    """Neither takes the other's place."""
    intent = table.intent(table.enters())
    table.store.intend(intent)
    assert table.store.event(("j-1", 1, 1), Event.DELIVERED, AT, "m-1")
    table.store.sent("j-1", 1, ended_as(intent.item, DONE), "m-1")
    found = table.store.messages("j-1", 1)[1]
    assert (found.state, found.message_id) == (MessageState.DELIVERED, "m-1")


def test_it_is_told_whom_the_rules_forbid_now(table: Table) -> None:
    """Of hundreds at once: who is on the list, who was written to since then."""
    table.store.intend(table.intent(table.enters()))
    table.suppresses(Suppressed(key="who-2", why="opt-out", since=AT, by="j-0"))
    every = [f"who-{number}" for number in range(1, 131)]
    since = AT - timedelta(days=1)
    assert table.store.standing(every, since) == {"who-1": TOO_SOON, "who-2": SUPPRESSED}
    assert table.store.standing(every, AT) == {"who-2": SUPPRESSED}
