"""T28 on the local cloud: what functions, machine, queues and table keep of a whole job."""

from __future__ import annotations

import json
import re
import time
from typing import Any

import pytest

from infra.cli import submit
from infra.local import function_logs
from infra.local.cloud import deployer
from infra.local.player.signer import Signer
from infra.local.stand import Stand
from tests.fakes.journey import form
from tests.guarantees.canaries import FORM, PERSON, found

Figure = Any
pytestmark = [pytest.mark.guarantee("T28"), pytest.mark.cloud, pytest.mark.timeout(300)]


def until(stand: Stand, job: str, *statuses: str) -> None:
    """Until the job has one of these statuses."""
    deadline = time.monotonic() + 60
    while stand.deps.store.load(job).job.status not in statuses:
        assert time.monotonic() < deadline, f"the job did not become {statuses} in time"
        time.sleep(0.1)


def logs(stand: Stand) -> str:
    """Every line that functions and machine logged."""
    client = deployer.client("logs", stand.cloud.endpoint)
    groups = [one["logGroupName"] for one in client.describe_log_groups()["logGroups"]]
    pages = [
        page
        for name in groups
        for page in client.get_paginator("filter_log_events").paginate(logGroupName=name)
    ]
    return "\n".join(event["message"] for page in pages for event in page["events"])


def history(stand: Stand, job: str) -> str:
    """What the machine recorded of the job: every input and output of every state."""
    states = deployer.client("stepfunctions", stand.cloud.endpoint)
    machine = stand.outputs["StateMachineArn"]
    listed = states.list_executions(stateMachineArn=machine)["executions"]
    mine = [one["executionArn"] for one in listed if one["name"].startswith(job)]
    assert mine
    events = [
        event
        for arn in mine
        for event in states.get_execution_history(executionArn=arn, maxResults=1000)["events"]
    ]
    return json.dumps(
        [states.describe_execution(executionArn=arn) for arn in mine] + events, default=str
    )


def queues(stand: Stand) -> str:
    """What lies in queues, the dead letters' included, and how they are set up."""
    client = deployer.client("sqs", stand.cloud.endpoint)
    urls = client.list_queues().get("QueueUrls", [])
    got = [client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"]) for url in urls]
    dead = [url for url in urls if "dead" in url.lower() or "dlq" in url.lower()]
    got += [client.receive_message(QueueUrl=url, VisibilityTimeout=0) for url in dead]
    return json.dumps(got, default=str)


def rows(stand: Stand) -> list[dict[str, Any]]:
    """The whole table."""
    client = deployer.client("dynamodb", stand.cloud.endpoint)
    name = stand.deps.settings.jobs_table
    pages = client.get_paginator("scan").paginate(TableName=name)
    return [item for page in pages for item in page["Items"]]


def keys(stand: Stand) -> dict[str, str]:
    """The secrets of the stage: every one that Secrets Manager holds."""
    client = deployer.client("secretsmanager", stand.cloud.endpoint)
    listed = client.list_secrets(MaxResults=100)["SecretList"]
    texts = {one["Name"]: client.get_secret_value(SecretId=one["ARN"]) for one in listed}
    return {
        f"{name} {n}": part
        for name, held in texts.items()
        for n, part in enumerate(re.findall(r"[A-Za-z0-9+/=_.-]{20,}", held["SecretString"]))
    }


def test_the_cloud_keeps_no_canary(whole_stand: Stand, figure: Figure) -> None:
    """Webhook to effects on the deployed stage: secrets are hashed, people only in the table."""
    stand = whole_stand
    said = submit.post_webhook(
        stand.url, "lead_intake", stand.webhook_secret, "evt-t28", form(**FORM)
    )
    until(stand, said.job_id, "WAITING_FOR_REVIEW")
    deadline = time.monotonic() + 60
    while not Signer(stand.url).decide(said.job_id, "approve", ""):
        assert time.monotonic() < deadline, "no approval mail came"
        time.sleep(0.2)
    until(stand, said.job_id, "COMPLETED")
    table = rows(stand)
    tokens = {f"token {n}": r["token"]["S"] for n, r in enumerate(table) if "token" in r}
    mailed = [link.split("/")[-1] for mail in stand.mailbox.all() for link in mail.links]
    secrets = {**keys(stand), **{f"link {n}": one for n, one in enumerate(mailed)}}
    kept = json.dumps([{k: v for k, v in row.items() if k != "token"} for row in table])
    written, recorded, queued = logs(stand), history(stand, said.job_id), queues(stand)
    assert tokens
    assert len(keys(stand)) >= 6
    assert len(mailed) >= 1
    assert said.job_id in written
    assert said.job_id in recorded
    places = {"logs": written, "queues": queued}
    leaks = found({**places, "history": recorded, "table": kept}, secrets)
    leaks += found({**places, "table": kept}, tokens)
    leaks += found({**places, "history": recorded}, PERSON)
    assert leaks == []
    assert function_logs.troubles(stand.cloud.endpoint) == []
    n = len(secrets) + len(tokens) + len(PERSON)
    figure(f"local cloud: 0 of {n} canaries in logs, history, queues, table", n)
