"""A task's session: its policy, the adapters that use it, and what a failing STS means."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from countersign.connectors.aws.client import Credentials
from countersign.connectors.dynamodb.session import (
    Right,
    Task,
    TaskRole,
    batch_policy,
    session_policy,
)
from countersign.domain.errors import InternalError, Throttled, Unavailable
from countersign.domain.jobs.handing import children_of
from countersign.runtime.deps import Deps
from countersign.runtime.settings import Settings
from tests.unit.connectors.aws_faults import answering

READ, PUT, UPDATE = "dynamodb:Query", "dynamodb:PutItem", "dynamodb:UpdateItem"
TABLE = Right(actions=(READ, PUT, UPDATE), resource="arn:aws:dynamodb:::table/j")
SECRET = Right(actions=("secretsmanager:GetSecretValue",), resource="arn:aws:secretsmanager:::s")
TASK = Task(role="arn:aws:iam::1:role/t", paced_by="crm-write", rights=(TABLE, SECRET))


class Role:
    """A task role that tells for which jobs it was assumed."""

    def __init__(self) -> None:
        self.jobs: list[str] = []

    def for_job(self, job_id: str) -> Credentials:
        self.jobs.append(job_id)
        return Credentials(f"key-of-{job_id}", "secret", "token")


def test_rows_are_narrowed_and_nothing_else_is_added() -> None:
    """The role's own statements: the job's partition; the directory and the row of the key to be
    read; and that row alone to be updated, which nobody may replace."""
    own, shared, pace, secret = json.loads(session_policy(TASK, "w-1"))["Statement"]
    assert {one["Resource"] for one in (own, shared, pace)} == {TABLE.resource}
    assert [one["Action"] for one in (own, shared, pace)] == [[READ, PUT], [READ], [UPDATE]]
    assert [one["Condition"] for one in (own, shared, pace)] == [
        {
            "ForAllValues:StringEquals": {"dynamodb:LeadingKeys": rows},
            "Null": {"dynamodb:LeadingKeys": "false"},
        }
        for rows in (["JOB#w-1"], ["PEOPLE", "PACE#crm-write"], ["PACE#crm-write"])
    ]
    assert secret == {
        "Effect": "Allow",
        "Action": list(SECRET.actions),
        "Resource": SECRET.resource,
    }


def test_a_child_reaches_its_batch_and_what_all_who_ask_the_model_share() -> None:
    """It writes its own partition, reads what people said, and updates the model's pace and the
    counters of budgets: today's, tomorrow's and the job's own; nothing else of the job."""
    own_verbs, shared_verbs = Right(actions=(READ, PUT), resource="t"), (UPDATE,)
    rights = (own_verbs, Right(actions=shared_verbs, resource="t"), SECRET)
    task = TASK.model_copy(update={"paced_by": "model", "rights": rights})
    days = ("2026-03-01", "2026-03-02")
    own, said, shared, _ = json.loads(batch_policy(task, "w-1", 7, days))["Statement"]
    keys = [one["Condition"]["ForAllValues:StringEquals"] for one in (own, said, shared)]
    assert [one["dynamodb:LeadingKeys"] for one in keys] == [
        ["LANE#w-1#000007"],
        ["LANE#w-1"],
        ["PACE#model", "BUDGET#2026-03-01", "BUDGET#2026-03-02", "BUDGET#w-1"],
    ]
    assert [one["Action"] for one in (own, said, shared)] == [[READ, PUT], [READ], [UPDATE, READ]]


def test_a_desk_reaches_its_jobs_children_and_no_other_job() -> None:
    """Partitions whose names are derived from the job's, what stays of them for longer, and the
    stored releases that they are drawn from. Who begets nobody does not reach those."""
    desk = TASK.model_copy(update={"children": 8, "paced_by": "desk"})
    own, *_ = json.loads(session_policy(desk, "j-" + "a" * 24))["Statement"]
    rows = own["Condition"]["ForAllValues:StringEquals"]["dynamodb:LeadingKeys"]
    ids = children_of("j-" + "a" * 24)
    assert set(rows) == {
        f"JOB#j-{'a' * 24}",
        *(f"{kind}#{one}" for one in ids for kind in ("JOB", "SEEN")),
        "RELEASES",
    }
    assert "RELEASES" not in session_policy(TASK, "j-" + "a" * 24)


def test_a_session_that_mails_may_ask_the_suppression_list_and_no_more() -> None:
    """A check within a transaction, of that partition alone: nothing is read or written there."""
    check = Right(actions=("dynamodb:ConditionCheckItem",), resource=TABLE.resource)
    mail = TASK.model_copy(update={"rights": (TABLE, check)})
    rights = json.loads(session_policy(mail, "w-1"))["Statement"]
    about = [one for one in rights if "SUPPRESSION" in json.dumps(one)]
    assert [one["Action"] for one in about] == [list(check.actions)]
    assert all(one["Action"] for one in rights)


def test_a_policy_that_sts_would_refuse_is_refused_here() -> None:
    """More than 2,048 characters: a defect that names itself."""
    many = TASK.model_copy(update={"rights": (TABLE,) * 12})
    with pytest.raises(ValueError, match="characters"):
        session_policy(many, "w-1")


def test_each_job_has_its_own_clients_and_the_process_its_connections() -> None:
    """AWS clients are made with the job's credentials; keys and connections stay."""
    role = Role()
    deps = Deps(Settings(stage="local", task=TASK), task_role=role, clock=object())
    one, two = deps.for_job("w-1"), deps.for_job("w-2")
    assert role.jobs == ["w-1", "w-2"]
    assert (one.job_id, two.job_id) == ("w-1", "w-2")
    assert one.by != two.by
    assert one.kept is two.kept is deps.kept
    assert one.connections is deps.connections
    assert one.clock is deps.clock


def test_a_function_without_a_task_role_stays_what_it_is() -> None:
    """Its adapters are its own, for every job."""
    deps = Deps(Settings())
    assert deps.for_job("w-1") is deps
    assert deps.job_id == "w-1"


def test_a_function_that_knows_no_stage_says_so() -> None:
    """Without it, no stage's files are taken for its own."""
    with pytest.raises(InternalError, match="STAGE is empty"):
        Deps(Settings()).workflows.keys()


def test_a_changed_key_makes_a_new_client() -> None:
    """A rotated key is used by a process that has a client with the old one."""
    keys = ["pat-old-0000", "pat-old-0000", "pat-new-0000"]

    class Rotating:
        def get(self, _name: str) -> str:
            return keys.pop(0)

    deps = Deps(Settings(stage="local", crm_base_url="http://127.0.0.1:1"), secrets=Rotating())
    first, same, other = deps.crm, deps.crm, deps.crm
    assert first is same
    assert other is not first


@pytest.mark.parametrize(
    ("code", "status", "meaning"),
    [("Throttling", 400, Throttled), ("ServiceUnavailable", 503, Unavailable)],
)
def test_trouble_of_sts_is_tried_again(
    code: str, status: int, meaning: type[Exception], made_up_credentials: None
) -> None:
    """As any trouble of AWS that passes."""
    make: Callable[[str], Any] = answering(code, status)
    with pytest.raises(meaning):
        TaskRole(TASK, make("sts")).for_job("w-1")
    assert made_up_credentials is None


def test_credentials_do_not_show() -> None:
    """What is logged by accident has no secret in it."""
    assert "secret" not in repr(Credentials("key", "secret-value", "token-value")).lower()
