"""Caps under many writers: real processes against the local cloud's DynamoDB."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from infra.local.cloud import deployer
from infra.local.cloud.processes import ROOT, LocalCloud
from tests.fakes.tables import create_jobs_table

pytestmark = pytest.mark.cloud

TABLE = "caps"
WORKERS, EACH = 8, 15
AMOUNT, MOST = 998, 50_000
FITS = MOST // AMOUNT
"""50 of 120 that are tried."""
WORKERS_CODE = Path(__file__).with_name("cap_workers.py")


@pytest.fixture(scope="module")
def db(cloud: LocalCloud) -> Any:
    """The table on the local cloud, for looking at it."""
    client = deployer.client("dynamodb", cloud.endpoint)
    create_jobs_table(client, TABLE)
    return client


@dataclass
class Result:
    """What the workers said, and how long they took together, in seconds."""

    seconds: float = 0
    granted: Counter[str] = field(default_factory=Counter)
    said: Counter[str] = field(default_factory=Counter)


def run(cloud: LocalCloud, design: str, cap: str, *, times: int = 1, kill: bool = False) -> Result:
    """Eight workers at once; `kill` ends one in the middle, and another does its work again. With
    `times` each tries so often as much, of a cap that is as much larger."""
    sizes = {"workers": WORKERS, "count": EACH * times, "amount": AMOUNT, "most": MOST * times}
    given = {"table": TABLE, **sizes, "design": design, "kill": kill, "cap": cap}
    environment = {
        **os.environ,
        "AWS_ENDPOINT_URL": cloud.endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    command = [sys.executable, str(WORKERS_CODE), json.dumps(given)]
    ended = subprocess.run(
        command, cwd=ROOT, env=environment, text=True, check=True, stdout=subprocess.PIPE
    )
    return _result(ended.stdout)


def _result(said: str) -> Result:
    result = Result()
    for line in said.splitlines():
        ((what, about),) = json.loads(line).items()
        if what == "seconds":
            result.seconds = about
        else:
            result.said[what] += 1
            result.granted.update([about] if what == "granted" else [])
    return result


def total(db: Any, cap: str) -> int:
    key = {"pk": {"S": f"CAP#{cap}/2026-03-02"}, "sk": {"S": "CAP"}}
    return int(db.get_item(TableName=TABLE, Key=key, ConsistentRead=True)["Item"]["total"]["N"])


def rows(db: Any, cap: str) -> int:
    """How many reservations hold a part of this cap."""
    pages = db.get_paginator("scan").paginate(TableName=TABLE)
    items = (item for page in pages for item in page["Items"])
    held = (json.loads(i["body"]["S"]) for i in items if i["sk"]["S"].startswith("RESERVED#"))
    return sum(one["counters"] == [f"{cap}/2026-03-02"] for one in held)


@pytest.mark.parametrize("times", [1, pytest.param(10, marks=pytest.mark.soak)])
def test_eight_writers_fill_a_cap_exactly(
    cloud: LocalCloud, db: Any, times: int, record_property: Callable[[str, object], None]
) -> None:
    """120 try for 50 places: 50 get one, the counter is their sum, none is lost or doubled."""
    tried, cap = WORKERS * EACH * times, f"exact-{times}"
    fits = MOST * times // AMOUNT
    seen = run(cloud, "exact", cap, times=times)
    assert sum(seen.granted.values()) == len(seen.granted) == fits
    assert seen.said["refused"] == tried - fits
    assert (rows(db, cap), total(db, cap)) == (fits, fits * AMOUNT)
    record_property("requests a second", round(tried / seen.seconds))
    record_property("throttled", seen.said["throttled"])


def test_a_worker_that_is_killed_and_comes_back_reserves_nothing_twice(
    cloud: LocalCloud, db: Any
) -> None:
    """SIGKILL in the middle; the successor asks for the same actions under other attempts."""
    cap = "exact-killed"
    seen = run(cloud, "exact", cap, kill=True)
    assert (rows(db, cap), total(db, cap)) == (FITS, FITS * AMOUNT)
    twice = [key for key, times in seen.granted.items() if times > 1]
    assert all(key.startswith("0-") for key in twice)
    assert len(seen.granted) == FITS


@pytest.mark.soak
@pytest.mark.control
@pytest.mark.parametrize(
    "design", ["check_then_add", pytest.param("read_modify_write", marks=pytest.mark.soak)]
)
def test_control_naive_counters_let_more_through_than_the_cap(
    cloud: LocalCloud, db: Any, design: str
) -> None:
    """Room that two see at once is given away twice; a total that two write loses one of them."""
    seen = run(cloud, design, design)
    assert sum(seen.granted.values()) > FITS
    assert total(db, design) > MOST or design == "read_modify_write"
