"""The door of what a model is asked beside jobs: each message shows one job to a candidate, or has
a live release asked about its cases."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from countersign import observability
from countersign.parsing.json import loads
from countersign.releases.measuring import measure
from countersign.releases.shadowing import shadow
from countersign.runtime.step import production


def handler(event: dict[str, Any], context: Any) -> Any:
    """SQS's batch in; the ids of the messages that failed out."""

    def one(record: SQSRecord) -> None:
        with observability.invocation("shadow", message_id=record.message_id):
            asked = {name: str(said) for name, said in loads(record.body.encode()).items()}
            if "week" in asked:
                measure(production(), asked["workflow"], asked["release"], asked["week"])
            else:
                shadow(production(), asked["job_id"], asked["release"])

    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    return process_partial_response(event, one, processor, context)
