"""Stops of the tour at the edges of campaigns: what becomes of mails, and who wants no more."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

import httpx

from countersign.connectors.dynamodb.campaign_events import message_key, token_row
from countersign.connectors.http import certificates
from countersign.domain.campaigns.events import hashed
from countersign.domain.campaigns.sent import Event
from countersign.domain.jobs.matters import contact_key
from countersign.web.paths import unsubscribe_path
from infra.local.cloud import deployer
from infra.local.stand import Stand
from infra.settings import load
from tests.rights.until import until

ONE_CLICK = {"List-Unsubscribe": "One-Click"}

SET = "countersign-local-campaigns"
"""The campaigns' own configuration set of the stage."""


def edges(stand: Stand) -> None:
    """Mails of a campaign arrive, come back and are called spam; one who got one unsubscribes."""
    job = sends(stand, ("ann", "bounce", "complaint"))
    heard = {Event.SENT: 3, Event.DELIVERED: 2, Event.BOUNCED: 1, Event.COMPLAINED: 1}
    until(lambda: stand.deps.campaign_events.counts(job) == heard)
    posts(stand, job, 1)
    assert stand.deps.campaign_events.counts(job)[Event.OPTED_OUT] == 1


def sends(stand: Stand, words: Sequence[str]) -> str:
    """A mail to each of the simulator's mailboxes, as a campaign's sender would send it; the job
    that they are of."""
    job = f"j-{secrets.token_hex(8)}"
    ses = deployer.client("sesv2", stand.cloud.endpoint)
    table = deployer.client("dynamodb", stand.cloud.endpoint)
    for number, word in enumerate(words, 1):
        address, where = f"{word}+{job}@simulator.example.org", (job, 1, number)
        contact = contact_key(address)
        row = {**message_key(*where), "contact": {"S": contact}}
        known = token_row(hashed(token_of(job, number)), where, contact, stand.deps.clock.now())
        for one in (row, known):
            table.put_item(TableName=stand.deps.settings.jobs_table, Item=one)
        tags = {"job": job, "batch": "1", "item": str(number)}
        ses.send_email(
            FromEmailAddress=load("local").campaign_from,
            ConfigurationSetName=SET,
            EmailTags=[{"Name": name, "Value": value} for name, value in tags.items()],
            Destination={"ToAddresses": [address]},
            Content={
                "Simple": {
                    "Subject": {"Data": "News"},
                    "Body": {"Text": {"Data": "Hello"}},
                    "Headers": [
                        {"Name": "List-Unsubscribe", "Value": f"<{link(stand, job, number)}>"}
                    ],
                }
            },
        )
    return job


def token_of(job: str, number: int) -> str:
    """The token of a message of these."""
    return f"{job[2:]}{number:06}"


def link(stand: Stand, job: str, number: int) -> str:
    """The address for unsubscribing in a message of these."""
    return f"{stand.url}{unsubscribe_path(token_of(job, number), 'de')}"


def posts(stand: Stand, job: str, number: int) -> None:
    """A receiver's server says it for its reader."""
    told = httpx.post(link(stand, job, number), data=ONE_CLICK, timeout=30, verify=certificates())
    assert told.status_code == httpx.codes.OK, told.text
