"""The state machine on Step Functions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from countersign.connectors.aws import client, guarded

if TYPE_CHECKING:
    from types_boto3_stepfunctions import SFNClient

_GONE = frozenset({"TaskTimedOut", "InvalidToken", "TaskDoesNotExist"})


class StateMachine:
    """Executions of the one state machine."""

    def __init__(self, arn: str, states: SFNClient | None = None) -> None:
        self._arn = arn
        self._states = guarded(states or client("stepfunctions"))

    def start(self, name: str, job_id: str) -> None:
        """Start the execution called `name`. One that exists already is the same work."""
        try:
            self._states.start_execution(
                stateMachineArn=self._arn, name=name, input=json.dumps({"job_id": job_id})
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ExecutionAlreadyExists":
                raise

    def succeed(self, token: str, job_id: str) -> bool:
        """Let the waiting execution go on; the decision itself is in our table."""
        try:
            self._states.send_task_success(taskToken=token, output=json.dumps({"job_id": job_id}))
        except ClientError as error:
            if error.response["Error"]["Code"] in _GONE:
                return False
            raise
        return True

    def running(self, name: str) -> bool:
        """Whether the execution called `name` exists and has not ended."""
        arn = self._arn.replace(":stateMachine:", ":execution:") + f":{name}"
        try:
            found = self._states.describe_execution(executionArn=arn)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ExecutionDoesNotExist":
                return False
            raise
        return found["status"] == "RUNNING"
