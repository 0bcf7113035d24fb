"""How many jobs `tick` wakes in a minute that wait for nothing any more: with their rows and starts
on the local cloud, and by the CPU that it uses itself, which is all that one vCPU has to give."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from countersign.connectors.dynamodb import rows
from countersign.domain.jobs.change import Due
from countersign.domain.jobs.job import Status, execution_name
from countersign.entrypoints.tick import ENOUGH, THREADS, tick
from countersign.runtime.deps import Deps
from infra.bench import measure
from infra.bench.figures import Figures
from infra.local.cloud import deployer
from infra.local.stand import Plan, Say, Stand, stand

WARM, JOBS = 20, 800
BATCH = 25
KEPT = ("STATE", "AUDIT", "RESULT", "ACTION")
"""Rows that a parked job has."""
ENDS_AT_ONCE = {"StartAt": "End", "States": {"End": {"Type": "Succeed"}}}
Item = dict[str, Any]


def figures(say: Say) -> Figures:
    """Rows in a minute, and milliseconds of CPU for each."""
    with stand(Plan(port=0, real_time=True), say) as running:
        deps = _apart(running)
        _parks(running, deps, "warm", WARM)
        tick(deps, THREADS)
        _parks(running, deps, "herd", JOBS)
        began, used = time.monotonic(), time.process_time()
        done = tick(deps, THREADS)
        seconds, cpu = time.monotonic() - began, time.process_time() - used
    return {
        "wake_rows_per_minute": round(done / seconds * ENOUGH.total_seconds()),
        "wake_cpu_ms_per_row": round(1000 * cpu / done, 1),
    }


def _apart(running: Stand) -> Deps:
    """A table like that of the stage and a machine that does nothing: nobody else works there."""
    db = deployer.client("dynamodb", running.cloud.endpoint)
    like = db.describe_table(TableName=running.deps.settings.jobs_table)["Table"]
    indexes = [
        {name: index[name] for name in ("IndexName", "KeySchema", "Projection")}
        for index in like["GlobalSecondaryIndexes"]
    ]
    db.create_table(
        TableName="herd",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=like["KeySchema"],
        AttributeDefinitions=like["AttributeDefinitions"],
        GlobalSecondaryIndexes=indexes,
    )
    states = deployer.client("stepfunctions", running.cloud.endpoint)
    arn = running.deps.settings.state_machine_arn
    role = states.describe_state_machine(stateMachineArn=arn)["roleArn"]
    made = states.create_state_machine(
        name="herd", roleArn=role, definition=json.dumps(ENDS_AT_ONCE)
    )
    changed = {"jobs_table": "herd", "state_machine_arn": made["stateMachineArn"]}
    return Deps(running.deps.settings.model_copy(update=changed))


def _parks(running: Stand, deps: Deps, name: str, many: int) -> None:
    """Jobs with the records of one that ran, parked and due."""
    db = deployer.client("dynamodb", running.cloud.endpoint)
    job_id = measure.one_job(running)
    found = db.query(
        TableName=running.deps.settings.jobs_table,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": rows.partition(job_id)}},
    )["Items"]
    kept = json.dumps([item for item in found if item["sk"]["S"].split("#")[0] in KEPT])
    items: list[Item] = []
    for number in range(many):
        items += _parked(deps, json.loads(kept.replace(job_id, f"{name}-{number}")))
    for begin in range(0, len(items), BATCH):
        puts = [{"PutRequest": {"Item": item}} for item in items[begin : begin + BATCH]]
        db.batch_write_item(RequestItems={deps.settings.jobs_table: puts})


def _parked(deps: Deps, items: list[Item]) -> Iterator[Item]:
    job = rows.record(items).job
    waits = job.model_copy(
        update={"status": Status.PARKED, "execution": execution_name(job.job_id, job.attempt)}
    )
    yield from (item for item in items if item["sk"]["S"] != "STATE")
    yield rows.state(waits)
    due = Due(kind="parked", at=deps.clock.now() - timedelta(seconds=1))
    yield rows.due(job.job_id, due, job.created_at)
