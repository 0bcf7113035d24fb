"""The order of the states, as plain ASL data: one definition for all workflows.

JSONPath, no variables: both emulators run it. `${…}` are filled in by the stack: function ARNs by
row name, and `${LookPrefix}` and `${ActPrefix}`, which a connector's name makes into the name of
its function: one function per connector and direction, each with its own key.
"""

from __future__ import annotations

from typing import Any

from countersign.domain import errors

DAY = 86_400
ASK_BACKSTOP_SECONDS = 60 * DAY
"""Longer than any policy deadline: deadlines are due rows, this only ends a forgotten token."""
MACHINE_SECONDS = 90 * DAY
TASK_SECONDS = 120
READING_SECONDS = 900
"""Of Prepare, which may read a file of many items: the longest that Lambda gives."""

_ROUTES = ("Propose", "Look", "Act", "WaitAct", "Ask", "Close", "Escalate", "Park", "Parked")
_THROTTLED = ["Throttled", "Lambda.TooManyRequestsException"]
_LAMBDA = [
    *("Lambda.ServiceException", "Lambda.AWSLambdaException", "Lambda.SdkClientException"),
    *("Lambda.ClientExecutionTimeoutException", "Lambda.ResourceConflictException"),
]
"""What befalls an invocation on AWS's side, also while a function is being updated."""
_NOT_YET = errors.NotYourTurn.__name__
_CRASHED = ["Lambda.Unknown", "Sandbox.Timedout", "Runtime.ExitError"]
_TRANSIENT = [name for name in errors.family(errors.Transient) if name != "Throttled"] + _LAMBDA


def definition() -> dict[str, Any]:
    """The state machine, ready for `json.dumps`."""
    return {
        "Comment": "Countersign: one job, from an accepted event to one recorded outcome",
        "StartAt": "Prepare",
        "TimeoutSeconds": MACHINE_SECONDS,
        "States": {
            "Prepare": _task("${Prepare}", "Propose", more="Prepare")
            | {"TimeoutSeconds": READING_SECONDS},
            "TakeBack": _task("${Prepare}", "Route"),
            "Propose": _propose("Fallback"),
            "TurnOfPropose": _turn("WaitPropose", "job_id"),
            "WaitPropose": _wait("Propose"),
            "Fallback": _task("${Propose}", "Look"),
            "Look": _look("States.Format('${LookPrefix}{}', $.connector)", "Decide"),
            "TurnOfLook": _turn("WaitLook", "job_id", "connector"),
            "WaitLook": _wait("Look"),
            "Decide": _task("${Decide}", "Route"),
            "Route": _route(*_ROUTES),
            "Act": _task("States.Format('${ActPrefix}{}', $.connector)", "Route"),
            "WaitAct": _wait("Act"),
            "Ask": _ask("${Ask}", "Look"),
            "Close": _task("${Close}", None),
            "Escalate": _task("${Escalate}", None, catches=False),
            "Park": _task("${Park}", "Route", catches=False),
            "Parked": {"Type": "Succeed", "Comment": "the job waits for a time or an answer"},
            "Superseded": {"Type": "Succeed", "Comment": "another execution owns the job now"},
        },
    }


def _task(
    function: str, then: str | None, *, catches: bool = True, more: str = "Propose"
) -> dict[str, Any]:
    state: dict[str, Any] = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {_name_key(function): function, "Payload": _pointer()},
        "OutputPath": "$.Payload",
        "TimeoutSeconds": TASK_SECONDS,
        "Retry": [*retry(), timed_out()],
    }
    if catches:
        state["Catch"] = _catch("Park", more=more)
    return state | ({"Next": then} if then else {"End": True})


def _propose(fallback: str) -> dict[str, Any]:
    """Like a Look it waits for its turn. What is too long for one visit is read on in the next one
    of the same state; a model that stays away is done without."""
    state = _task("${Propose}", "Look")
    own = _catcher([_NOT_YET], "TurnOfPropose")
    return state | {"Catch": [own, *_catch(fallback, but=_NOT_YET)]}


def _look(function: str, then: str) -> dict[str, Any]:
    """Who must wait for its turn pays for it, and nobody else: a choice after each Look would cost
    every job a transition."""
    state = _task(function, then)
    state["Catch"] = [_catcher([_NOT_YET], "TurnOfLook"), *_catch("Park", but=_NOT_YET)]
    return state


def _turn(then: str, *names: str) -> dict[str, Any]:
    """The seconds out of the error's message: Lambda hands on nothing of an exception but text."""
    number = "States.ArrayGetItem(States.StringSplit($.error.Cause, '#'), 1)"
    kept = {f"{name}.$": f"$.{name}" for name in names}
    seconds = {"seconds.$": f"States.StringToJson({number})"}
    return {"Type": "Pass", "Parameters": kept | seconds, "Next": then}


def _wait(then: str) -> dict[str, Any]:
    return {"Type": "Wait", "SecondsPath": "$.seconds", "Next": then}


def _ask(function: str, then: str) -> dict[str, Any]:
    """Wait for a person. Whatever ends the wait, the next states read the decision in our table."""
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Parameters": {
            "FunctionName": function,
            "Payload": _pointer() | {"token.$": "$$.Task.Token"},
        },
        "ResultPath": None,
        "TimeoutSeconds": ASK_BACKSTOP_SECONDS,
        "Retry": retry(),
        "Catch": [_catcher(["States.Timeout"], then), *_catch("Park")],
        "Next": then,
    }


def _route(*states: str) -> dict[str, Any]:
    return {
        "Type": "Choice",
        "Choices": [
            {"Variable": "$.next", "StringEquals": state, "Next": state} for state in states
        ],
        "Default": "Escalate",
    }


def _pointer() -> dict[str, Any]:
    return {
        "job_id.$": "$.job_id",
        "execution.$": "$$.Execution.Name",
        "state.$": "$$.State.Name",
        "retries.$": "$$.State.RetryCount",
        "input.$": "$",
    }


def retry() -> list[dict[str, Any]]:
    """What is tried again, whichever state it befalls."""
    return [
        _retrier(_THROTTLED, seconds=3, attempts=6),
        _retrier(_TRANSIENT, seconds=1, attempts=4),
        _retrier(_CRASHED, seconds=2, attempts=2),
    ]


def timed_out() -> dict[str, Any]:
    """A task whose answer did not come."""
    return _retrier(["States.Timeout"], seconds=2, attempts=2)


def _retrier(names: list[str], *, seconds: int, attempts: int) -> dict[str, Any]:
    return {
        "ErrorEquals": names,
        "IntervalSeconds": seconds,
        "MaxAttempts": attempts,
        "BackoffRate": 2,
        "MaxDelaySeconds": 60,
        "JitterStrategy": "FULL",
    }


def _catch(exhausted: str, but: str = "", more: str = "Propose") -> list[dict[str, Any]]:
    not_now = [name for name in errors.family(errors.NotNow) if name != but]
    return [
        _catcher(["StaleExecution"], "Superseded"),
        _catcher(["Dismissed", "Joined"], "Close"),
        _catcher(["UndoOrdered"], "TakeBack"),
        _catcher(["MoreToRead"], more),
        _catcher(not_now, "Park"),
        _catcher([*_THROTTLED, *_TRANSIENT, errors.ModelDown.__name__], exhausted),
        _catcher(["ContractBroken", *errors.family(errors.NeedsPerson)], "Escalate"),
        _catcher(["States.ALL"], "Escalate"),
    ]


def _catcher(names: list[str], then: str) -> dict[str, Any]:
    return {"ErrorEquals": names, "ResultPath": "$.error", "Next": then}


def _name_key(function: str) -> str:
    return "FunctionName.$" if function.startswith("States.") else "FunctionName"
