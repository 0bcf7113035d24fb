"""Sending an event through a door: a signed webhook, or an upload."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import httpx

from countersign.connectors.http import certificates
from countersign.domain.errors import NotFound
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.handing import FRONT_DESK, INBOX, workflow_of
from countersign.domain.jobs.job import FINISHED, Pointer, Status, job_id_of, upload_event
from countersign.domain.jobs.senders import DEFAULT, held, keys
from countersign.domain.ports import JobStore
from countersign.web.signature import sign
from infra.cli.target import Target

TIMEOUT = httpx.Timeout(30.0)
FOUND_WITHIN = 20.0
"""Seconds until an upload's job must be in the table: S3, EventBridge, queue, door."""


_AT_REST = FINISHED | {Status.WAITING_FOR_REVIEW, Status.ESCALATED, Status.FAILED}
_LOOK_EVERY = 0.5


class SubmitError(RuntimeError):
    """The door did not take the event; the message says what it answered and what to do."""


class UnreachableError(SubmitError):
    """Nothing answers at the target's address."""


@dataclass(frozen=True)
class DoorAnswer:
    """What the webhook door answered."""

    status: int
    body: dict[str, Any]

    @property
    def job_id(self) -> str:
        """The job's id; empty when the event was refused."""
        return str(self.body.get("job_id", ""))


def headers(secret: str, event_id: str, body: bytes, at: datetime) -> dict[str, str]:
    """A Standard Webhooks delivery of `body`, signed at `at`."""
    stamp = int(at.timestamp())
    return {
        "content-type": "application/json",
        "webhook-id": event_id,
        "webhook-timestamp": str(stamp),
        "webhook-signature": sign(secret, event_id, stamp, body),
    }


def post_webhook(
    url: str, path: str, secret: str, event_id: str, body: bytes, *, at: datetime | None = None
) -> DoorAnswer:
    """Deliver `body` once to `/webhooks/<path>` (a workflow, and a sender; neither for the
    front desk), signed at `at`, which
    is the target's time where its clock was moved: the door accepts five minutes. Raises
    UnreachableError when nothing answers at `url`."""
    return posted(url, f"/webhooks/{path}", secret, event_id, body, at=at)


def posted(
    url: str, path: str, secret: str, event_id: str, body: bytes, *, at: datetime | None = None
) -> DoorAnswer:
    """The same at any door that takes signed deliveries."""
    try:
        answer = httpx.post(
            f"{url}{path}".rstrip("/"),
            content=body,
            headers=headers(secret, event_id, body, at or datetime.now(UTC)),
            timeout=TIMEOUT,
            verify=certificates(),
        )
    except httpx.HTTPError as error:
        raise UnreachableError(
            f"Nothing answers at {url} ({type(error).__name__}): is it running?"
        ) from error
    return DoorAnswer(answer.status_code, _json(answer))


def outcome(
    store: JobStore,
    job_id: str,
    seconds: float,
    *,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> JobRecord:
    """The job once it has ended or waits for a person. Raises SubmitError when neither has come
    after `seconds`."""
    deadline = clock() + seconds
    while clock() < deadline:
        with suppress(NotFound):
            record = store.load(job_id)
            if record.job.status in _AT_REST:
                return record
        sleep(_LOOK_EVERY)
    raise SubmitError(f"{job_id} has not come to rest after {seconds:g} s: `countersign show` it.")


def through_a_door(
    target: Target, file: Path, workflow: str, event_id: str, sender: str = DEFAULT
) -> DoorAnswer:
    """Send one file: JSON to the webhook, signed as `sender`, everything else into the uploads
    bucket.

    Raises SubmitError when no door answers, or when no job comes of an upload.
    """
    body = file.read_bytes()
    if is_json(file.name):
        now, path = target.deps().clock.now(), path_of(workflow, sender)
        return post_webhook(target.url, path, _secret(target, sender), event_id, body, at=now)
    key = f"{prefix_of(workflow)}/{event_id}-{file.name}"
    uploaded = upload(boto3.client("s3"), target.settings.uploads_bucket, key, body)
    return DoorAnswer(200, {"job_id": job_of_upload(target.deps().store, uploaded), "key": key})


def path_of(workflow: str, sender: str) -> str:
    """Where a sender posts, below `/webhooks/`."""
    if workflow == FRONT_DESK and sender == DEFAULT:
        return ""
    return workflow if sender == DEFAULT else f"{workflow}/{sender}"


def prefix_of(workflow: str) -> str:
    """Under what a workflow takes uploads."""
    return INBOX if workflow == FRONT_DESK else workflow


def _secret(target: Target, sender: str) -> str:
    """What a sender signs with. Raises SubmitError for one that has no secret."""
    if sender == DEFAULT:
        return target.webhook_secret
    stored = held(target.vault().read(target.settings.webhook_secret))
    for secret in keys(stored, sender):
        return secret
    raise SubmitError(f"the sender {sender} has no secret: see `countersign senders list`")


def upload(s3: Any, bucket: str, key: str, body: bytes) -> Pointer:
    """Put `body` into the uploads bucket; the key's prefix names the workflow."""
    stored = s3.put_object(Bucket=bucket, Key=key, Body=body)
    return Pointer.to(bucket, key, stored["VersionId"])


def job_of_upload(
    store: JobStore, uploaded: Pointer, *, sleep: Callable[[float], None] = time.sleep
) -> str:
    """The id of the job that an upload became. Raises SubmitError after 20 s."""
    key = uploaded.object_key
    event = upload_event(uploaded, str(uploaded.version))
    job_id = job_id_of("upload", workflow_of(key.partition("/")[0]), uploaded.bucket, event)
    deadline = time.monotonic() + FOUND_WITHIN
    while time.monotonic() < deadline:
        with suppress(NotFound):
            return store.load(job_id).job.job_id
        sleep(0.3)
    raise SubmitError(f"{key} is uploaded, but after {FOUND_WITHIN:g} s no job came of it.")


def is_json(name: str) -> bool:
    """Whether a file goes to the webhook; everything else is uploaded."""
    return name.lower().endswith(".json")


def new_secret(random: bytes) -> str:
    """A signing secret as Standard Webhooks writes it."""
    return "whsec_" + base64.b64encode(random).decode()


def _json(answer: httpx.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        body = None
    return body if isinstance(body, dict) else {"message": answer.text[:500]}
