"""A link to upload one file, as somebody without any key of ours uses it."""

from __future__ import annotations

import httpx
import pytest

from countersign.connectors.http import certificates
from countersign.domain.jobs.job import Pointer
from infra.cli.submit import job_of_upload
from infra.cli.upload_link import presigned
from infra.local.cloud import deployer
from infra.local.stand import Stand
from tests.e2e.test_clock import BODY, HOUR

pytestmark = pytest.mark.cloud


def test_whoever_has_the_link_can_upload_one_file(whole_stand: Stand) -> None:
    """A PUT without any other right becomes a job of the workflow under whose prefix it lies."""
    bucket, key = whole_stand.deps.settings.uploads_bucket, "lead_intake/1f2e-form ü.json"
    link = presigned(deployer.client("s3", whole_stand.cloud.endpoint), bucket, key, HOUR)
    taken = httpx.put(link, content=BODY, verify=certificates())
    assert taken.status_code == 200
    stored = Pointer.to(bucket, key, taken.headers["x-amz-version-id"])
    record = whole_stand.deps.store.load(job_of_upload(whole_stand.deps.store, stored))
    assert (record.job.workflow, record.job.source.size) == ("lead_intake", len(BODY))
