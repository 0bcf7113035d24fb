"""Measure one warm job on the local cloud: its transitions, its AWS calls, its rows, its time."""

from __future__ import annotations

import json
import math
import secrets
import time
from collections import Counter
from typing import Any

import httpx

from countersign.domain.jobs.handing import children
from countersign.domain.jobs.job import ENDED
from countersign.extraction.messages import FORM
from infra.bench.prices import Job
from infra.cli import submit
from infra.local.cloud import deployer
from infra.local.stand import Stand
from infra.steps import ROWS

WITHIN_SECONDS = 60.0
DOOR_SECONDS = 0.3
"""Before a form is sent again."""
KB = 1024
READ_BLOCK = 4 * KB
MEMORY_GB = {row.name: row.memory / KB for row in ROWS}


def a_form() -> bytes:
    """A web form whose actions all run and whose sender wants no mail: the shortest whole job."""
    said = {
        "name": "Nora Beck",
        "email": f"nora.beck.{secrets.token_hex(4)}@hafenwerk.example",
        "phone": "+49 30 23125 0142",
        "company": "Hafenwerk Logistik GmbH",
        "country": "Germany",
        "consent": False,
        "message": "We would like a quote for 40 licences of your dispatch software. Our budget "
        "is 12,500 EUR and we want to start by the end of March. Please call me.",
    }
    return json.dumps(said).encode()


def one_job(stand: Stand, every: float = 0.02) -> str:
    """Send one form through the webhook and wait until its job has ended; the job's id. It is
    looked at `every` so many seconds."""
    return ended(stand, sent(stand, a_form()), every)


def sent(stand: Stand, body: bytes, workflow: str = "lead_intake") -> str:
    """Send it until the door takes it, which may be told to be slower; the job's id."""
    event, deadline = secrets.token_hex(8), time.monotonic() + WITHIN_SECONDS
    while True:
        answer = submit.post_webhook(stand.url, workflow, stand.webhook_secret, event, body)
        if answer.job_id:
            return answer.job_id
        if answer.status != httpx.codes.TOO_MANY_REQUESTS or time.monotonic() > deadline:
            raise RuntimeError(f"the door answered {answer.status}: {answer.body}")
        time.sleep(DOOR_SECONDS)


def ended(stand: Stand, job_id: str, every: float = 0.02) -> str:
    """Wait until the job has ended; its id."""
    deadline = time.monotonic() + WITHIN_SECONDS
    while stand.deps.store.load(job_id).job.status not in ENDED:
        if time.monotonic() > deadline:
            raise TimeoutError(f"job {job_id} did not end; see `countersign show`")
        time.sleep(every)
    return job_id


def measured(stand: Stand) -> Job:
    """One warm job's figures. The first jobs warm the functions up; the last one is counted."""
    for _ in range(3):
        one_job(stand)
    _recording(stand, on=True)
    job_id = one_job(stand, every=0.5)  # the recorder shows 50 calls, ours here among them
    calls = _calls(stand)
    _recording(stand, on=False)
    history = _history(stand, job_id)
    rows = _rows(stand, job_id)
    return Job(
        transitions=_entered(history),
        calls=calls,
        gb_seconds=_gb_seconds(history),
        invocations=sum(1 for event in history if event["type"] == "TaskStateEntered") + 2,
        write_units=_write_units(rows),
        read_units=_read_units(rows, calls),
        log_bytes=_log_bytes(history),
    )


def transitions_by_desk(stand: Stand) -> int:
    """States that both executions enter for the same form, posted to the front desk by its id."""
    named = {**json.loads(a_form()), FORM: "lead_intake.form"}
    parent = ended(stand, sent(stand, json.dumps(named).encode(), ""))
    (child,) = children(stand.deps.store.load(parent))
    jobs = (parent, ended(stand, child[0]))
    return sum(_entered(_history(stand, job_id)) for job_id in jobs)


def _entered(history: list[dict[str, Any]]) -> int:
    return sum(1 for event in history if event["type"].endswith("StateEntered"))


def _recording(stand: Stand, *, on: bool) -> None:
    config = {"cloudtrail._recording_enabled": "true" if on else "false"}
    deployer.client("cloudtrail", stand.cloud.endpoint).describe_trails()  # loads the recorder
    httpx.post(f"{stand.cloud.endpoint}/_ministack/config", json=config).raise_for_status()


def _calls(stand: Stand) -> dict[str, int]:
    """Calls by functions of ours: their clients sign with a role's keys, ours here with `test`."""
    trail = deployer.client("cloudtrail", stand.cloud.endpoint)
    found: list[dict[str, Any]] = trail.lookup_events(MaxResults=50)["Events"]
    ours = [event for event in found if event["AccessKeyId"] != "test"]
    names = (f"{e['EventSource'].partition('.')[0]}.{e['EventName']}" for e in ours)
    return dict(Counter(name for name in names if not name.startswith("logs.")))


def _history(stand: Stand, job_id: str) -> list[dict[str, Any]]:
    arn = stand.outputs["StateMachineArn"].replace(":stateMachine:", ":execution:")
    states = deployer.client("stepfunctions", stand.cloud.endpoint)
    found = states.get_execution_history(executionArn=f"{arn}:{job_id}", maxResults=1000)
    events: list[dict[str, Any]] = found["events"]
    return events


def _rows(stand: Stand, job_id: str) -> list[dict[str, Any]]:
    table = deployer.client("dynamodb", stand.cloud.endpoint)
    found = table.query(
        TableName=stand.outputs["JobsTable"],
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": f"JOB#{job_id}"}},
    )
    items: list[dict[str, Any]] = found["Items"]
    return items


def _write_units(rows: list[dict[str, Any]]) -> int:
    """Transactions cost double; a state row's write also moves it in the index `live` (2 units)."""
    units = 0
    for row in rows:
        times = _times_written(row)
        units += times * 2 * math.ceil(_size(row) / KB)
        units += times * 2 if row["sk"]["S"] == "STATE" else 0
    seen, due = 2, 2 * 2 + 2  # the row that outlives the job; the queue's due row and its index
    return units + seen + due


def _times_written(row: dict[str, Any]) -> int:
    kind = row["sk"]["S"].partition("#")[0]
    if kind == "STATE":
        return int(json.loads(row["body"]["S"])["version"])
    return 3 if kind == "ACTION" else 1  # planned, claimed, verified


def _read_units(rows: list[dict[str, Any]], calls: dict[str, int]) -> int:
    """Every load reads the whole job consistently; counted at its final size, the upper bound."""
    blocks = math.ceil(sum(_size(row) for row in rows) / READ_BLOCK)
    return calls.get("dynamodb.Query", 0) * blocks


def _size(row: dict[str, Any]) -> int:
    return sum(len(name) + len(str(next(iter(value.values())))) for name, value in row.items())


def _gb_seconds(history: list[dict[str, Any]]) -> float:
    """Time from entering to leaving each task, which is more than Lambda would bill, at its
    function's memory."""
    total, entered = 0.0, {}
    for event in history:
        if event["type"] == "TaskStateEntered":
            entered[event["stateEnteredEventDetails"]["name"]] = event["timestamp"]
        elif event["type"] == "TaskStateExited":
            name = event["stateExitedEventDetails"]["name"]
            seconds = (event["timestamp"] - entered[name]).total_seconds()
            total += seconds * MEMORY_GB.get(name, 0.5)
    return total


def _log_bytes(history: list[dict[str, Any]]) -> int:
    """Two lines of 300 bytes a task, and Lambda's own three."""
    tasks = sum(1 for event in history if event["type"] == "TaskStateEntered")
    return (tasks + 2) * (2 * 300 + 3 * 120)
