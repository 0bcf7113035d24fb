"""The state machine as data: complete, bounded in time, and deaf to no error of ours."""

from __future__ import annotations

import copy
import gc
import json
from collections.abc import Iterator
from typing import Any

import pytest

from countersign.definition import ASK_BACKSTOP_SECONDS, MACHINE_SECONDS, TASK_SECONDS, definition
from countersign.domain import errors
from countersign.workflows import WORKFLOWS

Machine = dict[str, Any]
State = dict[str, Any]

NEVER_LEAVES_A_FUNCTION = {
    "CountersignError": "the root; nobody raises it",
    "IllegalMove": "a defect of ours when it leaves a step: States.ALL hands it to a person",
    "Ambiguous": "steps/act.py: looked for again under the same key, or unknown",
    "NotAuthorised": "steps/act.py and the approval page: a failed action, a refused decision",
    "AlreadyDecided": "the approval page and the case command: told to the second person",
    "NotFound": "steps/prepare.py: quarantined; doors: 404",
}
"""Classes that no Retry or Catch names, and who handles them."""


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


def handlers(state: State, kind: str) -> set[str]:
    """Error names in a state's Retry or Catch."""
    return {name for one in state.get(kind, ()) for name in one["ErrorEquals"]}


def unnamed(machine: Machine) -> set[str]:
    """Classes of ours that a step can raise and some state with a Catch does not name."""
    ours = set(errors.family(errors.CountersignError)) - set(NEVER_LEAVES_A_FUNCTION)
    catching = [state for state in tasks(machine).values() if "Catch" in state]
    return {name for state in catching for name in ours - handlers(state, "Catch")}


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
    assert set(limits.values()) == {TASK_SECONDS}
    assert machine["TimeoutSeconds"] == MACHINE_SECONDS > ASK_BACKSTOP_SECONDS


def test_no_policy_waits_longer_than_the_backstop() -> None:
    """Deadlines are due rows: the machine's own time-out on Ask is longer than each of them."""
    longest = max(flow.approval_for.total_seconds() for flow in WORKFLOWS.values())
    assert 0 < longest < ASK_BACKSTOP_SECONDS


@pytest.mark.parametrize("name", sorted(tasks(definition())))
def test_every_retry_is_jittered_and_capped(name: str) -> None:
    """Retries wait at random up to a cap, and end."""
    retriers = definition()["States"][name]["Retry"]
    assert retriers
    for one in retriers:
        assert one["JitterStrategy"] == "FULL"
        assert one["BackoffRate"] >= 2
        assert 0 < one["IntervalSeconds"] < one["MaxDelaySeconds"] <= 60
        assert 0 < one["MaxAttempts"] <= 6


def test_what_passes_is_tried_again() -> None:
    """Every class under Transient, Lambda's own faults and crashes are retried, in every task."""
    passing = {*errors.family(errors.Transient), "Lambda.TooManyRequestsException"}
    passing |= {"Lambda.ServiceException", "Lambda.AWSLambdaException", "Lambda.SdkClientException"}
    passing |= {"Lambda.Unknown", "Sandbox.Timedout", "Runtime.ExitError"}
    for name, state in tasks(definition()).items():
        assert passing <= handlers(state, "Retry"), name


def test_what_does_not_pass_is_not_tried_again() -> None:
    """What needs a person, breaks the contract or lost its job is never repeated."""
    final = {*errors.family(errors.NeedsPerson), "ContractBroken", "StaleExecution", "States.ALL"}
    for name, state in tasks(definition()).items():
        assert not final & handlers(state, "Retry"), name


def test_no_error_is_named_twice() -> None:
    """Within one Retry or Catch the first match wins, so a second naming would be dead."""
    for name, state in tasks(definition()).items():
        for kind in ("Retry", "Catch"):
            named = [error for one in state.get(kind, ()) for error in one["ErrorEquals"]]
            assert len(named) == len(set(named)), (name, kind)


def test_a_timed_out_task_is_tried_again_but_a_forgotten_person_is_not() -> None:
    """A step that ran out of time runs again; Ask's time-out goes on and reads our table."""
    for name, state in tasks(definition()).items():
        assert ("States.Timeout" in handlers(state, "Retry")) == (name != "Ask")
    first = definition()["States"]["Ask"]["Catch"][0]
    assert (first["ErrorEquals"], first["Next"]) == (["States.Timeout"], "Look")


def test_every_error_of_ours_is_named() -> None:
    """Whatever class a step can raise, each Catch says by name where the job goes."""
    assert unnamed(definition()) == set()
    assert set(NEVER_LEAVES_A_FUNCTION) <= set(errors.family(errors.CountersignError))


@pytest.mark.control
def test_a_new_error_that_nobody_names_is_seen() -> None:
    """Control: a class made after the lists were, as if they were typed by hand, is missing."""

    class Exhausted(errors.Transient):
        """A new class."""

    assert Exhausted.__name__ in unnamed(definition())
    del Exhausted
    gc.collect()
    assert unnamed(definition()) == set()


@pytest.mark.control
def test_a_dropped_name_is_seen() -> None:
    """Control: one class taken out of one Catch is found."""
    machine = copy.deepcopy(definition())
    for catcher in machine["States"]["Act"]["Catch"]:
        catcher["ErrorEquals"] = [n for n in catcher["ErrorEquals"] if n != "Refused"]
    assert unnamed(machine) == {"Refused"}


NEXT_OF = {"StaleExecution": "Superseded", "ContractBroken": "Close", "States.ALL": "Escalate"}


@pytest.mark.parametrize("name", sorted(set(tasks(definition())) - {"Escalate", "Park"}))
def test_every_step_catches_everything(name: str) -> None:
    """Stale ends, broken input closes, exhausted patience parks, the rest goes to a person."""
    catchers = definition()["States"][name]["Catch"]
    to = {error: one["Next"] for one in catchers for error in one["ErrorEquals"]}
    assert NEXT_OF.items() <= to.items()
    assert {to[error] for error in errors.family(errors.NeedsPerson)} == {"Escalate"}
    waits = "Fallback" if name == "Propose" else "Park"
    assert {to[error] for error in errors.family(errors.Transient)} == {waits}
    assert catchers[-1]["ErrorEquals"] == ["States.ALL"]
    assert {one["ResultPath"] for one in catchers} == {"$.error"}


def test_the_last_resorts_fail_openly() -> None:
    """Escalate and Park have nowhere to go: they fail the execution, and the recorder sees it."""
    states = definition()["States"]
    assert [name for name, state in tasks(definition()).items() if "Catch" not in state] == [
        "Escalate",
        "Park",
    ]
    assert "End" in states["Escalate"]


def test_what_the_domain_can_answer_is_routed() -> None:
    """Every state that a step can name is a choice, and any other answer goes to a person."""
    route = definition()["States"]["Route"]
    told = {choice["StringEquals"]: choice["Next"] for choice in route["Choices"]}
    assert told == {name: name for name in told}
    assert set(told) >= {"Propose", "Act", "Ask", "Close", "Escalate", "Parked"}
    assert route["Default"] == "Escalate"


POINTERS = {
    "job_id.$": "$.job_id",
    "execution.$": "$$.Execution.Name",
    "state.$": "$$.State.Name",
    "input.$": "$",
}


@pytest.mark.parametrize("name", sorted(tasks(definition())))
def test_only_pointers_are_handed_over(name: str) -> None:
    """A step gets the job's id, its execution, its state's name and the last outcome; Ask a token."""
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
