"""The start door: the intake queue's messages, our own and S3's, become executions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from countersign import observability
from countersign.domain.errors import PAUSED, NotYourTurn
from countersign.domain.jobs.change import Change, Due, JobRecord
from countersign.domain.jobs.handing import CLOSED, FRONT_DESK, INBOX, workflow_of
from countersign.domain.jobs.intake import accepted, new_job, turned_away
from countersign.domain.jobs.job import Pointer, Source, Status, upload_event
from countersign.domain.workflow import Workflows
from countersign.parsing.json import loads
from countersign.runtime.deps import Deps
from countersign.runtime.intake import drawn, shows, store
from countersign.runtime.pauses import lately_paused_by, pauses_of
from countersign.runtime.starting import STARTS, take_a_turn
from countersign.runtime.step import production

MAX_UPLOAD_BYTES = 25_000_000
"""Of what is read whole; a file of many items is taken up to its lane's own bound."""
SET_UP = "AMAZON_SES_SETUP_NOTIFICATION"
"""What SES writes under a prefix when a receipt rule begins to: no message of anybody."""

FULL = "as many jobs are under way as the account has functions for"


def start(deps: Deps, message: str) -> None:
    """Start what one message asks for. Any exception sends the message back to the queue."""
    body = loads(message.encode())
    if "job_id" in body:
        _begin(deps, str(body["job_id"]), str(body.get("workflow", "")))
    else:
        _uploaded(deps, body["detail"])


def _begin(deps: Deps, job_id: str, workflow: str) -> None:
    said = lately_paused_by(deps, workflow) if workflow else ""
    if said:
        row = Due(kind="parked", at=deps.clock.now(), waits_for=pauses_of(workflow))
        deps.update(job_id, lambda held: _parked(held, f"{workflow}{PAUSED}{said}", row))
        return
    try:
        take_a_turn(deps)
    except NotYourTurn as later:
        # Its message is done with: to bring it back would cost receives, and in the end the job.
        turn = deps.clock.now() + timedelta(seconds=later.seconds)
        row = Due(kind="parked", at=turn, waits_for=STARTS)
        deps.update(job_id, lambda held: _parked(held, FULL, row))
    else:
        deps.executions.start(job_id, job_id)
        shows(deps, job_id, workflow)


def _parked(record: JobRecord, reason: str, row: Due) -> Change | None:
    """It waits; None where it has begun."""
    if record.job.status is not Status.PENDING:
        return None
    return Change(
        event="parked", actor="door:start", status=Status.PARKED, reason=reason, due=(row,)
    )


def _uploaded(deps: Deps, detail: dict[str, Any]) -> None:
    """An object arrived: its prefix names the workflow. Keys are raw here: never unquote them."""
    thing, now = detail["object"], deps.clock.now()
    bucket, key = detail["bucket"]["name"], str(thing["key"])
    if key.endswith(f"/{SET_UP}"):
        return
    version = thing.get("version-id")
    pointer = Pointer.to(bucket, key, version)
    source = Source(
        door="upload",
        sender=bucket,
        event_id=upload_event(pointer, version or thing["sequencer"]),
        payload=pointer,
        body_digest=str(thing.get("etag", "")),
        size=int(thing.get("size", 0)),
        received_at=now,
    )
    workflow = workflow_of(key.partition("/")[0])
    refusal = _refusal(deps.workflows, workflow, key, source.size)
    job = new_job(workflow if workflow in deps.workflows else "unknown", "", source, now)
    if refusal:
        store(deps, job, turned_away(job, refusal))
        return
    store(deps, *drawn(deps, job, accepted(job)))
    _begin(deps, job.job_id, workflow)


def _refusal(workflows: Workflows, workflow: str, key: str, size: int) -> str:
    if key.endswith("/"):
        return "a folder marker is not a file"
    open_to = [one for one in workflows if one not in CLOSED]
    if "/" not in key or workflow not in open_to:
        prefixes = {INBOX if one == FRONT_DESK else one for one in open_to}
        return f"no workflow has this prefix; the prefixes are {', '.join(sorted(prefixes))}"
    if size == 0:
        return "the file is empty"
    lane = workflows[workflow].lane
    most = lane.most_bytes if lane else MAX_UPLOAD_BYTES
    return f"the file has {size:,} bytes; {most:,} are taken: send it in parts" * (size > most)


def handler(event: dict[str, Any], context: Any) -> Any:
    """SQS's batch in; the ids of the messages that failed out."""

    def one(record: SQSRecord) -> None:
        with observability.invocation("start", message_id=record.message_id):
            start(production(), record.body)

    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    return process_partial_response(event, one, processor, context)
