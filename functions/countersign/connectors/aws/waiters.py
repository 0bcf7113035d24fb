"""Executions of others that wait: a state of a machine by its task token, a durable function by the
id of its callback."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import quote

from botocore.exceptions import ClientError

from countersign.connectors.aws.signed import Request, Signed

_MACHINE = "stateMachine:"
_GONE = frozenset({"TaskTimedOut", "TaskDoesNotExist", "InvalidToken"})
_OURS = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS})
"""Refusals that say nothing of whether somebody waits: our right is missing, or come again."""


class Durable(Protocol):
    """The operation of Lambda, by boto3's name for it."""

    def send_durable_execution_callback_success(self, *, CallbackId: str, Result: bytes) -> Any:  # noqa: N803 - AWS's
        """Raises ClientError."""


class LambdaCallbacks:
    """Lambda's own API for callbacks, spoken directly: its protocol is no other service's here."""

    def __init__(self, to: Signed) -> None:
        self._to = to

    def send_durable_execution_callback_success(self, *, CallbackId: str, Result: bytes) -> None:  # noqa: N803 - AWS's
        """As Durable."""
        path = f"/2025-12-01/durable-execution-callbacks/{quote(CallbackId, safe='')}/succeed"
        asked = Request({"content-type": "application/octet-stream"}, Result, path=path)
        self._to.asked("SendDurableExecutionCallbackSuccess", asked, _refusal)


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
        """Let it go on with what is said; False where nobody waits under this token any more."""
        try:
            if whose.startswith(_MACHINE):
                self._states.send_task_success(taskToken=token, output=said)
            else:
                self._durable.send_durable_execution_callback_success(
                    CallbackId=token, Result=said.encode()
                )
        except ClientError as error:
            if _gone(error):
                return False
            raise
        return True


def _gone(error: ClientError) -> bool:
    code = error.response["Error"]["Code"]
    status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    theirs = error.operation_name == "SendDurableExecutionCallbackSuccess"
    refused = theirs and HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    return code in _GONE or (refused and status not in _OURS)
