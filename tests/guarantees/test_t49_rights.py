"""T49 on the local cloud: with the rights of the shadow's function, calls of others are refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from countersign.connectors.dynamodb.shadows import PARTITION
from infra.local.cloud import deployer
from infra.local.rights.wire import Need
from infra.local.stand import Stand
from infra.steps import SHADOW
from tests.rights.attempts import refused
from tests.rights.stack import REGION

pytestmark = [pytest.mark.guarantee("T49"), pytest.mark.cloud, pytest.mark.timeout(300)]
Figure = Any
ROLE = "countersign-shadow-tried"
MINE = f"{PARTITION}{'a' * 64}"
ACCOUNT = "000000000000"


class Tried:
    """Whoever holds the rights of the row `Shadow`, on a stage that runs."""

    def __init__(self, stand: Stand) -> None:
        self.endpoint, out = stand.cloud.endpoint, stand.outputs
        self.table = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{out['JobsTable']}"
        self.bucket = f"arn:aws:s3:::{out['PayloadsBucket']}"
        self.machine = out["StateMachineArn"]
        queue = out["IntakeQueueUrl"].rpartition("/")[2]
        self.queue = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}"
        self.secrets = {name: arn for name, arn in out.items() if name.endswith("SecretArn")}
        things = {
            "jobs": self.table,
            "payloads": self.bucket,
            "shadow": f"arn:aws:sqs:{REGION}:{ACCOUNT}:shadow",
            "model-key": self.secrets["ModelKeySecretArn"],
        }
        self.keys = self._holds([_statement(one, things) for one in SHADOW.may])

    def _holds(self, statements: list[dict[str, Any]]) -> dict[str, Any]:
        trusts = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}
        iam, sts = (deployer.client(name, self.endpoint) for name in ("iam", "sts"))
        role = iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=_policy([trusts]))["Role"]
        iam.put_role_policy(RoleName=ROLE, PolicyName="row", PolicyDocument=_policy(statements))
        got = sts.assume_role(RoleArn=role["Arn"], RoleSessionName="shadow")["Credentials"]
        return {
            "aws_access_key_id": got["AccessKeyId"],
            "aws_secret_access_key": got["SecretAccessKey"],
            "aws_session_token": got["SessionToken"],
        }

    def foreign(self) -> Iterator[Need]:
        """Calls of other functions: rows that are not a candidate's, objects, messages, keys."""
        partitions = ("JOB#j-1", "SEEN#j-1", "LINK#x", "INBOX#x", "PERSON#ana", "CAP#x", "CLAIM#x")
        more = ("BUDGET#2026-11-30", "RELEASES", "PACE#model", f"CANARY#{'a' * 64}", "SIGNIN#x")
        for key in (*partitions, *more):
            for verb in ("PutItem", "UpdateItem", "DeleteItem"):
                yield Need(f"dynamodb:{verb}", self.table, (key,))
        yield Need("dynamodb:DeleteItem", self.table, (MINE,))
        for key in ("raw/1", "documents/j-1/a", "answers/x.json"):
            yield Need("s3:GetObject", f"{self.bucket}/{key}", ())
        yield Need("s3:PutObject", f"{self.bucket}/releases/x.json", ())
        yield Need("sqs:SendMessage", self.queue, ())
        yield Need("states:StartExecution", self.machine, ())
        for name, arn in self.secrets.items():
            if name != "ModelKeySecretArn":
                yield Need("secretsmanager:GetSecretValue", arn, ())


def _statement(grant: Any, things: dict[str, str]) -> dict[str, Any]:
    thing, slash, rest = grant.on.partition("/")
    keys = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": f"{grant.rows}*"}}
    none = {"Null": {"dynamodb:LeadingKeys": "false"}}
    return {
        "Effect": "Allow",
        "Action": list(grant.actions),
        "Resource": f"{things[thing]}{slash}{rest}",
        **({"Condition": {**keys, **none}} if grant.rows else {}),
    }


def _policy(statements: list[dict[str, Any]]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def test_forty_calls_are_refused_for_real(whole_stand: Stand, figure: Figure) -> None:
    """And what is its own is not: a candidate's row, a job to read, its model's key."""
    tried = Tried(whole_stand)
    needs = list(tried.foreign())
    assert [need for need in needs if not refused(tried.endpoint, tried.keys, need)] == []
    assert len(needs) >= 40
    own = (
        Need("dynamodb:PutItem", tried.table, (MINE,)),
        Need("dynamodb:UpdateItem", tried.table, (MINE,)),
        Need("dynamodb:Query", tried.table, ("JOB#j-1",)),
        Need("secretsmanager:GetSecretValue", tried.secrets["ModelKeySecretArn"], ()),
    )
    assert [need for need in own if refused(tried.endpoint, tried.keys, need)] == []
    figure(f"{len(needs)} of {len(needs)} foreign calls refused by the local cloud", len(needs))
