"""How inboxes look as rows of the jobs table: they only point, and are read whole and in order."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from countersign.connectors.dynamo_rows import JOB_DAYS
from countersign.domain.canonical import canonical, instant
from countersign.domain.change import Listed

Item = dict[str, Any]


def partition(box: str) -> str:
    """The partition key of an inbox."""
    return f"INBOX#{box}"


def key(row: Listed) -> Item:
    """Key of a row, in its order of waiting."""
    sort = f"{instant(row.since)}#{row.approval_id or row.job_id}"
    return {"pk": {"S": partition(row.box)}, "sk": {"S": sort}}


def item(row: Listed) -> Item:
    """A row. What it points at is read from the job: what is shown is what is stored there."""
    ends = str(int((row.since + timedelta(days=JOB_DAYS)).timestamp()))
    return key(row) | {"body": {"S": canonical(row).decode()}, "ttl": {"N": ends}}


def listed(found: Item) -> Listed:
    """A row back."""
    return Listed.model_validate_json(found["body"]["S"])
