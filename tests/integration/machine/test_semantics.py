"""What the definition does, on an interpreter of Step Functions that is not ours."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from typing import Any

import pytest

from countersign.domain import errors
from countersign.domain.limits.pace import Turn
from tests.integration.machine.machine import Handler, Machine, Machines

JOB = "j-1"
STEPS = ("Prepare", "Propose", "Look-crm", "Decide", "Act-crm", "Ask", "Close")
LIVE, MORE = ("Look-crm", "Ask"), ("Prepare", "Close")
SHAPES = [*LIVE, *(pytest.param(one, marks=pytest.mark.soak) for one in MORE)]
"""One state of each shape is tried live, the simple ones in the long form; test_definition_errors
goes through all of them."""
MORE_NAMES = [pytest.param(one, marks=pytest.mark.soak) for one in ("Quarantined", "ForTeam")]
"""Of the same family: they are caught by one list of the definition."""
NAMED = {
    "Throttled": errors.Throttled,
    "Unavailable": errors.Unavailable,
    "StoreConflict": errors.StoreConflict,
    "Transient": errors.Transient,
}


def goes(state: str, connector: str = "") -> Handler:
    """A step that says where to go next."""
    return lambda call: {"job_id": call["job_id"], "next": state, "connector": connector}


def done(call: dict[str, Any]) -> dict[str, Any]:
    """A step after which nothing follows."""
    return {"job_id": call["job_id"]}


def happy() -> dict[str, Handler]:
    """Steps that take one job through everything, a signature included."""
    visits = iter(["crm", "mail"])
    return {
        "Prepare": goes("Propose"),
        "Propose": goes("Look", "crm"),
        "Look-crm": goes("Decide"),
        "Decide": lambda call: {"job_id": call["job_id"], "next": "Act", "connector": next(visits)},
        "Act-crm": goes("Ask", "crm"),
        "Act-mail": goes("Close"),
        "Ask": done,
        "Close": done,
        "Escalate": done,
        "Park": goes("Parked"),
    }


def failing(error: Exception, times: int, then: Handler) -> Handler:
    """A step that raises `error` so many times, then does `then`."""
    left = iter([error] * times)

    def handler(call: dict[str, Any]) -> dict[str, Any]:
        raised = next(left, None)
        if raised is not None:
            raise raised
        return then(call)

    return handler


def quick(found: dict[str, Any]) -> dict[str, Any]:
    """The same retries with one try each and one second at most, so that a test can wait."""
    short = copy.deepcopy(found)
    for state in short["States"].values():
        for retrier in state.get("Retry", []):
            retrier.update(IntervalSeconds=1, MaxAttempts=1, MaxDelaySeconds=2)
    return short


def ask_ends_after(seconds: int) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """The same machine with a short backstop on Ask."""

    def adapt(found: dict[str, Any]) -> dict[str, Any]:
        short = quick(found)
        short["States"]["Ask"]["TimeoutSeconds"] = seconds
        return short

    return adapt


def through(made: Machine) -> list[str]:
    """Run the job to its end, answering each callback that is asked for; the states it entered."""
    execution = made.start(JOB)
    made.ended(execution, answering=True)
    return made.path(execution)


def test_a_job_goes_through_all_states_in_their_order_and_twice_through_act(
    machine: Machines,
) -> None:
    """The happy path with a signature: Act before it and after it, records looked at anew."""
    with machine(happy()) as made:
        execution = made.start(JOB)
        token = made.waits(execution)
        made.succeed(token, JOB)
        assert made.ended(execution) == "SUCCEEDED"
        assert made.path(execution) == [
            *("Prepare", "Propose", "Look", "Decide", "Route", "Act", "Route", "Ask"),
            *("Look", "Decide", "Route", "Act", "Route", "Close"),
        ]


@pytest.mark.parametrize("first", [0, pytest.param(2, marks=pytest.mark.soak)])
def test_a_transient_error_is_retried(first: int, machine: Machines) -> None:
    """One failure in each state, of two transient classes in turn, changes nothing but time."""
    handlers, classes = happy(), islice(cycle(NAMED.values()), first, None)
    for function, kind in zip(STEPS, classes, strict=False):
        handlers[function] = failing(kind("try again"), 1, handlers[function])
    with machine(handlers, quick) as made:
        assert through(made)[-1] == "Close"
        times = Counter(function for function, _ in made.calls)
    assert min(times[function] for function in STEPS) > 1


@pytest.mark.parametrize("function", SHAPES)
def test_exhausted_retries_park_the_job(function: str, machine: Machines) -> None:
    """What is not there after all retries is waited for outside the machine."""
    handlers = happy()
    handlers[function] = failing(errors.Unavailable("down"), 9, handlers[function])
    with machine(handlers, quick) as made:
        assert through(made)[-3:] == ["Park", "Route", "Parked"]


def test_a_model_that_is_down_is_replaced_by_the_fallback(machine: Machines) -> None:
    """Propose goes on as Fallback, with the same function under another name."""
    handlers = happy()

    def propose(call: dict[str, Any]) -> dict[str, Any]:
        if call["state"] == "Propose":
            raise errors.Unavailable("the model is down")
        return goes("Look", "crm")(call)

    handlers["Propose"] = propose
    with machine(handlers, quick) as made:
        path = through(made)
        assert path[path.index("Fallback") + 1] == "Look"
        assert path[-1] == "Close"


@pytest.mark.parametrize("name", ["NeedsPerson", *MORE_NAMES])
def test_what_needs_a_person_escalates_without_a_retry(name: str, machine: Machines) -> None:
    """Each class of the family goes straight to Escalate, with its reason."""
    kind: type[errors.CountersignError] = getattr(errors, name)
    error = kind.__new__(kind, "because")  # some have a message of their own
    handlers = happy() | {"Decide": failing(error, 9, goes("Close"))}
    told: list[dict[str, Any]] = []
    handlers["Escalate"] = lambda call: told.append(call["input"]) or {"job_id": call["job_id"]}  # type: ignore[func-returns-value]
    with machine(handlers, quick) as made:
        assert through(made)[-2:] == ["Decide", "Escalate"]
        assert told[0]["error"]["Error"] == name
        assert "because" in told[0]["error"]["Cause"]


@pytest.mark.parametrize("function", SHAPES)
def test_a_broken_contract_closes_and_a_foreign_execution_ends_quietly(
    function: str, machine: Machines
) -> None:
    """ContractBroken goes to Escalate; StaleExecution ends this execution and touches no job."""
    for error, last in (
        (errors.ContractBroken("email: missing"), "Escalate"),
        (errors.StaleExecution("another one owns the job"), "Superseded"),
    ):
        handlers = happy()
        handlers[function] = failing(error, 1, handlers[function])
        with machine(handlers, quick) as made:
            assert through(made)[-1] == last


def test_who_must_wait_for_its_turn_waits_in_the_same_execution(machine: Machines) -> None:
    """Look raises, and the seconds are read out of its message; Act says them. Each comes back to
    its own state, with a count of its repeated attempts that begins anew."""
    turn = Turn(at=datetime(2026, 3, 2, tzinfo=UTC), requests=8)
    later = errors.NotYourTurn("crm-read", turn, timedelta(seconds=1.9))
    waits: dict[str, Any] = {"next": "WaitAct", "connector": "crm", "seconds": 1}
    acts = iter([{"job_id": JOB, **waits}, {"job_id": JOB, "next": "Close"}])
    retries = list[tuple[str, int]]()

    def act(call: dict[str, Any]) -> dict[str, Any]:
        retries.append((call["input"]["connector"], call["retries"]))
        return next(acts)

    handlers = happy() | {"Act-crm": act}
    handlers["Look-crm"] = failing(later, 1, handlers["Look-crm"])
    with machine(handlers, quick) as made:
        assert through(made) == [
            *("Prepare", "Propose", "Look", "TurnOfLook", "WaitLook", "Look", "Decide"),
            *("Route", "Act", "Route", "WaitAct", "Act", "Route", "Close"),
        ]
    assert retries == [("crm", 0), ("crm", 0)]


def test_a_repeated_attempt_is_counted(machine: Machines) -> None:
    """The function is told how often the state was tried."""
    retries = list[int]()
    handlers = happy()

    def act(call: dict[str, Any]) -> dict[str, Any]:
        retries.append(call["retries"])
        if len(retries) == 1:
            raise errors.Unavailable("down")
        return {"job_id": JOB, "next": "Close"}

    with machine(handlers | {"Act-crm": act}, quick) as made:
        through(made)
    assert retries == [0, 1]


def test_an_unknown_error_escalates(machine: Machines) -> None:
    """A class that nobody named is caught by States.ALL, never lost."""
    handlers = happy() | {"Look-crm": failing(ZeroDivisionError("?"), 9, goes("Decide"))}
    with machine(handlers, quick) as made:
        assert through(made)[-2:] == ["Look", "Escalate"]


def test_when_nobody_answers_the_machine_reads_the_decision_from_our_table(
    machine: Machines,
) -> None:
    """Ask's time-out leads to Look and Decide, which ask the table, not the token."""
    with machine(happy(), ask_ends_after(1)) as made:
        execution = made.start(JOB)
        assert made.ended(execution) == "SUCCEEDED"
        path = made.path(execution)
        assert path[path.index("Ask") + 1 :][:2] == ["Look", "Decide"]


@pytest.mark.control
def test_control_without_the_catch_a_time_out_kills_the_job(machine: Machines) -> None:
    """The same machine without Ask's Catch fails: the test above sees what it claims to see."""

    def uncaught(found: dict[str, Any]) -> dict[str, Any]:
        short = ask_ends_after(1)(found)
        short["States"]["Ask"].pop("Catch")
        return short

    with machine(happy(), uncaught) as made:
        execution = made.start(JOB)
        assert made.ended(execution) in {"FAILED", "TIMED_OUT"}


def test_an_error_in_escalate_fails_the_execution_for_the_recorder(machine: Machines) -> None:
    """Escalate has nowhere to go: the execution fails, and the recorder marks the job."""
    handlers = happy() | {
        "Decide": goes("Escalate"),
        "Escalate": failing(errors.Unavailable("mail is down"), 9, goes("x")),
    }
    with machine(handlers, quick) as made:
        execution = made.start(JOB)
        assert made.ended(execution) == "FAILED"
