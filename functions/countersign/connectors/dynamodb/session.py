"""A task's session: its role, assumed for a quarter of an hour and narrowed to one job's rows.

A session may what its role and this policy both allow. The role may touch every row of the table;
the session only rows whose partition is the job's; it may read, not write, the directory, since
signatures count only of people who are there; and it may update, not replace, the row that all who
use the connector's key share: others' turns are in it. Where the task hands a job's matters over,
it may also write the partitions of that job's children, whose ids are derived from the job's, and
the stage's stored releases: a child gets the one that is drawn for it, an order changes them. One
that keeps documents reaches those of its job alone. One that mails may ask, and not read, whether
somebody is on the suppression list.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from countersign.connectors.aws.client import Credentials, client, guarded
from countersign.connectors.dynamodb.documents import PARTITION as PEOPLE
from countersign.connectors.dynamodb.limits import pace_of
from countersign.connectors.dynamodb.rollouts import PARTITION as RELEASES
from countersign.connectors.dynamodb.rows import SUPPRESSION, partition, seen_key
from countersign.domain.contract import Value
from countersign.domain.jobs.handing import children_of

SECONDS = 900
"""The shortest session that STS gives, and longer than any function runs."""

_READ, _UPDATE, _CHECK = "dynamodb:Query", "dynamodb:UpdateItem", "dynamodb:ConditionCheckItem"
MOST_CHARACTERS = 2048
"""STS's own limit for a session policy."""


DOCUMENTS = "documents/"
"""Where the payload bucket has the documents of jobs, each job's under its id."""


def documents_of(job_id: str) -> str:
    """The prefix of a job's documents."""
    return f"{DOCUMENTS}{job_id}/"


class Right(Value):
    """Actions of AWS on one resource."""

    actions: tuple[str, ...]
    resource: str


class Task(Value):
    """The role that a function assumes anew for each job."""

    role: str
    """Its ARN."""
    paced_by: str
    """The key whose row says when its requests may start."""
    rights: tuple[Right, ...]
    """All that the role may; a session gets the part that its job needs."""
    children: int = 0
    """How many children of its job it may create."""


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


def session_policy(task: Task, job_id: str) -> str:
    """The policy as JSON. Raises ValueError when it is longer than STS takes."""
    own, pace = [partition(job_id), *_children(task, job_id)], pace_of(task.paced_by)
    rights = [_of_the_job(right, job_id) for right in task.rights]
    statements = [one for right in rights for one in _statements(right, own, pace)]
    policy = {"Version": "2012-10-17", "Statement": statements}
    text = json.dumps(policy, separators=(",", ":"))
    if len(text) > MOST_CHARACTERS:
        raise ValueError(f"the session policy has {len(text)} characters")
    return text


def _of_the_job(right: Right, job_id: str) -> Right:
    """A right on every job's documents, on this one's alone."""
    narrow = right.resource.replace(f"{DOCUMENTS}*", f"{documents_of(job_id)}*")
    return right.model_copy(update={"resource": narrow})


def _children(task: Task, job_id: str) -> list[str]:
    """The partitions of the children, and of the rows by which they are known for longer; and of
    the releases that they are drawn from."""
    ids = children_of(job_id)[: task.children]
    keys = [key for one in ids for key in (partition(one), seen_key(one)["pk"]["S"])]
    return [*keys, RELEASES] if keys else []


def _statements(right: Right, own: Sequence[str], pace: str) -> list[dict[str, Any]]:
    if not right.actions[0].startswith("dynamodb:"):
        return [_allow(right.actions, right.resource)]
    of_the_job = [action for action in right.actions if action not in (_UPDATE, _CHECK)]
    rows = (
        (of_the_job, own),
        ([_READ], [PEOPLE, pace]),
        ([_UPDATE], [pace]),
        ([_CHECK], [SUPPRESSION]),
    )
    return [
        _allow(actions, right.resource) | _only(partitions)
        for actions, partitions in rows
        if actions and set(actions) <= set(right.actions)
    ]


def _allow(actions: Sequence[str], resource: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource}


def _only(rows: Sequence[str]) -> dict[str, Any]:
    # ForAllValues is true of a request without keys: Null makes such a request fail.
    return {
        "Condition": {
            "ForAllValues:StringEquals": {"dynamodb:LeadingKeys": list(rows)},
            "Null": {"dynamodb:LeadingKeys": "false"},
        }
    }
