"""The state machine's Retry and Catch: every class of ours that a step can raise is named."""

from __future__ import annotations

import copy
import gc
from typing import Any

import pytest

from countersign.definition import definition
from countersign.domain import errors

Machine = dict[str, Any]
State = dict[str, Any]

NEVER_LEAVES_A_FUNCTION = {
    "CountersignError": "the root; nobody raises it",
    "BatchTaken": "a child of a file's machine leaves the batch to who entered it since",
    "IllegalMove": "a defect of ours when it leaves a step: States.ALL hands it to a person",
    "Ambiguous": "steps/act/execute.py: looked for again under the same key, or unknown",
    "NotAuthorised": "steps/act/execute.py: a failed action; the approval page: damaged",
    "NotWanted": "steps/act/execute.py: a forbidden action",
    "EditForbidden": "approvals/edit.py: who typed it is told what policy forbids",
    "NotPermitted": "pages and commands: the person is told why",
    "AlreadyDecided": "the approval page and the case command: told to the second person",
    "NotFound": "steps/prepare.py: quarantined; doors: 404",
}
"""Classes that no Retry or Catch names, and who handles them."""


def tasks(machine: Machine) -> dict[str, State]:
    """The states in which a function runs."""
    return {n: s for n, s in machine["States"].items() if s["Type"] == "Task"}


def handlers(state: State, kind: str) -> set[str]:
    """Error names in a state's Retry or Catch."""
    return {name for one in state.get(kind, ()) for name in one["ErrorEquals"]}


def unnamed(machine: Machine) -> set[str]:
    """Classes of ours that a step can raise and some state with a Catch does not name."""
    ours = set(errors.family(errors.CountersignError)) - set(NEVER_LEAVES_A_FUNCTION)
    catching = [state for state in tasks(machine).values() if "Catch" in state]
    return {name for state in catching for name in ours - handlers(state, "Catch")}


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
    passing |= {"Lambda.ClientExecutionTimeoutException", "Lambda.ResourceConflictException"}
    passing |= {"Lambda.Unknown", "Sandbox.Timedout", "Runtime.ExitError"}
    for name, state in tasks(definition()).items():
        assert passing <= handlers(state, "Retry"), name


def test_what_does_not_pass_is_not_tried_again() -> None:
    """What needs a person, breaks the contract or lost its job is never repeated."""
    final = {
        *errors.family(errors.NeedsPerson),
        *errors.family(errors.NotNow),
        "ContractBroken",
        "StaleExecution",
        "States.ALL",
    }
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


NEXT_OF = {
    "StaleExecution": "Superseded",
    "ContractBroken": "Escalate",
    "Dismissed": "Close",
    "UndoOrdered": "TakeBack",
    "States.ALL": "Escalate",
}


@pytest.mark.parametrize("name", sorted(set(tasks(definition())) - {"Escalate", "Park"}))
def test_every_step_catches_everything(name: str) -> None:
    """Stale ends, broken input closes, exhausted patience parks, the rest goes to a person."""
    catchers = definition()["States"][name]["Catch"]
    to = {error: one["Next"] for one in catchers for error in one["ErrorEquals"]}
    assert NEXT_OF.items() <= to.items()
    assert {to[error] for error in errors.family(errors.NeedsPerson)} == {"Escalate"}
    not_now = dict.fromkeys(errors.family(errors.NotNow), "Park")
    waits = {"NotYourTurn": f"TurnOf{name}"} if name in ("Propose", "Look") else {}
    assert {error: to[error] for error in not_now} == not_now | waits
    then = "Fallback" if name == "Propose" else "Park"
    assert {to[error] for error in (*errors.family(errors.Transient), "ModelDown")} == {then}
    assert catchers[-1]["ErrorEquals"] == ["States.ALL"]
    assert {one["ResultPath"] for one in catchers} == {"$.error"}
