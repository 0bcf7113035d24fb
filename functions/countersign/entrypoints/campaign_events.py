"""What became of the mails of campaigns: a batch of events in, each noted once.

Events come late, twice and in any order. Each message of the queue answers for itself: what cannot
be noted now comes again, and after five times it is a dead letter.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from countersign import observability
from countersign.campaigns.breaking import after_events
from countersign.domain.campaigns.events import Heard, heard
from countersign.domain.campaigns.sent import UNWANTED, Event
from countersign.domain.errors import StoreConflict
from countersign.parsing.json import loads
from countersign.runtime.deps import Deps
from countersign.runtime.step import production

PAUSES = (0.02, 0.05, 0.1, 0.2, 0.5)
"""Seconds between the tries of a count that others write at the same moment."""


def note(deps: Deps, told: Heard) -> bool:
    """Note one event; whether it was new. Raises StoreConflict, Throttled and Unavailable."""
    where = (told.job_id, told.batch, told.item)
    for seconds in PAUSES:
        try:
            return deps.campaign_events.event(where, told.kind, deps.clock.now(), told.message_id)
        except StoreConflict:
            deps.pause(seconds)
    return deps.campaign_events.event(where, told.kind, deps.clock.now(), told.message_id)


def count(new: Iterable[Heard]) -> None:
    """What harms whoever sends, in one line."""
    complaints = sum(one.kind is Event.COMPLAINED for one in new)
    if complaints:
        observability.count("CampaignComplaints", complaints)


def handler(event: dict[str, Any], context: Any) -> Any:
    """SQS's batch in; the ids of the messages that failed out."""
    new: list[Heard] = []

    def one(record: SQSRecord) -> None:
        told = heard(loads(record.body.encode()))
        if told is None:
            observability.logger().warning("an event that is about no mail of a campaign")
        elif note(production(), told):
            new.append(told)

    with observability.invocation("campaign events"):
        processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
        failed = process_partial_response(event, one, processor, context)
        count(new)
        for job_id in sorted({one.job_id for one in new if one.kind in UNWANTED}):
            after_events(production(), job_id)
        return failed
