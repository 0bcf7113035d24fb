"""What a row of `infra/steps.py` grants, read from the row alone, not from its policies."""

from __future__ import annotations

import re
from collections.abc import Mapping

from infra.local.rights.wire import Need
from infra.settings import load
from infra.steps import Grant, Row, asks_of_items, has_lane, rows
from tests.rights.policy import matches
from tests.rights.stack import ACCOUNT, REGION, Stack
from workflows import WORKFLOWS

HELD = rows(
    (),
    lane=has_lane(WORKFLOWS),
    items=asks_of_items(WORKFLOWS),
    campaigns=True,
    systems=load("local").http_targets,
)
"""The rows of the stage that is played."""
_ROLE = re.compile(r"Functions(?P<row>\w+?)(?P<task>Task)?Role[0-9A-F]{8}")
_PARTS = {
    "jobs": "StorageJobs",
    "idempotency": "StorageIdempotency",
    "uploads": "StorageUploads",
    "payloads": "StoragePayloads",
    "seals": "StorageSeals",
    "seal-key": "StorageSealKey",
    "intake": "IntakeQueue",
    "failures": "IntakeFailures",
    "campaigns": "MailCampaignsQueue",
}
_HASH = 8
_KINDS = ("DynamoDB::Table", "S3::Bucket", "SQS::Queue", "SecretsManager::Secret", "KMS::Key")


def grants_to(role: str, need: Need, things: Mapping[str, str]) -> bool:
    """Whether the row behind a role says that it may; the machine's role has no row."""
    named = _ROLE.fullmatch(role)
    row = next((one for one in HELD if named and one.name == named["row"]), None)
    if named is None or row is None:
        return False
    if row.task and not named["task"]:
        return need.action == "sts:AssumeRole" and need.resource == _task(row, things)
    return any(_covers(grant, need, things) for grant in row.needs(()))


def _task(row: Row, things: Mapping[str, str]) -> str:
    return things[f"{row.name} task"]


def _covers(grant: Grant, need: Need, things: Mapping[str, str]) -> bool:
    thing, slash, rest = grant.on.partition("/")
    within = bool(need.leading) and all(one.startswith(grant.rows) for one in need.leading)
    rows = within if grant.rows else True
    on = matches(f"{things[thing]}{slash}{rest}", need.resource)
    return need.action in grant.actions and on and rows


def things_of(stack: Stack, mail_from: str) -> dict[str, str]:
    """The ARN of each thing that a Grant can be on, and of each row's task role."""
    logical = {name[:-_HASH]: name for kind in _KINDS for name in stack.of(kind)}
    at = f"{REGION}:{ACCOUNT}"
    return {
        **{thing: stack.arn(logical[part]) for thing, part in _PARTS.items()},
        **{
            grant.on: stack.names[logical["StorageSecret" + grant.on.replace("-", "")]]
            for row in HELD
            for grant in row.may
            if grant.service == "secretsmanager"
        },
        **{
            f"{named['row']} task": stack.arn(role)
            for role in stack.of("IAM::Role")
            if (named := _ROLE.fullmatch(role)) and named["task"]
        },
        "machine": f"arn:aws:states:{at}:stateMachine:countersign-local-jobs",
        "items-machine": f"arn:aws:states:{at}:stateMachine:countersign-local-items",
        "executions": f"arn:aws:states:{at}:execution:countersign-local-jobs:*",
        "sender": f"arn:aws:ses:{at}:identity/{mail_from}",
        "mail-set": f"arn:aws:ses:{at}:configuration-set/countersign-local",
        "campaign-sender": f"arn:aws:ses:{at}:identity/{load('local').campaign_domain}",
        "campaign-set": f"arn:aws:ses:{at}:configuration-set/countersign-local-campaigns",
        "mail-account": "*",
        "alarms": f"arn:aws:cloudwatch:{at}:alarm:countersign-local-*",
    }
