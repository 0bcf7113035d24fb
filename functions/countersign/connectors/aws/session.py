"""Assuming a task's role for one job, for a quarter of an hour."""

from __future__ import annotations

from typing import Any

from countersign.connectors.aws.client import Credentials, client, guarded
from countersign.connectors.aws.session_policy import Task, session_policy

SECONDS = 900
"""The shortest session that STS gives, and longer than any function runs."""


class TaskRole:
    """A function's only way to rights on jobs, secrets and mail."""

    def __init__(self, task: Task, sts: Any = None) -> None:
        self._task = task
        self._sts = guarded(sts or client("sts"))

    def for_job(self, job_id: str) -> Credentials:
        """Credentials that end by themselves. Raises Throttled or Unavailable."""
        found = self._sts.assume_role(
            RoleArn=self._task.role,
            RoleSessionName=job_id,
            Policy=session_policy(self._task, job_id),
            DurationSeconds=SECONDS,
        )["Credentials"]
        return Credentials(found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])
