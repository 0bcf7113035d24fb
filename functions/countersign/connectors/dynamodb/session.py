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
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from countersign.connectors.aws.client import Credentials, client, guarded
from countersign.connectors.dynamodb.budgets import budget_of
from countersign.connectors.dynamodb.campaign_events import TOKENS
from countersign.connectors.dynamodb.campaigns import CONTACTED
from countersign.connectors.dynamodb.documents import PARTITION as PEOPLE
from countersign.connectors.dynamodb.lanes import batch_of, lane_of
from countersign.connectors.dynamodb.limits import pace_of
from countersign.connectors.dynamodb.rollouts import PARTITION as RELEASES
from countersign.connectors.dynamodb.rows import SUPPRESSION, partition, seen_key
from countersign.connectors.dynamodb.sending import SENDING
from countersign.domain.contract import Value
from countersign.domain.jobs.handing import children_of
from countersign.domain.limits.caps import day_of

SECONDS = 900
"""The shortest session that STS gives, and longer than any function runs."""

_READ, _UPDATE, _CHECK = "dynamodb:Query", "dynamodb:UpdateItem", "dynamodb:ConditionCheckItem"
_PUT, _DELETE = "dynamodb:PutItem", "dynamodb:DeleteItem"
_TABLE = "*"
"""The role names the table; its name five times more is longer than STS takes."""
MOST_CHARACTERS = 2048
"""STS's own limit for a session policy."""


ITEMS = "lane/"
"""Where the payload bucket has the batches of files, each job's under its id."""
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
    paced_by: str = ""
    """The key whose row says when its requests may start; empty: it makes none outside."""
    rights: tuple[Right, ...]
    """All that the role may; a session gets the part that its job needs."""
    children: int = 0
    """How many children of its job it may create."""
    items: bool = False
    """Whether it begins runs over the rows of the job's file."""
    sends: bool = False
    """Whether the rows of its batch are messages."""


class TaskRole:
    """A function's only way to rights on jobs, secrets and mail."""

    def __init__(self, task: Task, sts: Any = None) -> None:
        self._task = task
        self._sts = guarded(sts or client("sts"))

    def for_job(self, job_id: str) -> Credentials:
        """Credentials that end by themselves. Raises Throttled or Unavailable."""
        return self._assumed(job_id, session_policy(self._task, job_id))

    def for_batch(self, job_id: str, batch: int, now: datetime) -> Credentials:
        """The same for one batch of the job's file, and for no row of the job itself; with the
        budgets of today, and of the day that may begin meanwhile."""
        days = dict.fromkeys((day_of(now), day_of(now + timedelta(seconds=SECONDS))))
        return self._assumed(job_id, batch_policy(self._task, job_id, batch, tuple(days)))

    def _assumed(self, job_id: str, policy: str) -> Credentials:
        found = self._sts.assume_role(
            RoleArn=self._task.role,
            RoleSessionName=job_id,
            Policy=policy,
            DurationSeconds=SECONDS,
        )["Credentials"]
        return Credentials(found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])


def session_policy(task: Task, job_id: str) -> str:
    """The policy as JSON. Raises ValueError when it is longer than STS takes."""
    own = [partition(job_id), *_lane(task, job_id), *_children(task, job_id)]
    pace = pace_of(task.paced_by)
    return _policy(
        one for right in task.rights for one in _statements(_of_the_job(right, job_id), own, pace)
    )


def batch_policy(task: Task, job_id: str, batch: int, days: Sequence[str] = ()) -> str:
    """The same for a child: it writes the rows of its batch, and reads what people said. Where it
    asks the model, it updates the row of the model's pace, and the counters of these days' budgets
    and of the job's own. Raises ValueError as above."""
    if task.sends:
        return _policy(_of_messages(task, job_id, batch))
    own, said = batch_of(job_id, batch), lane_of(job_id)
    shared = [pace_of(task.paced_by), *map(budget_of, (*days, job_id))]
    narrowed = (_of_the_job(right, job_id) for right in task.rights)
    return _policy(one for right in narrowed for one in _of_the_batch(right, own, said, shared))


def _of_messages(task: Task, job_id: str, batch: int) -> Iterator[dict[str, Any]]:
    """A child that sends writes the rows of its batch; it reads what people said; it asks, and does
    not read, whether somebody is on the suppression list; of other rows it puts when a person was
    written to and by which token they get no more, and books its turns."""
    own, said = batch_of(job_id, batch), lane_of(job_id)
    for right in (_of_the_job(one, job_id) for one in task.rights):
        if not right.actions[0].startswith("dynamodb:"):
            yield _allow(right.actions, right.resource)
            continue
        yield _allow(right.actions, right.resource) | _only([own])
        yield _allow([_READ], _TABLE) | _only([said, SENDING])
        yield _allow([_UPDATE], _TABLE) | _only([SENDING])
        yield _allow([_CHECK], _TABLE) | _only([SUPPRESSION])
        yield _allow([_PUT], _TABLE) | _only([f"{TOKENS}*", f"{CONTACTED}*"], like=True)
        yield _allow([_DELETE], _TABLE) | _only([f"{CONTACTED}*"], like=True)


def _of_the_batch(right: Right, own: str, said: str, shared: Sequence[str]) -> list[dict[str, Any]]:
    if not right.actions[0].startswith("dynamodb:"):
        return [_allow(right.actions, right.resource)]
    if right.actions == (_UPDATE,):
        return [_allow([_UPDATE, _READ], right.resource) | _only(shared)]
    return [
        _allow(right.actions, right.resource) | _only([own]),
        _allow([_READ], right.resource) | _only([said]),
    ]


def _policy(statements: Iterable[dict[str, Any]]) -> str:
    policy = {"Version": "2012-10-17", "Statement": list(statements)}
    text = json.dumps(policy, separators=(",", ":"))
    if len(text) > MOST_CHARACTERS:
        raise ValueError(f"the session policy has {len(text)} characters")
    return text


def _of_the_job(right: Right, job_id: str) -> Right:
    """A right on every job's documents, on this one's alone."""
    narrow = right.resource.replace(f"{DOCUMENTS}*", f"{documents_of(job_id)}*")
    narrow = narrow.replace(f"{ITEMS}*", f"{ITEMS}{job_id}/*")
    return right.model_copy(update={"resource": narrow})


def _lane(task: Task, job_id: str) -> list[str]:
    """The partition of what is said of the job's file, for who begins runs over it."""
    return [lane_of(job_id)] if task.items else []


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


def _only(rows: Sequence[str], *, like: bool = False) -> dict[str, Any]:
    # ForAllValues is true of a request without keys: Null makes such a request fail.
    return {
        "Condition": {
            f"ForAllValues:String{'Like' if like else 'Equals'}": {
                "dynamodb:LeadingKeys": list(rows)
            },
            "Null": {"dynamodb:LeadingKeys": "false"},
        }
    }
