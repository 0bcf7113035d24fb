"""Turns under many who reserve: real processes against the local cloud's DynamoDB."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from countersign.domain.limits.pace import pace_of
from infra.local.cloud import deployer
from infra.local.cloud.processes import ROOT, LocalCloud
from tests.fakes.tables import create_jobs_table
from tests.integration.local.turn_workers import LIMIT

pytestmark = [pytest.mark.cloud, pytest.mark.timeout(180)]

TABLE = "turns"
WORKERS, TURNS, KILLED, BEFORE = 8, 12, 2, 3
WORKERS_CODE = Path(__file__).with_name("turn_workers.py")


@pytest.fixture(scope="module")
def db(cloud: LocalCloud) -> Any:
    """The table."""
    client = deployer.client("dynamodb", cloud.endpoint)
    create_jobs_table(client, TABLE)
    return client


def starts(cloud: LocalCloud, design: str) -> list[int]:
    """Eight processes at once, of which two are killed: when each turn starts, in order."""
    given = {"design": design, "table": TABLE, "key": design}
    sizes = {"workers": WORKERS, "turns": TURNS, "killed": KILLED}
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "functions"))),
        "AWS_ENDPOINT_URL": cloud.endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    command = [sys.executable, str(WORKERS_CODE), json.dumps(given | sizes)]
    ended = subprocess.run(
        command, cwd=ROOT, env=environment, text=True, check=False, stdout=subprocess.PIPE
    )
    assert ended.returncode == 0
    return sorted(json.loads(line)["start"] for line in ended.stdout.splitlines())


def too_near(found: list[int]) -> int:
    """How many turns begin before the one ahead of them is over."""
    return sum(
        later - earlier < 8 * pace_of([LIMIT]).interval for earlier, later in pairwise(found)
    )


@pytest.mark.usefixtures("db")
def test_no_two_have_the_same_turn(
    cloud: LocalCloud, record_property: Callable[[str, object], None]
) -> None:
    """Whoever reserves at the same time, or dies: each turn begins when the one ahead is over, and
    the queue has no holes but those of the dead."""
    found = starts(cloud, "turns")
    assert len(found) == (WORKERS - KILLED) * TURNS + KILLED * BEFORE
    assert too_near(found) == 0
    record_property("turns", len(found))


@pytest.mark.soak
@pytest.mark.control
@pytest.mark.usefixtures("db")
def test_control_a_row_that_is_written_back_gives_one_turn_to_several(cloud: LocalCloud) -> None:
    """Read, compute, write: they overwrite each other's."""
    assert too_near(starts(cloud, "naive")) > 0
