"""Slots and breakers: the same rules hold for the fake and for moto's table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import boto3
import pytest
from moto import mock_aws

from countersign.connectors.dynamodb.limits import DynamoLimits
from countersign.connectors.dynamodb.store import DynamoStore
from countersign.domain.errors import ConnectorResting, SlotTaken, StoreConflict
from countersign.domain.jobs.change import Change, JobRecord
from countersign.domain.limits.circuit_breaker import Breaker, failed, paused
from countersign.domain.limits.slots import RateLimit, Slot, given_back, lease
from countersign.domain.ports import ConnectorLimits, JobStore
from tests.contract.test_store import commit, stored
from tests.fakes.store import FakeStore
from tests.fakes.tables import create_jobs_table
from tests.fakes.world import START

LIMIT = RateLimit(slots=2, seconds=1)


@dataclass
class Both:
    """The table, as the store and as the limits see it."""

    store: JobStore
    limits: ConnectorLimits

    def takes(self, record: JobRecord, slot: Slot) -> JobRecord:
        return commit(self.store, record, Change(event="claimed", actor="x", takes=slot))

    def gives_back(self, record: JobRecord, slot: Slot | None) -> JobRecord:
        return commit(self.store, record, Change(event="acted", actor="x", frees=slot))


@pytest.fixture(params=["fake", "moto"])
def both(request: pytest.FixtureRequest) -> Iterator[Both]:
    """The adapters under the contract."""
    if request.param == "fake":
        store = FakeStore()
        yield Both(store, store.limits)
        return
    request.getfixturevalue("made_up_credentials")
    with mock_aws():
        db = boto3.client("dynamodb")
        create_jobs_table(db, "jobs")
        yield Both(DynamoStore("jobs", db), DynamoLimits("jobs", db))


def a_slot(attempt: str = "a", *, number: int = 0, after: float = 0, seconds: float = 30) -> Slot:
    return lease("crm", number, attempt, START + timedelta(seconds=after), seconds)


def test_a_slot_is_taken_with_the_change(both: Both) -> None:
    """The row stands as the change says; the job moved on in the same write."""
    record = both.takes(stored(both.store), a_slot())
    assert list(both.limits.slots("crm")) == [a_slot()]
    assert both.store.load(record.job.job_id).job.version == record.job.version


def test_a_held_slot_refuses_the_whole_change(both: Both) -> None:
    """SlotTaken: the job is as it was, and the slot is its holder's."""
    both.takes(stored(both.store), a_slot("a"))
    record = stored(both.store, "evt-2")
    with pytest.raises(SlotTaken):
        both.takes(record, a_slot("b"))
    assert both.store.load(record.job.job_id) == record
    assert list(both.limits.slots("crm")) == [a_slot("a")]
    both.takes(record, a_slot("b", number=1))


def test_a_slot_is_anybodys_from_its_end_on(both: Both) -> None:
    """To the millisecond: at the end, not before it."""
    held = a_slot("a")
    both.takes(stored(both.store), held)
    wait = (held.free_at - START).total_seconds()
    record = stored(both.store, "evt-2")
    with pytest.raises(SlotTaken):
        both.takes(record, a_slot("b", after=wait - 0.001))
    both.takes(record, a_slot("b", after=wait))


def test_a_slot_is_given_back_by_its_holder_only(both: Both) -> None:
    """With the change, by itself, and never by who had it before."""
    late, mine = a_slot("a", seconds=-20), a_slot("b", after=1)
    first = both.takes(stored(both.store), late)
    both.takes(stored(both.store, "evt-2"), mine)
    both.limits.free(late)
    with pytest.raises(StoreConflict):
        both.gives_back(first, late)
    assert list(both.limits.slots("crm")) == [mine]
    back = given_back(mine, START + timedelta(seconds=5), LIMIT, 1)
    assert back
    both.limits.free(back)
    assert list(both.limits.slots("crm")) == [back]


def test_a_job_that_changed_is_told_before_its_slot(both: Both) -> None:
    """Both are refused: the job's own conflict is what counts."""
    record = stored(both.store)
    both.takes(record, a_slot("a"))
    with pytest.raises(StoreConflict):
        both.takes(record, a_slot("b"))


def test_an_open_breaker_refuses_the_claim(both: Both) -> None:
    """ConnectorResting, for this connector, until it closes."""
    breaker = paused(both.limits.breaker("crm"), START, 60)
    assert both.limits.replace(Breaker(connector="crm"), breaker)
    record = stored(both.store)
    with pytest.raises(ConnectorResting):
        both.takes(record, a_slot())
    both.takes(record, a_slot(after=60))


def test_a_closed_breaker_lets_claims_pass(both: Both) -> None:
    """A row with a few failures and no end is no obstacle."""
    both.limits.replace(Breaker(connector="crm"), failed(Breaker(connector="crm"), START))
    both.takes(stored(both.store), a_slot())
    assert both.limits.slots("crm") == [a_slot()]


def test_failures_of_two_are_both_counted(both: Both) -> None:
    """Who wrote over what the other one saw is told so, and reads again."""
    before = both.limits.breaker("crm")
    once = failed(before, START)
    assert both.limits.replace(before, once)
    assert not both.limits.replace(before, failed(before, START))
    assert both.limits.replace(once, failed(once, START))
    assert len(both.limits.breaker("crm").failures) == 2
