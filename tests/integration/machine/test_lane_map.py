"""The second machine on an interpreter of Step Functions that is not ours."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

from countersign.lane_definition import lane_definition
from tests.integration.machine.machine import ACCOUNT, REGION, Handler, Machines


@pytest.fixture
def batches(machine: Machines) -> list[dict[str, Any]]:
    """A list of batches in the bucket."""
    assert machine
    s3 = boto3.client("s3", region_name=REGION)
    s3.create_bucket(Bucket="payloads")
    listed = [{"number": number, "size": 10} for number in range(1, 9)]
    s3.put_object(Bucket="payloads", Key="list.json", Body=json.dumps(listed).encode())
    return listed


def filled(_: Any) -> dict[str, Any]:
    """The definition, its functions named."""
    text = json.dumps(lane_definition())
    for name in ("Split", "Work", "Collect"):
        arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"
        text = text.replace(f'"${{{name}}}"', json.dumps(arn))
    found: dict[str, Any] = json.loads(text)
    child = found["States"]["Items"]["ItemProcessor"]["States"]["Work"]
    for retrier in child["Retry"]:
        retrier.update(IntervalSeconds=1, MaxAttempts=1, MaxDelaySeconds=2)
    return found


def test_each_batch_has_a_child_and_one_that_is_lost_stops_no_other(
    machine: Machines, batches: list[dict[str, Any]]
) -> None:
    """Eight batches, of which one child raises to the last: all get the run's name and their
    batch, and Collect is entered with pointers alone."""
    worked: list[dict[str, Any]] = []
    collected: list[dict[str, Any]] = []

    def work(call: dict[str, Any]) -> dict[str, Any]:
        worked.append(call)
        if call["batch"]["number"] == 7:
            raise KeyError("lost")
        return {}

    def collect(call: dict[str, Any]) -> dict[str, Any]:
        collected.append(call)
        return {}

    handlers: dict[str, Handler] = {
        "Split": lambda call: {
            **call,
            "bucket": "payloads",
            "key": "list.json",
            "sends": False,
        },
        "Work": work,
        "Collect": collect,
    }
    with machine(handlers, filled) as made:
        execution = made.start("j-1")
        assert made.ended(execution) == "SUCCEEDED"
    assert {one["batch"]["number"] for one in worked} == {one["number"] for one in batches}
    assert {one["job_id"] for one in worked} == {"j-1"}
    assert {one["execution"] for one in worked} == {collected[0]["execution"]}
    assert set(collected[0]) == {"job_id", "execution", "state"}
