"""The real definition on moto's Step Functions, its functions run in this process."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from typing import Any
from uuid import uuid4

import boto3
from moto import mock_aws
from moto.awslambda_simple.models import LambdaSimpleBackend
from moto.stepfunctions.responses import get_backend

from countersign.definition import definition

REGION = "us-east-1"
ROLE = "arn:aws:iam::123456789012:role/machine"
ACCOUNT = "123456789012"
WITHIN_SECONDS = 20.0
FUNCTIONS = (
    *("Prepare", "Propose", "Decide", "Ask", "Close", "Escalate", "Park"),
    *("Look-crm", "Act-crm", "Act-mail"),
)
Handler = Callable[[dict[str, Any]], dict[str, Any]]


class Machine:
    """One state machine. `handlers` are by function name; a raised exception fails the task."""

    def __init__(self, states: Any, arn: str, handlers: dict[str, Handler]) -> None:
        self.handlers = handlers
        self.calls: list[tuple[str, str]] = []
        self.tokens: list[str] = []
        self._job = ""
        self._states, self._arn = states, arn

    def invoke(self, name: str, payload: dict[str, Any]) -> tuple[dict[str, Any], bool]:
        """What Lambda would answer, and whether it is an error."""
        self.calls.append((name, payload["state"]))
        if payload.get("token"):
            self.tokens.append(payload["token"])
        try:
            return self.handlers[name](payload), False
        except Exception as error:  # noqa: BLE001 - Lambda reports every error by its class name
            return {"errorType": type(error).__name__, "errorMessage": str(error)}, True

    def start(self, job_id: str) -> str:
        """Start an execution of the job; its ARN."""
        self._job = job_id
        started = self._states.start_execution(
            stateMachineArn=self._arn, name=str(uuid4()), input=json.dumps({"job_id": job_id})
        )
        return str(started["executionArn"])

    def ended(self, execution: str, *, answering: bool = False) -> str:
        """How the execution ended. `answering`: each token that waits is answered at once."""

        def done(status: str) -> bool:
            if answering and self.tokens:
                self._answer(self.tokens.pop())
            return status != "RUNNING"

        return self._until(execution, done)

    def waits(self, execution: str, tokens: int = 1) -> str:
        """Until the machine waits for the token number `tokens`; the token."""
        self._until(execution, lambda _: len(self.tokens) >= tokens)
        return self.tokens[tokens - 1]

    def succeed(self, token: str, job_id: str) -> None:
        """The callback."""
        self._states.send_task_success(taskToken=token, output=json.dumps({"job_id": job_id}))

    def path(self, execution: str) -> list[str]:
        """The states that the execution entered, in order."""
        history = get_backend(ACCOUNT, REGION).get_execution_history(execution)
        details = [event.get("stateEnteredEventDetails") for event in history["events"]]
        return [detail["name"] for detail in details if detail]

    def _answer(self, token: str) -> None:
        # The token of an attempt that failed is dead; the next attempt brings its own.
        with suppress(self._states.exceptions.InvalidToken):
            self.succeed(token, self._job)

    def _until(self, execution: str, done: Callable[[str], bool]) -> str:
        deadline = time.monotonic() + WITHIN_SECONDS
        while time.monotonic() < deadline:
            status = str(get_backend(ACCOUNT, REGION).describe_execution(execution).status)
            if done(status):
                return status
            time.sleep(0.02)
        raise AssertionError(f"the machine came only as far as {self.path(execution)}")


class Machines:
    """Machines on one moto. One of the same definition is made once: to read it takes moto longer
    than to execute it."""

    def __init__(self) -> None:
        self._states: Any = boto3.client("stepfunctions", region_name=REGION)
        self._arns: dict[str, str] = {}
        self._numbers = count()

    @contextmanager
    def __call__(
        self, handlers: dict[str, Handler], adapt: Callable[[Any], Any] = lambda found: found
    ) -> Iterator[Machine]:
        """A machine with these functions. `adapt` may change the definition, to shorten waits or to
        seed a bug."""
        made = Machine(self._states, self._arn(json.dumps(adapt(_filled()))), handlers)
        with _dispatching_to(made):
            yield made

    def _arn(self, text: str) -> str:
        if text not in self._arns:
            name = f"jobs-{next(self._numbers)}"
            made = self._states.create_state_machine(name=name, definition=text, roleArn=ROLE)
            self._arns[text] = made["stateMachineArn"]
        return self._arns[text]


@contextmanager
def machines() -> Iterator[Machines]:
    """Machines on a moto of their own."""
    config: Any = {
        "stepfunctions": {"execute_state_machine": True},
        "lambda": {"use_docker": False},
    }
    with mock_aws(config=config):
        yield Machines()


@contextmanager
def _dispatching_to(made: Machine) -> Iterator[None]:
    """moto's Lambda answers by our handlers instead of running containers."""
    original = LambdaSimpleBackend.invoke

    def invoke(
        self: Any,  # noqa: ARG001 - moto's shape
        function_name: str,
        qualifier: Any,  # noqa: ARG001
        body: Any,
        *rest: Any,
    ) -> bytes:
        response_headers = rest[-1]
        answer, failed = made.invoke(function_name.rpartition(":")[2], json.loads(body))
        if failed:
            response_headers["x-amz-function-error"] = "Unhandled"
        return json.dumps(answer).encode()

    LambdaSimpleBackend.invoke = invoke  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        LambdaSimpleBackend.invoke = original  # type: ignore[method-assign]


def _filled() -> dict[str, Any]:
    text = json.dumps(definition())
    for name in FUNCTIONS:
        arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"
        text = text.replace(f'"${{{name}}}"', json.dumps(arn))
    for prefix in ("Look", "Act"):
        arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{prefix}-"
        text = text.replace(f"${{{prefix}Prefix}}", arn)
    filled: dict[str, Any] = json.loads(text)
    return filled
