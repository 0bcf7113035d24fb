"""Caps: the same rules hold for the fake and for the table, with one who writes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from countersign.connectors.dynamodb.caps import DynamoCaps
from countersign.connectors.dynamodb.store import DynamoStore
from countersign.domain.jobs.change import Due, JobRecord, created
from countersign.domain.jobs.intake import accepted, new_job
from countersign.domain.jobs.job import Pointer, Source
from countersign.domain.limits.caps import Cap, Caps, Reservation
from countersign.domain.money import Money
from countersign.domain.planning.reservations import CHECK_AFTER
from countersign.domain.ports import JobStore
from tests.fakes.caps import FakeCaps
from tests.fakes.on_moto import jobs_table
from tests.fakes.store import FakeStore
from tests.fakes.world import START, FakeIds

DAY, NEXT = "2026-03-02", "2026-03-03"


def eur(cents: int) -> Money:
    return Money.model_validate({"minor": cents, "currency": "EUR"})


def cap(most: int = 100, key: str = "all", day: str = DAY) -> Cap:
    return Cap(key=key, day=day, most=eur(most), sentence="full")


@dataclass
class Bank:
    """The adapter under the contract, with the jobs beside it."""

    store: JobStore
    caps: Caps

    def job(self, event: str = "evt-1") -> str:
        """A job is stored; its id."""
        source = Source(
            door="webhook",
            sender="refund_request",
            event_id=event,
            payload=Pointer(bucket="payloads", key="raw/x"),
            body_digest="b0",
            size=12,
            received_at=START,
        )
        job = new_job("refund_request", "r0", source, START)
        made, entry = created(job, accepted(job), FakeIds().salt)
        self.store.create(made, entry, accepted(job))
        return job.job_id

    def takes(self, job_id: str, cents: int, *caps: Cap, **parts: Any) -> str:
        """Reserve; what the total would have been where a cap is reached, else nothing."""
        wanted = wants(job_id, cents, *caps, **parts)
        full = self.caps.reserve(caps, wanted)
        return full.value if full else ""

    def total(self, key: str = "all", day: str = DAY) -> str:
        """The counter, as a cap of nothing tells it to one who wants nothing."""
        probe = wants("j-probe", 0, cap(-1, key, day), key="probe")
        full = self.caps.reserve([cap(-1, key, day)], probe)
        assert full is not None
        return full.value

    def record(self, job_id: str) -> JobRecord:
        return self.store.load(job_id)


def wants(job_id: str, cents: int, *caps: Cap, key: str = "k", attempt: str = "a-1") -> Reservation:
    return Reservation(
        key=key,
        job_id=job_id,
        attempt=attempt,
        amount=eur(cents),
        counters=tuple(one.counter for one in caps),
        reserved_at=START,
    )


@pytest.fixture(params=["fake", "moto"])
def bank(request: pytest.FixtureRequest) -> Iterator[Bank]:
    """Fake and table, one after the other."""
    if request.param == "fake":
        store = FakeStore()
        yield Bank(store, FakeCaps(store))
        return
    with jobs_table() as db:
        yield Bank(DynamoStore("jobs", db), DynamoCaps("jobs", db))


def test_the_job_has_its_reservation_and_the_hour_at_which_tick_looks(bank: Bank) -> None:
    """What was reserved is read with the job, byte for byte, and a due row goes with it."""
    job_id = bank.job()
    assert bank.takes(job_id, 60, cap()) == ""
    record = bank.record(job_id)
    assert record.reservations == {"k": wants(job_id, 60, cap())}
    assert record.due["reservation"] == Due(kind="reservation", at=START + CHECK_AFTER)
    assert [row.due.kind for row in bank.store.due(START + CHECK_AFTER)] == ["queue", "reservation"]


def test_the_cap_itself_may_be_reached_and_nothing_is_written_beyond(bank: Bank) -> None:
    """60 and 40 of 100 fit; one cent more does not, and leaves no trace."""
    first, second, third = (bank.job(f"evt-{n}") for n in range(3))
    assert bank.takes(first, 60, cap()) == ""
    assert bank.takes(second, 41, cap()) == "1.01 EUR"
    assert bank.takes(second, 40, cap()) == ""
    assert bank.takes(third, 1, cap()) == "1.01 EUR"
    assert bank.record(third).reservations == {}
    assert "reservation" not in bank.record(third).due
    assert bank.total() == "1.00 EUR"


def test_all_caps_or_none(bank: Bank) -> None:
    """Where the second cap is full, the first is not drawn on."""
    job_id = bank.job()
    assert bank.takes(job_id, 60, cap(), cap(50, "customer")) == "0.60 EUR"
    assert bank.total() == "0.00 EUR"


def test_the_same_action_is_counted_once_whoever_asks(bank: Bank) -> None:
    """A second attempt of the same action takes its reservation over, even under a full cap."""
    job_id = bank.job()
    bank.takes(job_id, 60, cap())
    assert bank.takes(job_id, 60, cap(), attempt="a-1") == ""
    assert bank.takes(job_id, 60, cap(), attempt="a-2") == ""
    assert bank.record(job_id).reservations["k"].attempt == "a-2"
    assert bank.total() == "0.60 EUR"
    assert bank.takes(job_id, 40, cap(), key="another") == ""
    assert bank.takes(job_id, 60, cap(), attempt="a-3") == ""


def test_what_is_freed_is_free_once(bank: Bank) -> None:
    """The second time there is nothing to free, and others have the room."""
    first, second = bank.job("evt-1"), bank.job("evt-2")
    bank.takes(first, 60, cap(), cap(80, "customer"))
    held = bank.record(first).reservations["k"]
    assert bank.caps.release(held)
    assert not bank.caps.release(held)
    assert bank.record(first).reservations == {}
    assert (bank.total(), bank.total("customer")) == ("0.00 EUR", "0.00 EUR")
    assert bank.takes(second, 100, cap()) == ""


def test_who_frees_an_older_attempt_frees_nothing(bank: Bank) -> None:
    """Between reading and freeing the job came back and renewed it."""
    job_id = bank.job()
    bank.takes(job_id, 60, cap())
    old = bank.record(job_id).reservations["k"]
    bank.takes(job_id, 60, cap(), attempt="a-2")
    assert not bank.caps.release(old)
    assert bank.total() == "0.60 EUR"


def test_an_action_that_comes_back_the_next_day_counts_on_that_day(bank: Bank) -> None:
    """Tomorrow's cap is asked; yesterday's counter is history."""
    job_id = bank.job()
    bank.takes(job_id, 60, cap())
    assert bank.takes(job_id, 60, cap(50, day=NEXT), attempt="a-2") == "0.60 EUR"
    assert bank.takes(job_id, 60, cap(day=NEXT), attempt="a-2") == ""
    assert (bank.total(), bank.total(day=NEXT)) == ("0.60 EUR", "0.60 EUR")
    assert bank.record(job_id).reservations["k"].counters == (f"all/{NEXT}",)


class SendsTwice:
    """A client whose first answer is lost: like boto3, it sends the same write again. moto knows
    no tokens, so the second one is applied wherever no condition stops it."""

    def __init__(self, db: Any) -> None:
        self._db = db

    def __getattr__(self, name: str) -> Any:
        return getattr(self._db, name)

    def transact_write_items(self, **given: Any) -> Any:
        self._db.transact_write_items(**given)
        return self._db.transact_write_items(**given)

    def update_item(self, **given: Any) -> Any:
        self._db.update_item(**given)
        return self._db.update_item(**given)


@pytest.fixture
def lossy() -> Iterator[Any]:
    """A table behind a net that loses the first answer to every write."""
    with jobs_table() as db:
        yield SendsTwice(db)


def test_a_lost_answer_counts_nothing_twice_and_locks_nobody_out(lossy: Any) -> None:
    """The write that "fails" the second time left our attempt behind: it was ours."""
    bank = Bank(DynamoStore("jobs", lossy._db), DynamoCaps("jobs", lossy))
    job_id = bank.job()
    assert bank.takes(job_id, 60, cap()) == ""
    assert bank.total() == "0.60 EUR"
    bank.caps.release(bank.record(job_id).reservations["k"])
    assert bank.total() == "0.00 EUR"


@pytest.mark.control
def test_control_add_counts_a_lost_answer_twice(lossy: Any) -> None:
    """A bare increment, sent again, is there again."""
    lossy.update_item(
        TableName="jobs",
        Key={"pk": {"S": "CAP#naive"}, "sk": {"S": "CAP"}},
        UpdateExpression="ADD #total :amount",
        ExpressionAttributeNames={"#total": "total"},
        ExpressionAttributeValues={":amount": {"N": "60"}},
    )
    found = lossy.get_item(TableName="jobs", Key={"pk": {"S": "CAP#naive"}, "sk": {"S": "CAP"}})
    assert found["Item"]["total"]["N"] == "120"


def test_what_is_wrong_with_the_table_is_not_taken_for_a_race(lossy: Any) -> None:
    """An error that is no conflict is raised, not tried again."""
    lossy.delete_table(TableName="jobs")
    with pytest.raises(ClientError):
        DynamoCaps("jobs", lossy).reserve([cap()], wants("j-1", 1, cap()))


def test_a_reservation_of_tomorrow_is_no_part_of_today(bank: Bank) -> None:
    """Two days are two counters."""
    first, second = bank.job("evt-1"), bank.job("evt-2")
    assert bank.takes(first, 100, cap()) == ""
    assert bank.takes(second, 100, cap(day=NEXT)) == ""
    assert bank.record(second).due["reservation"].at - START < timedelta(hours=1)
