"""Slots under many users: real processes against the local cloud's DynamoDB."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from countersign.connectors.dynamodb.store import DynamoStore
from countersign.domain.jobs.change import created
from countersign.domain.jobs.intake import accepted
from infra.local.cloud import deployer
from infra.local.cloud.processes import ROOT, LocalCloud
from tests.contract.test_store import IDS, a_job
from tests.fakes.tables import create_jobs_table

pytestmark = [pytest.mark.cloud, pytest.mark.timeout(180)]

TABLE = "slots"
WORKERS, USES = 8, 3
SLOTS, PERIOD = 3, 1
CLOCK_STEP = 0.002
"""Rows know milliseconds."""
WORKERS_CODE = Path(__file__).with_name("slot_workers.py")


@pytest.fixture(scope="module")
def db(cloud: LocalCloud) -> Any:
    client = deployer.client("dynamodb", cloud.endpoint)
    create_jobs_table(client, TABLE)
    return client


@dataclass
class Result:
    """When uses began and ended, and slots were taken, in seconds; what else was said, by word."""

    uses: list[tuple[float, float]] = field(default_factory=list)
    taken: list[float] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def most_at_once(self) -> int:
        """The most uses that overlapped."""
        steps = [(at, 1) for at, _ in self.uses] + [(end, -1) for _, end in self.uses]
        running, most = 0, 0
        for _, step in sorted(steps):
            running += step
            most = max(most, running)
        return most

    def most_within(self, seconds: float) -> int:
        """The most slots that were taken within so many seconds."""
        return max(sum(at <= b < at + seconds for b in self.taken) for at in self.taken)


def jobs(db: Any, count: int, name: str) -> Sequence[str]:
    """Arrange: one stored job for each worker."""
    store = DynamoStore(TABLE, db)
    made = [a_job(f"{name}-{number}") for number in range(count)]
    for job in made:
        change = accepted(job)
        stored, entry = created(job, change, IDS.salt)
        store.create(stored, entry, change)
    return [job.job_id for job in made]


def run(cloud: LocalCloud, db: Any, design: str, *, dying: int = 0) -> Result:
    """Eight workers at once, of which the first `dying` are killed while they use the connector."""
    given = {
        "design": design,
        "table": TABLE,
        "jobs": jobs(db, WORKERS, f"{design}-{dying}"),
        "uses": USES,
        "slots": SLOTS,
        "period": PERIOD,
        "dying": dying,
    }
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "functions"))),
        "AWS_ENDPOINT_URL": cloud.endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    command = [sys.executable, str(WORKERS_CODE), json.dumps(given)]
    ended = subprocess.run(
        command, cwd=ROOT, env=environment, text=True, check=False, stdout=subprocess.PIPE
    )
    assert ended.returncode == 0
    result = Result()
    for line in ended.stdout.splitlines():
        ((what, about),) = json.loads(line).items()
        if what == "used":
            result.uses.append((about[0], about[1]))
        elif what == "taken":
            result.taken.append(about)
        result.said.append(what)
    return result


def test_eight_users_keep_both_limits(
    cloud: LocalCloud, db: Any, record_property: Callable[[str, object], None]
) -> None:
    """24 uses of three slots: never four at once, never four within a period, and all happen."""
    begun = time.monotonic()
    seen = run(cloud, db, "slots")
    assert len(seen.uses) == len(seen.taken) == WORKERS * USES
    assert seen.most_at_once() <= SLOTS
    assert seen.most_within(PERIOD - CLOCK_STEP) <= SLOTS
    record_property("uses a second", round(len(seen.uses) / (time.monotonic() - begun), 1))
    record_property("throttled", seen.said.count("throttled"))


def test_slots_of_the_killed_come_back(cloud: LocalCloud, db: Any) -> None:
    """Three workers die with all three slots; when their leases are over the others go on."""
    seen = run(cloud, db, "slots", dying=SLOTS)
    assert len(seen.uses) == (WORKERS - SLOTS) * USES
    assert seen.most_at_once() <= SLOTS


@pytest.mark.control
def test_control_a_counter_is_never_lowered_by_the_dead(cloud: LocalCloud, db: Any) -> None:
    """Three workers die, and nobody gets through any more."""
    seen = run(cloud, db, "counter", dying=SLOTS)
    assert seen.said.count("gave up") == WORKERS - SLOTS
    assert seen.uses == []
