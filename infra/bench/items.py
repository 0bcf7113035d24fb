"""A file of many items on the local cloud, with the offline model asked about each: items a second,
and what a thousand of them cost at list price, counted from their own rows."""

from __future__ import annotations

import json
import math
import time

import boto3

from countersign.domain.jobs.job import ENDED, FINISHED, Status
from countersign.lane.progress import progress
from countersign.lane_definition import WORK_SECONDS
from infra.bench import prices
from infra.bench.figures import Figures
from infra.cli.submit import job_of_upload, upload
from infra.local.stand import Plan, Say, Stand, stand
from infra.steps import LANE, WORK
from workflows import WORKFLOWS

FLOW = "annotation_qa"
ITEMS = 500
WITHIN_SECONDS = 900.0
AT_REST = FINISHED | ENDED | {Status.ESCALATED, Status.WAITING_FOR_REVIEW}
KB = 1024
BATCH_TRANSITIONS = 3
"""A child's two states, and the Map's own step for it."""


def text(number: int) -> str:
    """A receipt that says something of its own."""
    return f"Cafe Linde, 2026-03-04, no {number}, total 12.50 EUR, paid"


def lines(count: int) -> bytes:
    """So many receipts, a line each; all keep every rule that is a check."""
    said = text(0)
    at = {label: said.index(words) for words, label in (("Cafe Linde", "vendor"), ("EUR", ""))}
    spans = [{"start": at["vendor"], "end": 10, "label": "vendor"}]
    spans.append({"start": 12, "end": 22, "label": "date"})
    rows = (
        {"id": f"r{n}", "text": text(n), "annotator": "kim", "label": "paid", "spans": spans}
        for n in range(count)
    )
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def figures(say: Say) -> Figures:
    """Measured on a stand of its own."""
    with stand(Plan(port=0, real_time=True), say) as running:
        seconds, job_id = worked(running, lines(ITEMS), say)
        spent = progress(running.deps, job_id).seen
        bytes_of = _row_bytes(running, job_id)
    if spent.done != ITEMS:
        raise RuntimeError(f"{spent.done} of {ITEMS} items are done: {dict(spent.causes)}")
    return {
        "items_per_s": round(ITEMS / seconds, 1),
        "usd_per_1000_items": round(1_000 * sum(usd(bytes_of, seconds).values()), 4),
        "usd_per_1000_items_by_service": {
            name: round(1_000 * one, 4) for name, one in usd(bytes_of, seconds).items()
        },
    }


def worked(running: Stand, body: bytes, say: Say, name: str = "bench.jsonl") -> tuple[float, str]:
    """Upload the file and wait until its job is at rest: the seconds of it, and the job's id."""
    began = time.monotonic()
    bucket = running.deps.settings.uploads_bucket
    job_id = job_of_upload(
        running.deps.store, upload(boto3.client("s3"), bucket, f"{FLOW}/{name}", body)
    )
    told = 0.0
    while running.deps.store.load(job_id).job.status not in AT_REST:
        passed = time.monotonic() - began
        if passed > WITHIN_SECONDS:
            raise TimeoutError(f"{job_id} is not at rest after {passed:.0f} s")
        if passed - told > WORK_SECONDS / 10 and running.deps.lanes.run(job_id):
            told, seen = passed, progress(running.deps, job_id).seen
            say(f"{seen.rows - seen.left:,} of {seen.rows:,} rows after {passed:.0f} s")
        running.tick()
        time.sleep(0.5)
    return time.monotonic() - began, job_id


def usd(row_bytes: float, seconds: float) -> dict[str, float]:
    """What one item costs: its claim (a transaction with a look at the head), its end, a look at
    what people said, its shared answer; a child's states and time over the items of its batch."""
    lane = WORKFLOWS[FLOW].lane
    batch = lane.batch if lane else 1
    memory = next(row.memory for row in LANE if row.name == WORK) / KB
    writes = 2 + 2 + math.ceil(row_bytes / KB)
    return {
        "Step Functions": BATCH_TRANSITIONS * prices.TRANSITION / batch,
        "Lambda": seconds / ITEMS * memory * prices.LAMBDA_GB_SECOND
        + prices.LAMBDA_REQUEST / batch,
        "DynamoDB": writes * prices.WRITE_UNIT + prices.READ_UNIT,
        "S3": prices.S3_PUT + prices.S3_GET,
    }


def _row_bytes(running: Stand, job_id: str) -> float:
    """Of an item that has ended, on average."""
    batch = running.deps.lanes.items(job_id, 1)
    return sum(len(one.model_dump_json()) for one in batch.values()) / max(1, len(batch))
