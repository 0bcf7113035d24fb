"""How claims look as rows of the jobs table."""

from __future__ import annotations

from datetime import datetime

from countersign.connectors.dynamo_rows import Item, ttl
from countersign.domain.canonical import instant
from countersign.domain.ports import Holder
from countersign.domain.workflow import Claim


def item(held: Claim, job_id: str, now: datetime, until: datetime) -> Item:
    """A claim's row."""
    return {
        "pk": {"S": f"CLAIM#{held.key}"},
        "sk": {"S": "CLAIM"},
        "job_id": {"S": job_id},
        "body": {"S": held.body},
        "since": {"S": instant(now)},
        "holds_until": {"S": instant(until)},
        **ttl(now, held.days),
    }


def holder(item: Item) -> Holder:
    """Who holds a claim."""
    since = datetime.fromisoformat(item["since"]["S"])
    return Holder(job_id=item["job_id"]["S"], body=item["body"]["S"], since=since)
