"""Stops of the tour with messages so large that what is made of them lies in the payload bucket."""

from __future__ import annotations

import json
import secrets
from contextlib import closing
from typing import Any

from countersign.domain.jobs.job import Status
from infra.cli.submit import job_of_upload, path_of, post_webhook, upload
from infra.local.cloud import deployer
from infra.local.front.samples import samples
from infra.local.stand import Stand
from tests.fakes.journey import form
from tests.rights.person import corrects, operator, signed_in
from tests.rights.until import status, until

SIGNS = "\U0001f69a" * 17_000
"""68 kB of text within what a message may have."""
SAID = "I will send you the offer number {} " + "with the sizes and the terms we spoke of " * 5
LINES = 270
"""So many are 12,000 words: four segments, and 160 items."""


def call(stand: Stand) -> str:
    """A call of more than an hour in which something is held out to the customer; its job."""
    said = ["I promise that it is free of charge.", *(SAID.format(at) for at in range(LINES))]
    text = "\n\n".join(f"{'Ada' if at % 2 else 'Ben'}: {one}." for at, one in enumerate(said))
    key = f"transcript_summary/{secrets.token_hex(8)}-call.txt"
    bucket, s3 = stand.deps.settings.uploads_bucket, deployer.client("s3", stand.cloud.endpoint)
    return job_of_upload(stand.deps.store, upload(s3, bucket, key, text.encode()))


def corrected_on_its_page(stand: Stand, job: str) -> None:
    """Nobody signed in time: an operator corrects a fact of its case, and it goes on."""
    with closing(signed_in(stand, operator(stand))) as browser:
        until(lambda: corrects(browser, job, summary="An offer was held out."))
    until(lambda: status(stand, job) is not Status.ESCALATED)


def refund(stand: Stand) -> None:
    """A long complaint about an order."""
    sample = next(one for one in samples() if one.name.startswith("49-"))
    body = json.loads(sample.load())
    body["message"] += SIGNS
    job = posted(stand, "refund_request", sample.expect.sender, body)
    until(lambda: "records" in stand.deps.store.load(job).results)


def same_matter_again(stand: Stand) -> None:
    """Somebody writes again, at length, while their first form is a case."""
    address = f"kim.{secrets.token_hex(4)}@hafenwerk.example"
    first = posted(stand, "lead_intake", "", json.loads(form(email=address, country="Atlantis")))
    until(lambda: status(stand, first) is Status.ESCALATED)
    words = f"{json.loads(form())['message']} {SIGNS}"
    more = json.loads(form(email=address, country="Atlantis", message=words))
    second = posted(stand, "lead_intake", "", more)
    until(lambda: status(stand, second) is Status.COMPLETED)


def posted(stand: Stand, workflow: str, sender: str, body: dict[str, Any]) -> str:
    """A signed form; its job."""
    path = path_of(workflow, sender)
    secret = stand.sender.secrets[sender] if sender else stand.webhook_secret
    event, at = secrets.token_hex(8), stand.deps.clock.now()
    answer = post_webhook(stand.url, path, secret, event, json.dumps(body).encode(), at=at)
    assert answer.job_id, answer
    return answer.job_id
