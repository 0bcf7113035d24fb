"""The state machine as data: complete, bounded in time, and deaf to no error of ours."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from countersign.definition import (
    ASK_BACKSTOP_SECONDS,
    MACHINE_SECONDS,
    READING_SECONDS,
    TASK_SECONDS,
    definition,
)
from workflows import WORKFLOWS

Machine = dict[str, Any]
State = dict[str, Any]


def tasks(machine: Machine) -> dict[str, State]:
    """The states in which a function runs."""
    return {n: s for n, s in machine["States"].items() if s["Type"] == "Task"}


def targets(state: State) -> set[str]:
    """Where a state can lead."""
    ways = [state, *state.get("Catch", ()), *state.get("Choices", ())]
    named = {way["Next"] for way in ways if "Next" in way}
    return named | ({state["Default"]} if "Default" in state else set())


def unreachable(machine: Machine) -> set[str]:
    """States to which no way leads."""
    seen, ahead = set[str](), [machine["StartAt"]]
    while ahead:
        name = ahead.pop()
        if name not in seen:
            seen.add(name)
            ahead += targets(machine["States"][name])
    return set(machine["States"]) - seen


def walk(node: Any) -> Iterator[tuple[str, Any]]:
    """Every key with its value, at any depth."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield key, value
            yield from walk(value)
    elif isinstance(node, list):
        for item in node:
            yield from walk(item)


def test_it_is_json() -> None:
    """The definition is plain data, made anew each time."""
    assert json.loads(json.dumps(definition())) == definition()
    assert definition() is not definition()


def test_every_state_is_reachable() -> None:
    """No state stands apart, and no way leads to a state that is not there."""
    machine = definition()
    assert unreachable(machine) == set()
    assert {to for s in machine["States"].values() for to in targets(s)} <= set(machine["States"])


@pytest.mark.control
def test_an_island_is_seen() -> None:
    """Control: a state without a way to it is found."""
    machine = definition()
    machine["States"]["Island"] = {"Type": "Succeed"}
    assert unreachable(machine) == {"Island"}


def test_every_task_is_bounded() -> None:
    """Every task ends in time, and the machine outlives its longest wait."""
    machine = definition()
    limits = {name: state["TimeoutSeconds"] for name, state in tasks(machine).items()}
    assert limits.pop("Ask") == ASK_BACKSTOP_SECONDS
    assert limits.pop("Prepare") == READING_SECONDS
    assert set(limits.values()) == {TASK_SECONDS}
    assert machine["TimeoutSeconds"] == MACHINE_SECONDS > ASK_BACKSTOP_SECONDS


def test_no_policy_waits_longer_than_the_backstop() -> None:
    """Deadlines are due rows: the machine's own time-out on Ask is longer than each of them."""
    # Working time of all tiers together, at one hour of work a day and five days a week.
    longest = max(
        sum(tier.within.total_seconds() for tier in flow.tiers) * 7 / 5
        for flow in WORKFLOWS.values()
    )
    assert 0 < longest < ASK_BACKSTOP_SECONDS


def test_the_last_resorts_fail_openly() -> None:
    """Escalate and Park have nowhere to go: they fail the execution, and the recorder sees it."""
    states = definition()["States"]
    assert [name for name, state in tasks(definition()).items() if "Catch" not in state] == [
        "Escalate",
        "Park",
    ]
    assert "End" in states["Escalate"]


def test_a_wait_leads_back_to_who_waits() -> None:
    """By a number of seconds: one emulator reads timestamps in the machine's own zone."""
    states = definition()["States"]
    waits = {name: state for name, state in states.items() if state["Type"] == "Wait"}
    assert waits == {
        f"Wait{name}": {"Type": "Wait", "SecondsPath": "$.seconds", "Next": name}
        for name in ("Propose", "Look", "Act")
    }


def test_what_the_domain_can_answer_is_routed() -> None:
    """Every state that a step can name is a choice, and any other answer goes to a person."""
    route = definition()["States"]["Route"]
    told = {choice["StringEquals"]: choice["Next"] for choice in route["Choices"]}
    assert told == {name: name for name in told}
    assert set(told) >= {"Propose", "Act", "WaitAct", "Ask", "Close", "Escalate", "Parked"}
    assert route["Default"] == "Escalate"


POINTERS = {
    "job_id.$": "$.job_id",
    "execution.$": "$$.Execution.Name",
    "state.$": "$$.State.Name",
    "retries.$": "$$.State.RetryCount",
    "input.$": "$",
}


@pytest.mark.parametrize("name", sorted(tasks(definition())))
def test_only_pointers_are_handed_over(name: str) -> None:
    """A step gets job, execution, state and the last outcome; Ask also its token."""
    payload = definition()["States"][name]["Parameters"]["Payload"]
    token = {"token.$": "$$.Task.Token"} if name == "Ask" else {}
    assert payload == POINTERS | token


def test_only_the_outcome_comes_back() -> None:
    """A step's answer replaces the input: nothing piles up in the machine's states."""
    for name, state in tasks(definition()).items():
        assert state.get("OutputPath") == ("$.Payload" if name != "Ask" else None)


def test_no_variables_and_no_jsonata() -> None:
    """Both emulators run it: JSONPath only, nothing assigned."""
    machine = definition()
    banned = {"Assign", "QueryLanguage", "Arguments", "Output", "Condition"}
    assert not banned & {key for key, _ in walk(machine)}
    assert not [value for _, value in walk(machine) if isinstance(value, str) and "{%" in value]


def test_functions_are_placeholders_of_the_stack() -> None:
    """No ARN of a function and no account stands in the definition."""
    named = [
        value
        for state in tasks(definition()).values()
        for key, value in state["Parameters"].items()
        if key.startswith("FunctionName")
    ]
    assert len(named) == len(tasks(definition()))
    assert all("${" in value and "arn:" not in value for value in named)


SAYS = {"Prepare": "Propose", "Decide": "Act", "Act": "Close"}
"""What the steps answer when every action runs and nobody waits."""


def transitions(machine: Machine) -> list[str]:
    """The states that such a job enters: each one is paid for."""
    path, said = [machine["StartAt"]], ""
    while not machine["States"][path[-1]].get("End"):
        said = SAYS.get(path[-1], said)
        path.append(machine["States"][path[-1]].get("Next", said))
    return path


def test_a_job_that_waits_for_nobody_takes_eight_transitions() -> None:
    """What is rare leaves by an error, so that no choice stands in the way of all."""
    assert len(transitions(definition())) <= 8


@pytest.mark.control
def test_a_choice_after_prepare_is_one_more() -> None:
    """Control: the naive order asks after Prepare where to go."""
    machine = definition()
    machine["States"]["Prepare"]["Next"] = "Route"
    assert len(transitions(machine)) == 9
