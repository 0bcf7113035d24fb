"""What the functions wrote to their logs on the local cloud: defects and denied calls."""

from __future__ import annotations

import json
from collections.abc import Iterator

from infra.local.cloud import deployer

PREFIX = "/aws/lambda/"
_SIGNS = ("AccessDenied", "is not authorized to perform", "Task timed out")


def troubles(endpoint: str) -> list[str]:
    """One line per defect that a function logged and per call that IAM denied; none is the rule."""
    logs = deployer.client("logs", endpoint)
    groups = logs.describe_log_groups(logGroupNamePrefix=PREFIX)["logGroups"]
    names = [group["logGroupName"] for group in groups]
    return [
        f"{name.removeprefix(PREFIX)}: {trouble}"
        for name in names
        for event in logs.filter_log_events(logGroupName=name)["events"]
        for trouble in _in(event["message"])
    ]


def _in(message: str) -> Iterator[str]:
    if any(sign in message for sign in _SIGNS):
        yield message.strip()[:300]
    elif _is_defect(message):
        yield f"a defect: {message.strip()[:300]}"


def _is_defect(message: str) -> bool:
    try:
        line = json.loads(message)
    except ValueError:
        return False
    return isinstance(line, dict) and line.get("message") == "defect"
