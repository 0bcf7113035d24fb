"""Large results lie apart: a step costs the same, however large what it does not read is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest
from botocore.exceptions import ClientError

from countersign.connectors.dynamodb import apart
from countersign.connectors.dynamodb.store import DynamoStore
from countersign.domain.contract import Contract
from countersign.domain.errors import UnknownVersion
from countersign.domain.jobs.change import Change, JobRecord, after, created, transition
from countersign.domain.jobs.intake import accepted, new_job
from countersign.domain.jobs.job import Pointer, Source, Status
from tests.builders import held as an_action
from tests.fakes.on_moto import jobs_table
from tests.fakes.world import START, FakeIds, FakePayloads
from tests.seeds import dealt_by

IDS = FakeIds()
SIZES = (64_000, 400_000, 1_000_000, 5_000_000)
"""Bytes of what is not read."""
LIKE = 1_000
"""Bytes by which two steps may differ: a digest, and numbers with more digits."""
NAMES = ("input", "proposal", "call.0.0")


class Long(Contract):
    """Whatever grows with its message."""

    CONTRACT: ClassVar[str] = "tests.long"
    VERSION: ClassVar[int] = 1

    text: str


@dataclass
class Step:
    """What a step costs that reads nothing of it: calls, and bytes over the wire."""

    calls: int = 0
    bytes: int = 0


@contextmanager
def counted(db: Any) -> Iterator[Step]:
    """Of all calls to the table in between."""
    cost = Step()

    def sent(params: Any, **_: Any) -> None:
        cost.calls += 1
        cost.bytes += len(params["body"])

    def came(http_response: Any, **_: Any) -> None:
        cost.bytes += len(http_response.content)

    events = db.meta.events
    events.register("before-call.dynamodb", sent)
    events.register("after-call.dynamodb", came)
    yield cost
    events.unregister("before-call.dynamodb", sent)
    events.unregister("after-call.dynamodb", came)


def begun(store: DynamoStore, event: str) -> JobRecord:
    """A job."""
    where = Pointer(bucket="payloads", key="raw/x")
    source = Source(
        door="upload",
        sender="calls",
        event_id=event,
        payload=where,
        body_digest="b0",
        size=12,
        received_at=START,
    )
    job = new_job("transcript_summary", "r0", source, START)
    made, first = created(job, accepted(job), IDS.salt)
    assert store.create(made, first, accepted(job)) is None
    return store.load(job.job_id)


def commits(store: DynamoStore, record: JobRecord, **what: Any) -> JobRecord:
    """One write of the job."""
    change = Change(event="x", actor="state:Propose", status=Status.PROCESSING, **what)
    job, one = transition(record.job, change, START, IDS.salt)
    store.write(record.job, job, one, change)
    return after(record, job, one, change)


def with_results(store: DynamoStore, event: str, size: int) -> str:
    """A job that holds so much of each kind that grows."""
    results = {name: Long(text=dealt_by(size).randbytes(size // 2).hex()) for name in NAMES}
    return commits(store, begun(store, event), results=results).job.job_id


def step_beside(size: int, make: Callable[[Any, FakePayloads], DynamoStore]) -> tuple[Step, int]:
    """What reading and writing a job costs that holds so much, and how often the bucket is read."""
    bucket = FakePayloads()
    with jobs_table() as db:
        store = make(db, bucket)
        job_id = with_results(store, f"of-{size}", size)
        with counted(db) as cost:
            commits(store, store.load(job_id), fields={"what": "it did"})
        return cost, bucket.reads


def as_it_is(db: Any, bucket: FakePayloads) -> DynamoStore:
    """The product's."""
    return DynamoStore("jobs", db, lambda: bucket)


class Naive(DynamoStore):
    """Control: every result is its row."""

    def __init__(self, db: Any) -> None:
        super().__init__("jobs", db)
        self._apart = self  # type: ignore[assignment] # stands where what lies apart would

    def written(self, _job: str, results: Any) -> Any:
        return results

    found = written


def test_a_step_costs_the_same_whatever_it_does_not_read() -> None:
    """Calls and bytes, up to 5 MB of each kind; the bucket is not asked."""
    seen = {size: step_beside(size, as_it_is) for size in (2_000, *SIZES)}
    costs = [cost for cost, _ in (seen[size] for size in SIZES)]
    assert {cost.calls for cost, _ in seen.values()} == {2}
    assert max(c.bytes for c in costs) - min(c.bytes for c in costs) <= LIKE, seen
    assert {reads for _, reads in seen.values()} == {0}


@pytest.mark.control
def test_control_where_results_are_rows_each_step_carries_them_and_some_fit_nowhere() -> None:
    """The bytes grow with them, and the table takes none over 400 kB."""
    few, much = (step_beside(size, lambda db, _: Naive(db))[0].bytes for size in (2_000, 200_000))
    assert much - few > 10 * LIKE
    with pytest.raises(ClientError, match="size"):
        step_beside(1_000_000, lambda db, _: Naive(db))


def test_what_lies_apart_is_read_once_when_somebody_asks() -> None:
    """It equals what was written, lies below its job, and is told from what was put in its place;
    what is gone with its retention is told as what nobody can read."""
    bucket = FakePayloads()
    with jobs_table() as db:
        store = DynamoStore("jobs", db, lambda: bucket)
        job_id = with_results(store, "read", 2 * apart.MOST)
        held = store.load(job_id).results
        assert held["input"].as_(Long) == held["input"].as_(Long)
        assert len(held["input"].as_(Long).text) == 2 * apart.MOST
        assert bucket.reads == 1
        keys = bucket.keys()
        assert {key.rpartition("/")[0] for key in keys} == {f"results/{job_id}"}
        bucket.put(next(iter(keys)), b'{"text":"another"}')
        with pytest.raises(UnknownVersion, match="not what was stored"):
            store.load(job_id).results["proposal"].as_(Long)
        bucket.forgets()
        with pytest.raises(UnknownVersion, match="cannot be read"):
            store.load(job_id).results["proposal"].as_(Long)


def test_what_the_steps_that_act_read_is_never_apart() -> None:
    """They have no right on the bucket: a large one is packed in its row, as a large action is."""
    bucket = FakePayloads()
    with jobs_table() as db:
        store = DynamoStore("jobs", db, lambda: bucket)
        said = Long(text="I will send the offer. " * 40_000)
        action = an_action().model_copy(update={"body": said.text})
        record = commits(store, begun(store, "act"), results={"records": said}, ledger=(action,))
        held = store.load(record.job.job_id)
        assert held.results["records"].as_(Long) == said
        assert held.ledger == (action,)
        assert bucket.keys() == set()


def test_answers_about_segments_always_lie_apart() -> None:
    """However short: there are many of them, and only asking and the trace read one."""
    bucket = FakePayloads()
    with jobs_table() as db:
        store = DynamoStore("jobs", db, lambda: bucket)
        commits(store, begun(store, "seg"), results={"answer.0": Long(text="short")})
    assert len(bucket.keys()) == 1
