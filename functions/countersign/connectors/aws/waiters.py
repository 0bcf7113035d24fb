"""Executions of others that wait: a state of a machine by its task token, a durable function by the
id of its callback."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import quote

from botocore.exceptions import ClientError

from countersign.connectors.aws.signed import Request, Signed

_MACHINE, _OPERATION = "stateMachine:", "SendDurableExecutionCallback"
_GONE = frozenset({"TaskTimedOut", "TaskDoesNotExist", "InvalidToken"})
_OURS = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS})
"""Refusals that say nothing of whether somebody waits: our right is missing, or come again."""


class Durable(Protocol):
    """The operations of Lambda, by boto3's names for them. Each raises ClientError."""

    def send_durable_execution_callback_success(self, *, CallbackId: str, Result: bytes) -> Any:  # noqa: N803 - AWS's
        """It goes on with the result."""

    def send_durable_execution_callback_failure(
        self,
        *,
        CallbackId: str,  # noqa: N803 - AWS's
        Error: Mapping[str, str],  # noqa: N803 - AWS's
    ) -> Any:
        """It fails by the error."""


class LambdaCallbacks:
    """Lambda's own API for callbacks, spoken directly: its protocol is no other service's here."""

    def __init__(self, to: Signed) -> None:
        self._to = to

    def send_durable_execution_callback_success(self, *, CallbackId: str, Result: bytes) -> None:  # noqa: N803 - AWS's
        """As Durable."""
        self._sent(
            "Success", CallbackId, Request({"content-type": "application/octet-stream"}, Result)
        )

    def send_durable_execution_callback_failure(
        self,
        *,
        CallbackId: str,  # noqa: N803 - AWS's
        Error: Mapping[str, str],  # noqa: N803 - AWS's
    ) -> None:
        """As Durable."""
        body = json.dumps(dict(Error)).encode()
        self._sent("Failure", CallbackId, Request({"content-type": "application/json"}, body))

    def _sent(self, how: str, callback_id: str, asked: Request) -> None:
        verb = {"Success": "succeed", "Failure": "fail"}[how]
        path = f"/2025-12-01/durable-execution-callbacks/{quote(callback_id, safe='')}/{verb}"
        self._to.asked(f"{_OPERATION}{how}", replace(asked, path=path), _refusal)


def _refusal(status: int, text: bytes) -> Any:
    return {
        "Error": {"Code": str(status), "Message": text.decode("utf-8", "replace")},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }


class OthersExecutions:
    """As domain.jobs.outcomes.Waiters."""

    def __init__(self, states: Any, durable: Durable) -> None:
        self._states, self._durable = states, durable

    def tell(self, whose: str, token: str, said: str) -> bool:
        """As the port."""
        if whose.startswith(_MACHINE):
            return _waited(lambda: self._states.send_task_success(taskToken=token, output=said))
        return _waited(
            lambda: self._durable.send_durable_execution_callback_success(
                CallbackId=token, Result=said.encode()
            )
        )

    def refuse(self, whose: str, token: str, error: str, cause: str) -> bool:
        """As the port."""
        if whose.startswith(_MACHINE):
            return _waited(
                lambda: self._states.send_task_failure(taskToken=token, error=error, cause=cause)
            )
        told = {"ErrorType": error, "ErrorMessage": cause}
        return _waited(
            lambda: self._durable.send_durable_execution_callback_failure(
                CallbackId=token, Error=told
            )
        )


def _waited(tells: Callable[[], Any]) -> bool:
    """Whether somebody heard it; False where nobody waits under this token any more."""
    try:
        tells()
    except ClientError as error:
        if _gone(error):
            return False
        raise
    return True


def _gone(error: ClientError) -> bool:
    code = error.response["Error"]["Code"]
    status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    theirs = error.operation_name.startswith(_OPERATION)
    refused = theirs and HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    return code in _GONE or (refused and status not in _OURS)
