"""What is heard of messages: the same rules hold for the fake and for DynamoDB."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from countersign.connectors.dynamodb.campaign_events import (
    ANSWERS_FOR,
    DynamoCampaignEvents,
    message_key,
    token_row,
)
from countersign.connectors.dynamodb.suppression import DynamoSuppressionList
from countersign.domain.campaigns.ports import CampaignEvents
from countersign.domain.campaigns.sent import Event, Intent
from countersign.domain.errors import StoreConflict
from countersign.domain.jobs.suppression import Suppressed
from countersign.domain.lane.batches import Head
from countersign.domain.lane.items import Item
from countersign.domain.ports import SuppressionList
from tests.fakes.campaigns import FakeCampaigns
from tests.fakes.lanes import FakeLanes
from tests.fakes.on_moto import jobs_table
from tests.fakes.store import FakeStore
from tests.fakes.suppression import FakeSuppressionList
from tests.fakes.world import START

JOB = "j-1"


@dataclass(frozen=True)
class Table:
    """What is heard, the list beside it, and a word for what was sent before."""

    events: CampaignEvents
    suppression: SuppressionList
    intends: Callable[[int], None]
    forgets: Callable[[int], object]
    """Nothing is known of a message any more, as after `countersign forget`."""
    db: Any = None


@pytest.fixture(params=["fake", "moto"])
def table(request: pytest.FixtureRequest) -> Iterator[Table]:
    """The adapters under the contract."""
    if request.param == "fake":
        store, lanes = FakeStore(), FakeLanes()
        lanes.keep_head(JOB, 1, None, Head(attempt=1, entry=1))
        fake = FakeCampaigns(lanes, store.suppressed)
        item = Item(number=0, entry=1, tries=1)

        def intends(number: int) -> None:
            it = item.model_copy(update={"number": number})
            apart = timedelta(days=7)
            fake.intend(Intent(JOB, 1, it, f"who-{number}", f"hash-{number}", START, apart))

        yield Table(fake, FakeSuppressionList(store), intends, fake.forgets)
        return
    with jobs_table() as db:

        def puts(number: int) -> None:
            where = (JOB, 1, number)
            row = {**message_key(*where), "contact": {"S": f"who-{number}"}}
            token = token_row(f"hash-{number}", where, f"who-{number}", START)
            for one in (row, token):
                db.put_item(TableName="jobs", Item=one)

        def gone(number: int) -> None:
            db.delete_item(TableName="jobs", Key=message_key(JOB, 1, number))

        events, suppression = DynamoCampaignEvents("jobs", db), DynamoSuppressionList("jobs", db)
        yield Table(events, suppression, puts, gone, db)


def why(table: Table) -> dict[str, Suppressed]:
    return {row.key: row for row in table.suppression.rows()}


def test_an_event_is_noted_and_counted_once(table: Table) -> None:
    """Twice is once; of a message that nobody sent, nothing is noted."""
    table.intends(1)
    for event in (Event.SENT, Event.DELIVERED):
        assert table.events.event((JOB, 1, 1), event, START, "m-1")
        assert not table.events.event((JOB, 1, 1), event, START, "m-1")
        assert not table.events.event((JOB, 1, 2), event, START, "m-2")
    assert table.events.counts(JOB) == {Event.SENT: 1, Event.DELIVERED: 1}
    assert table.events.counts("j-2") == {}
    assert why(table) == {}


@pytest.mark.parametrize(
    ("event", "said"), [(Event.BOUNCED, "bounce"), (Event.COMPLAINED, "complaint")]
)
def test_who_is_not_wanted_is_on_the_list_by_the_reason_first_heard(
    table: Table, event: Event, said: str
) -> None:
    """Its contact, since that moment, by its job; what is heard later says nothing else."""
    table.intends(1)
    table.events.event((JOB, 1, 1), event, START, "m-1")
    later = START + timedelta(days=1)
    table.events.event((JOB, 1, 1), Event.COMPLAINED, later, "m-1")
    table.events.opt_out("hash-1", later)
    (row,) = why(table).values()
    assert (row.key, row.why, row.since, row.by) == ("who-1", said, START, JOB)


def test_in_any_order_the_counts_are_the_same(table: Table) -> None:
    """Sent, delivered and complained, in each of their six orders."""
    heard = (Event.SENT, Event.DELIVERED, Event.COMPLAINED)
    for number, order in enumerate(itertools.permutations(heard), 1):
        table.intends(number)
        for event in order:
            assert table.events.event((JOB, 1, number), event, START, f"m-{number}")
    assert table.events.counts(JOB) == dict.fromkeys(heard, 6)


def test_an_address_for_unsubscribing_acts_once_and_is_known_by_its_hash(table: Table) -> None:
    """Known or not is told to who asks; twice is once."""
    table.intends(1)
    assert table.events.opt_out("hash-1", START)
    assert table.events.opt_out("hash-1", START + timedelta(hours=1))
    assert not table.events.opt_out("hash-2", START)
    assert {key: row.why for key, row in why(table).items()} == {"who-1": "opt-out"}
    assert why(table)["who-1"].since == START
    assert table.events.counts(JOB) == {Event.OPTED_OUT: 1}


def test_many_at_once_count_exactly(table: Table) -> None:
    """Forty messages, each event heard twice at the same time from sixteen
    threads."""
    numbers = range(1, 41)
    for number in numbers:
        table.intends(number)

    def hears(number: int) -> bool:
        while True:
            try:
                return table.events.event((JOB, 1, number), Event.SENT, START, f"m-{number}")
            except StoreConflict:
                continue

    # Moto's table is one of one thread.
    with ThreadPoolExecutor(1 if table.db else 16) as pool:
        new = list(pool.map(hears, [*numbers, *numbers]))
    assert sum(new) == len(numbers)
    assert table.events.counts(JOB) == {Event.SENT: len(numbers)}


def test_the_row_of_an_address_names_nobody_and_lasts_for_400_days() -> None:
    """Neither the address of the contact nor the token is in it."""
    row = token_row("hash-1", (JOB, 1, 1), "who-1", START)
    days = (int(row["ttl"]["N"]) - START.timestamp()) / 86_400
    assert days == ANSWERS_FOR.days >= 400
    assert set(row) == {"pk", "sk", "job", "batch", "item", "contact", "ttl"}


def test_another_mail_s_event_says_nothing_of_this_one(table: Table) -> None:
    """Where the provider's id is known, only events of that very sending are noted."""
    table.intends(1)
    table.events.event((JOB, 1, 1), Event.SENT, START, "m-1")
    assert not table.events.event((JOB, 1, 1), Event.DELIVERED, START, "m-other")
    assert Event.DELIVERED not in table.events.counts(JOB)


def test_the_counts_at_the_last_stop_are_kept(table: Table) -> None:
    """None before the first; of another campaign nothing; they are no counts of their own."""
    assert table.events.stopped_at(JOB) == {}
    for many in (3, 4):
        table.events.keep_stop(JOB, {Event.SENT: 400, Event.COMPLAINED: many}, START)
    assert table.events.stopped_at(JOB) == {Event.SENT: 400, Event.COMPLAINED: 4}
    assert table.events.stopped_at("j-2") == {}
    assert table.events.counts(JOB) == {}


def test_an_address_for_unsubscribing_answers_after_forget(table: Table) -> None:
    """Its row leads to nobody and to no message: it acts when nothing of either is left."""
    table.intends(1)
    table.forgets(1)
    assert table.events.opt_out("hash-1", START)
    assert {key: row.why for key, row in why(table).items()} == {"who-1": "opt-out"}
