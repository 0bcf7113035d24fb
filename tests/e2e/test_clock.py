"""The virtual clock on the local cloud: every function sees the moved time, by its own rights."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from countersign.domain.jobs.job import Job
from infra.cli.clock import moved
from infra.cli.submit import job_of_upload, post_webhook, upload
from infra.local.cloud import deployer
from infra.local.stand import Stand

pytestmark = pytest.mark.cloud

HOUR = timedelta(hours=1)
BODY = json.dumps(
    {
        "name": "Anna Lindner",
        "email": "anna.lindner@hafenwerk.example",
        "country": "Germany",
        "consent": True,
        "message": "Hello, we are looking for a quote for 40 licences.",
    }
).encode()


@pytest.fixture
def in_an_hour(whole_stand: Stand) -> Iterator[Stand]:
    """The stand, an hour later: less than any deadline, so that nobody else's job ends by it."""
    assert moved(whole_stand.deps, "+1h") == HOUR
    yield whole_stand
    assert moved(whole_stand.deps, "reset") == timedelta()


def is_later(job: Job) -> bool:
    """Whether the job came an hour from now."""
    return abs(job.created_at - datetime.now(UTC) - HOUR) < HOUR / 2


def test_a_webhook_in_moved_time_becomes_a_job_of_that_time(in_an_hour: Stand) -> None:
    """Signed by the clock that the door looks at, at once after the move."""
    at, event = in_an_hour.deps.clock.now(), secrets.token_hex(8)
    answer = post_webhook(
        in_an_hour.url, "lead_intake", in_an_hour.webhook_secret, event, BODY, at=at
    )
    assert answer.status == 202
    assert is_later(in_an_hour.deps.store.load(answer.job_id).job)


def test_an_upload_too(in_an_hour: Stand) -> None:
    """The start door has no right to query the table but this one."""
    key = f"lead_intake/{secrets.token_hex(8)}-form.json"
    client = deployer.client("s3", in_an_hour.cloud.endpoint)
    uploaded = upload(client, in_an_hour.deps.settings.uploads_bucket, key, BODY)
    job_id = job_of_upload(in_an_hour.deps.store, uploaded)
    assert is_later(in_an_hour.deps.store.load(job_id).job)


@pytest.mark.control
def test_a_sender_in_real_time_is_turned_away(in_an_hour: Stand) -> None:
    """Control: the door's five minutes are those of the moved clock."""
    event = secrets.token_hex(8)
    answer = post_webhook(in_an_hour.url, "lead_intake", in_an_hour.webhook_secret, event, BODY)
    assert answer.status == 401
