"""What one job costs the table does not grow with the jobs before it: counted, not timed.

Finished jobs of earlier days are written in batches. One more job then runs to its end on the real
adapters, `tick` counts what waits, and somebody lists what ended: calls, the rows that lie in the
partitions that were touched, and the bytes that went over the wire.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from countersign.approvals.metrics import waiting
from countersign.connectors.dynamodb import rows
from countersign.connectors.dynamodb.caps import DynamoCaps
from countersign.connectors.dynamodb.limits import DynamoLimits
from countersign.connectors.dynamodb.reviews import DynamoReviews
from countersign.connectors.dynamodb.store import DynamoStore
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.job import FINISHED, Status
from countersign.jobs.finding import PAGE
from countersign.web.paths import JOBS
from infra.cli.jobs import Wanted, list_jobs
from infra.local.cloud import deployer
from infra.local.cloud.processes import local_cloud
from tests import builders
from tests.fakes.journey import Journey, accept, form
from tests.fakes.tables import create_jobs_table
from tests.fakes.world import KIM, START, World
from tests.unit.web.member import MemberBrowser
from workflows import WORKFLOWS

A_DAY = 10
"""Jobs that finish in a day: the history grows, and not what happens in a day."""
BATCH = 25
LIKE = 0.05
TIMES = 15
SHORT, LONG = (20, 200), (100, 1_000, 10_000, 100_000)
"""Finished jobs."""
Item = dict[str, Any]


@dataclass
class Meter:
    """What went over the wire, and which partitions it touched: of the table and of its indexes."""

    hash_keys: Mapping[str, str]
    """By index, with the table itself under no name."""
    on: bool = False
    calls: Counter[str] = field(default_factory=Counter)
    bytes: int = 0
    partitions: set[tuple[str, str]] = field(default_factory=set)

    def sends(self, model: Any, params: Mapping[str, Any], **_: Any) -> None:
        """botocore's event before a call."""
        if self.on:
            self.calls[model.name] += 1
            self.bytes += len(params["body"])
            self.partitions |= set(self._touched(json.loads(params["body"])))

    def receives(self, http_response: Any, **_: Any) -> None:
        """botocore's event after it."""
        if self.on:
            self.bytes += len(http_response.content)

    def _touched(self, body: Item) -> Iterator[tuple[str, str]]:
        writes = [one for item in body.get("TransactItems", ()) for one in item.values()]
        for one in (*writes, body):
            for index, name in self.hash_keys.items():
                held = (one.get("Item") or one.get("Key") or {}).get(name)
                if held:
                    yield index, held["S"]
        for asked in body.get("RequestItems", {}).values():
            yield from (("", key[self.hash_keys[""]]["S"]) for key in asked["Keys"])
        if "KeyConditionExpression" in body:
            first = body["KeyConditionExpression"].split("=")[1].split()[0]
            yield body.get("IndexName", ""), body["ExpressionAttributeValues"][first]["S"]


@dataclass(frozen=True)
class Cost:
    """What one job costs."""

    calls: int
    rows: int
    bytes: int

    def grew(self, before: Cost) -> float:
        """By how much the part that grew most did."""
        of_rows, of_bytes = self.rows / before.rows, self.bytes / before.bytes
        return max(self.calls / before.calls, of_rows, of_bytes) - 1


Design = Callable[[Any], None]
"""Makes the table `jobs`, with its indexes and how rows get into them."""


def cost_growth(db: Any, finished: int, design: Design) -> Cost:
    """What the job after so many `finished` ones costs."""
    design(db)
    _seed(db, finished)
    meter = _metered(db)
    _one_job(db, meter)
    found = sum(_count(db, meter.hash_keys, *one) for one in meter.partitions)
    return Cost(meter.calls.total(), found, meter.bytes)


def in_process(finished: int, design: Design) -> Cost:
    """The same on moto, which copies its whole table for every transaction."""
    with mock_aws():
        return cost_growth(boto3.client("dynamodb"), finished, design)


def emulated(finished: int) -> Cost:
    """The same on the local cloud, which does not."""
    with local_cloud(0) as cloud:
        return cost_growth(deployer.client("dynamodb", cloud.endpoint), finished, as_it_is)


def _one_job(db: Any, meter: Meter) -> None:
    world = World(WORKFLOWS["lead_intake"].offline)
    world.deps.__dict__.update(
        store=DynamoStore("jobs", db),
        reviews=DynamoReviews("jobs", db),
        caps=DynamoCaps("jobs", db),
        limits=DynamoLimits("jobs", db),
    )
    with _counted(meter):
        job = accept(world, form(consent=False))
        journey = Runs(world, job)
        assert journey.goes() == "Close"
        assert journey.record.job.status is Status.COMPLETED
        waiting(world.deps)
        assert list(world.deps.store.due(world.clock.now())) == []
        list_jobs(world.deps.store, WORKFLOWS, world.clock.now(), Wanted(Status.COMPLETED, days=2))


class Runs(Journey):
    """A job whose record is in the table."""

    @property
    def record(self) -> JobRecord:
        return self._deps.store.load(self.job_id)


def _seed(db: Any, finished: int, a_day: int = A_DAY) -> None:
    """Jobs that ended so many a day, the last of them yesterday, in all finished statuses."""
    statuses = sorted(FINISHED)
    for begin in range(0, finished, BATCH):
        puts = [
            {"PutRequest": {"Item": _finished(number, statuses[number % len(statuses)], a_day)}}
            for number in range(begin, min(begin + BATCH, finished))
        ]
        db.batch_write_item(RequestItems={"jobs": puts})


def _finished(number: int, status: Status, a_day: int) -> Item:
    at = START - timedelta(days=1 + number // a_day)
    job = builders.job(status, job_id=f"j-{number}", created_at=at, updated_at=at)
    return rows.state(job.model_copy(update={"workflow": "lead_intake"}))


def _metered(db: Any) -> Meter:
    table = db.describe_table(TableName="jobs")["Table"]
    schemas = {one["IndexName"]: one["KeySchema"] for one in table["GlobalSecondaryIndexes"]}
    schemas[""] = table["KeySchema"]
    meter = Meter({name: schema[0]["AttributeName"] for name, schema in schemas.items()})
    db.meta.events.register("before-call.dynamodb", meter.sends)
    db.meta.events.register("after-call.dynamodb", meter.receives)
    return meter


@contextmanager
def _counted(meter: Meter) -> Iterator[None]:
    meter.on = True
    yield
    meter.on = False


def _count(db: Any, hash_keys: Mapping[str, str], index: str, partition: str) -> int:
    pages = db.get_paginator("query").paginate(
        TableName="jobs",
        **({"IndexName": index} if index else {}),
        KeyConditionExpression="#key = :key",
        ExpressionAttributeNames={"#key": hash_keys[index]},
        ExpressionAttributeValues={":key": {"S": partition}},
        Select="COUNT",
    )
    return sum(page["Count"] for page in pages)


def as_it_is(db: Any) -> None:
    """The product's table."""
    create_jobs_table(db, "jobs")


def by_status(db: Any) -> None:
    """Beside it an index whose partitions are the statuses: all jobs of one are in one."""
    create_jobs_table(db, "jobs")
    names = ("status", "listed")
    db.update_table(
        TableName="jobs",
        AttributeDefinitions=[{"AttributeName": one, "AttributeType": "S"} for one in names],
        GlobalSecondaryIndexUpdates=[
            {
                "Create": {
                    "IndexName": "status",
                    "KeySchema": [
                        {"AttributeName": "status", "KeyType": "HASH"},
                        {"AttributeName": "listed", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "ALL"},
                }
            }
        ],
    )
    db.meta.events.register("provide-client-params.dynamodb", _with_status)


def _with_status(params: Item, **_: Any) -> None:
    writes = [one["Put"] for one in params.get("TransactItems", ()) if "Put" in one]
    batch = params.get("RequestItems", {}).get("jobs", ())
    for item in (one["Item"] for one in (*writes, *(one["PutRequest"] for one in batch))):
        if item["sk"]["S"] == "STATE":
            item["status"] = {"S": item["listed"]["S"].partition("#")[0]}


def test_a_job_costs_the_same_however_many_came_before_it(
    made_up_credentials: None,  # noqa: ARG001 - they must be there
) -> None:
    """Calls, rows in the partitions it touched, and bytes."""
    few, many = (in_process(n, as_it_is) for n in SHORT)
    assert abs(many.grew(few)) <= LIKE, (few, many)


@pytest.mark.soak
@pytest.mark.cloud
@pytest.mark.timeout(3600)
def test_the_same_after_a_hundred_thousand(
    made_up_credentials: None,  # noqa: ARG001 - as above
    record_property: Callable[[str, object], None],
) -> None:
    """And no step between them is dearer. `make bench` reads the figure."""
    first, *rest = map(emulated, LONG)
    most = max((one.grew(first) for one in rest), key=abs)
    record_property("cost_growth", most)
    assert abs(most) <= LIKE, (first, rest)


def listing(db: Any, finished: int) -> tuple[Counter[str], float]:
    """The calls of the page of jobs, and the milliseconds of CPU that it takes this process, the
    middle of fifteen times; after so many jobs of yesterday and the day before. The emulator sorts
    all of a partition for each query, so that what passes meanwhile is mostly its own."""
    as_it_is(db)
    _seed(db, finished, a_day=finished // 2)
    world = World(WORKFLOWS["lead_intake"].offline)
    world.deps.__dict__.update(store=DynamoStore("jobs", db))
    assert Runs(world, accept(world, form(consent=False))).goes() == "Close"
    kim, meter, took = MemberBrowser(world).signs_in(KIM.address), _metered(db), []
    for _ in range(TIMES):
        begun = time.process_time()
        with _counted(meter):
            found = kim.opens(JOBS).body.count(" ago · ")
        assert found == PAGE
        took.append((time.process_time() - begun) * 1_000)
    return meter.calls, sorted(took)[TIMES // 2]


@pytest.mark.soak
@pytest.mark.cloud
@pytest.mark.timeout(3600)
def test_the_page_of_jobs_makes_the_same_calls_after_ten_thousand(
    made_up_credentials: None,  # noqa: ARG001 - as above
    record_property: Callable[[str, object], None],
) -> None:
    """But for the pages of what there was not yet. `make bench` reads what it takes."""
    calls = []
    for finished in (100, 10_000):
        with local_cloud(0) as cloud:
            made, ms = listing(deployer.client("dynamodb", cloud.endpoint), finished)
            calls.append(made)
    record_property("console_cpu_ms", ms)
    first, last = (one.total() / TIMES for one in calls)
    assert last <= first + PAGE, (first, last)
    assert last <= 2 * PAGE, "a read for each job shown, and fewer for all the lists"


@pytest.mark.soak
@pytest.mark.control
def test_control_an_index_by_status_grows_with_every_job(
    made_up_credentials: None,  # noqa: ARG001 - as above
) -> None:
    """The partition of finished jobs is what the last write touches."""
    few, many = (in_process(n, by_status) for n in SHORT)
    assert many.grew(few) > 10 * LIKE
