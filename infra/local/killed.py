"""Executions do not outlive the emulator: what a stop killed is told as AWS would have told it."""

from __future__ import annotations

import json
from typing import Any

from countersign.domain.jobs.job import JobSummary, Status
from infra.local.cloud import deployer
from infra.local.cloud.processes import LocalError
from infra.local.stand import Stand

BEGUN = (Status.PENDING, Status.PROCESSING, Status.RETRYING)
"""A job that waits for a signature is not among them: its decision starts a new execution."""
MOST = 1000


def tell_killed(running: Stand) -> tuple[str, ...]:
    """The recorder hears of each killed execution whose job is under way, and marks the job FAILED:
    `countersign case JOB resume` lets it go on. The jobs; none, when nothing was killed."""
    killed = _failed(running)
    told = [job for job in running.deps.store.live(BEGUN, MOST) if job.execution in killed]
    for job in told:
        _tell(running, killed[job.execution], job)
    return tuple(job.job_id for job in told)


def _failed(running: Stand) -> dict[str, str]:
    """Name and ARN of every execution that the emulator holds for failed."""
    states = deployer.client("stepfunctions", running.cloud.endpoint)
    machine = running.outputs["StateMachineArn"]
    pages = states.get_paginator("list_executions").paginate(
        stateMachineArn=machine, statusFilter="FAILED"
    )
    return {one["name"]: one["executionArn"] for page in pages for one in page["executions"]}


def _tell(running: Stand, execution: str, job: JobSummary) -> None:
    """EventBridge's event. Raises LocalError when the recorder fails."""
    detail = {
        "executionArn": execution,
        "name": job.execution,
        "status": "FAILED",
        "input": json.dumps({"job_id": job.job_id}),
    }
    functions: Any = deployer.client("lambda", running.cloud.endpoint)
    answer = functions.invoke(
        FunctionName=running.function("Record"), Payload=json.dumps({"detail": detail}).encode()
    )
    if "FunctionError" in answer:
        said = answer["Payload"].read().decode()
        raise LocalError(f"the recorder could not be told of job {job.job_id}: {said}")
