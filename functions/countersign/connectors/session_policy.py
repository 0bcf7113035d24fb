"""The policy of a task's session: what its role may, narrowed to one job. In AWS's words.

A session may what its role and this policy both allow. The role may touch every row of the table;
the session only rows whose partition is the job's, or one that all visits of its connector share.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from countersign.connectors.dynamo_limits import breaker_of, slots_of
from countersign.connectors.dynamo_rows import partition
from countersign.settings import Right, Task

MOST_CHARACTERS = 2048
"""STS's own limit for a session policy."""


def session_policy(task: Task, job_id: str) -> str:
    """The policy as JSON. Raises ValueError when it is longer than STS takes."""
    rows = [partition(job_id), slots_of(task.connector), breaker_of(task.connector)]
    statements = [_statement(right, rows) for right in task.rights]
    policy = {"Version": "2012-10-17", "Statement": statements}
    text = json.dumps(policy, separators=(",", ":"))
    if len(text) > MOST_CHARACTERS:
        raise ValueError(f"the session policy has {len(text)} characters")
    return text


def _statement(right: Right, rows: Sequence[str]) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": list(right.actions), "Resource": right.resource}
    if not right.actions[0].startswith("dynamodb:"):
        return statement
    # ForAllValues is true of a request without keys: Null makes such a request fail.
    return statement | {
        "Condition": {
            "ForAllValues:StringEquals": {"dynamodb:LeadingKeys": list(rows)},
            "Null": {"dynamodb:LeadingKeys": "false"},
        }
    }
