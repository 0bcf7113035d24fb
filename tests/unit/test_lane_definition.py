"""The second machine as data: the part of a Distributed Map that runs on both emulators and AWS."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from countersign.lane_definition import AT_ONCE, WORK_SECONDS, lane_definition
from infra.steps import LANE
from tests.unit.test_definition import walk

BANNED = frozenset(
    {
        *("ItemBatcher", "ResultWriter", "ToleratedFailureCount", "ToleratedFailurePercentage"),
        *("MaxConcurrencyPath", "ToleratedFailureCountPath", "ToleratedFailurePercentagePath"),
        *("Assign", "QueryLanguage", "Arguments", "Output", "ItemsPath", "Label"),
    }
)
"""One of the two emulators ignores or refuses each."""


def outside(machine: dict[str, Any]) -> Iterator[str]:
    """What a definition has that does not run everywhere alike."""
    keys = list(walk(machine))
    yield from sorted({key for key, _ in keys} & BANNED)
    items = machine["States"]["Items"]
    child = items["ItemProcessor"]
    if child["ProcessorConfig"] != {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}:
        yield "children are standard executions"
    if not isinstance(items["MaxConcurrency"], int):
        yield "a literal number of children at once"
    if items["ResultPath"] is not None:
        yield "the Map's results are thrown away"
    reader = items["ItemReader"]
    if reader["ReaderConfig"] != {"InputType": "JSON"} or set(reader["Parameters"]) != {
        *("Bucket.$", "Key.$")
    }:
        yield "a JSON list in the bucket"
    if "$$.Execution.Name" in json.dumps(child):
        yield "a child does not ask for its execution's name"


def fails(machine: dict[str, Any]) -> Iterator[str]:
    """States of a child that can fail it: on AWS one that fails stops all others."""
    for name, state in machine["States"]["Items"]["ItemProcessor"]["States"].items():
        caught = [one for one in state.get("Catch", ()) if one["ErrorEquals"] == ["States.ALL"]]
        if state["Type"] != "Pass" and not caught:
            yield name


def test_it_is_the_part_that_runs_everywhere() -> None:
    """And plain data, made anew each time."""
    assert list(outside(lane_definition())) == []
    assert list(fails(lane_definition())) == []
    assert json.loads(json.dumps(lane_definition())) == lane_definition()
    assert list(lane_definition()["States"]) == ["Split", "Items", "Collect"]


def test_every_function_has_less_time_than_its_state() -> None:
    """So that it says itself how it ended."""
    states = lane_definition()["States"]
    tasks = {**states, **states["Items"]["ItemProcessor"]["States"]}
    for row in LANE[1:]:
        assert row.timeout < tasks[row.name]["TimeoutSeconds"] <= WORK_SECONDS
    assert states["Items"]["MaxConcurrency"] == AT_ONCE


@pytest.mark.control
@pytest.mark.parametrize(
    ("key", "value", "fault"),
    [
        ("ToleratedFailurePercentage", 10, "ToleratedFailurePercentage"),
        ("MaxConcurrency", "$.many", "a literal number of children at once"),
        ("ResultPath", "$.all", "the Map's results are thrown away"),
    ],
)
def test_what_is_outside_it_is_seen(key: str, value: object, fault: str) -> None:
    """Control: a field that one emulator ignores, a child that can fail, a name that differs."""
    machine = lane_definition()
    machine["States"]["Items"][key] = value
    child = machine["States"]["Items"]["ItemProcessor"]["States"]["Work"]
    del child["Catch"]
    child["Parameters"]["Payload"]["execution.$"] = "$$.Execution.Name"
    assert fault in list(outside(machine))
    assert "a child does not ask for its execution's name" in list(outside(machine))
    assert list(fails(machine)) == ["Work"]
