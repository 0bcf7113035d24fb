"""What the functions wrote to their logs on the local cloud: defects and denied calls."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from infra.local.cloud import deployer

PREFIX = "/aws/lambda/"
_SIGNS = ("AccessDenied", "is not authorized to perform", "Task timed out")


def troubles(endpoint: str) -> list[str]:
    """One line per defect that a function logged and per call that IAM denied; none is the rule."""
    return [
        f"{name.removeprefix(PREFIX)}: {trouble}"
        for name, message in _messages(endpoint)
        for trouble in _in(message)
    ]


def counted(endpoint: str, metric: str) -> float:
    """The sum of all that the functions counted under a metric of ours so far."""
    lines = (_line(message) for _, message in _messages(endpoint))
    values = (line[metric] for line in lines if "_aws" in line and metric in line)
    return float(sum(sum(one) if isinstance(one, list) else one for one in values))


def _messages(endpoint: str) -> Iterator[tuple[str, str]]:
    """Every line of every function's log, with the log's name."""
    logs = deployer.client("logs", endpoint)
    for group in logs.describe_log_groups(logGroupNamePrefix=PREFIX)["logGroups"]:
        for event in logs.filter_log_events(logGroupName=group["logGroupName"])["events"]:
            yield group["logGroupName"], event["message"]


def _in(message: str) -> Iterator[str]:
    if any(sign in message for sign in _SIGNS):
        yield message.strip()[:300]
    elif _is_defect(message):
        yield f"a defect: {message.strip()[:300]}"


def _is_defect(message: str) -> bool:
    return bool(_line(message).get("message") == "defect")


def _line(message: str) -> dict[str, Any]:
    """A line of ours; nothing where it is something else."""
    try:
        line = json.loads(message)
    except ValueError:
        return {}
    return line if isinstance(line, dict) else {}
