"""Executions of others that wait: how they are told, and what says that nobody waits."""

from __future__ import annotations

import json
from typing import Any

import botocore.session
import pytest
from botocore.exceptions import ClientError

from countersign.connectors.aws.client import Credentials, Place
from countersign.connectors.aws.signed import Answer, Request, Signed
from countersign.connectors.aws.waiters import LambdaCallbacks, OthersExecutions

ID = "Ab+/=~ü:1"
SAID = '{"state":"done"}'


class Lambda:
    """Where the requests arrive, and what is answered."""

    def __init__(self, status: int = 200) -> None:
        self.status = status
        self.asked: list[tuple[str, Request]] = []

    def __call__(self, url: str, request: Request) -> Answer:
        self.asked.append((url, request))
        return Answer(self.status, b"{}")


def executions(there: Lambda, states: Any = None) -> OthersExecutions:
    """The adapter, of a function."""
    place = Place("eu-central-1", Credentials("key", "secret", ""))
    return OthersExecutions(
        states, LambdaCallbacks(Signed("lambda", place, send=there, wait=lambda _seconds: None))
    )


def test_a_durable_function_is_told_as_botocore_would() -> None:
    """The same method, path and body as botocore makes of the operation's description."""
    there = Lambda()
    assert executions(there).tell("function:orders", ID, SAID)
    client: Any = botocore.session.get_session().create_client(
        "lambda",
        region_name="eu-central-1",
        endpoint_url="https://lambda.eu-central-1.amazonaws.com",
        aws_access_key_id="key",
        aws_secret_access_key="secret",
    )
    seen = list[Any]()

    def sends(request: Any, **_: Any) -> Any:
        seen.append(request)
        return Sent()

    client.meta.events.register("before-send.*", sends)
    client.send_durable_execution_callback_success(CallbackId=ID, Result=SAID.encode())
    assert executions(there).refuse("function:orders", ID, "ContractBroken", "no action")
    told = {"ErrorType": "ContractBroken", "ErrorMessage": "no action"}
    client.send_durable_execution_callback_failure(CallbackId=ID, Error=told)
    for (url, request), theirs in zip(there.asked, seen, strict=True):
        assert (url + request.path, request.method) == (theirs.url, theirs.method)
        if request.body != theirs.body:
            assert json.loads(request.body) == json.loads(theirs.body)


class Sent:
    """An answer that botocore takes."""

    status_code, headers, content, raw = 200, dict[str, str](), b"{}", None


@pytest.mark.parametrize("status", [400, 404])
def test_a_callback_that_is_over_is_gone(status: int) -> None:
    """CallbackTimeoutException, ResourceNotFoundException and an id that is none."""
    assert not executions(Lambda(status)).tell("function:orders", ID, SAID)


@pytest.mark.parametrize("status", [403, 429, 500])
def test_trouble_of_ours_or_of_theirs_is_none_of_its_end(status: int) -> None:
    """A right that is missing is no execution that is over: it comes again."""
    with pytest.raises(ClientError):
        executions(Lambda(status)).tell("function:orders", ID, SAID)


class States:
    """Step Functions, which refuses by a code."""

    def __init__(self, code: str = "") -> None:
        self.code = code
        self.told: list[tuple[str, str]] = []

    def send_task_success(self, *, taskToken: str, output: str) -> None:  # noqa: N803 - AWS's
        self.told.append((taskToken, output))
        if self.code:
            said: Any = {
                "Error": {"Code": self.code, "Message": ""},
                "ResponseMetadata": {"HTTPStatusCode": 400},
            }
            raise ClientError(said, "SendTaskSuccess")


@pytest.mark.parametrize("code", ["", "TaskTimedOut", "TaskDoesNotExist", "InvalidToken"])
def test_a_task_is_told_or_gone(code: str) -> None:
    """As Step Functions says it."""
    states = States(code)
    assert executions(Lambda(), states).tell("stateMachine:theirs", "t", SAID) is not bool(code)
    assert states.told == [("t", SAID)]


def test_a_right_that_is_missing_is_raised() -> None:
    """Nobody is called gone whom we may not tell."""
    with pytest.raises(ClientError):
        executions(Lambda(), States("AccessDeniedException")).tell("stateMachine:x", "t", SAID)
