"""The lines in which functions tell of their metrics, as CloudWatch Logs keeps them: on AWS and on
the local cloud alike."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Protocol

import boto3

from countersign.domain.reporting.failing import Failure
from countersign.observability import STEP_ERRORS


class Lines(Protocol):
    """What a stage's functions wrote."""

    def failures(self, since: datetime) -> Iterator[Failure]:
        """Each time that a step raised, from `since` on."""


class FunctionLogs:
    """The log groups of one stage's functions."""

    def __init__(self, stack_name: str, logs: Any = None) -> None:
        self._prefix = f"/aws/lambda/{stack_name}-"
        self._logs = logs or boto3.client("logs")

    def failures(self, since: datetime) -> Iterator[Failure]:
        """As Lines."""
        groups = self._logs.get_paginator("describe_log_groups")
        for page in groups.paginate(logGroupNamePrefix=self._prefix):
            for group in page["logGroups"]:
                yield from self._of_group(group["logGroupName"], since)

    def _of_group(self, name: str, since: datetime) -> Iterator[Failure]:
        found = self._logs.get_paginator("filter_log_events").paginate(
            logGroupName=name,
            filterPattern=f'"{STEP_ERRORS}"',
            startTime=int(since.timestamp() * 1000),
        )
        for page in found:
            for event in page["events"]:
                yield from failures_in(event["message"])


def failures_in(line: str) -> Iterator[Failure]:
    """What one line of a log tells of a step that raised; nothing where it tells of else."""
    said = _json(line)
    if isinstance(said, dict) and STEP_ERRORS in said:
        at = datetime.fromtimestamp(said["_aws"]["Timestamp"] / 1000, UTC)
        yield Failure(at, said["step"], said["class"], said["job_id"])


def _json(line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return None
