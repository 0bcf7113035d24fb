"""The intake queue on SQS."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from countersign.connectors.aws import client, guarded

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient


class IntakeQueue:
    """Messages that ask for a job to be started."""

    def __init__(self, url: str, sqs: SQSClient | None = None) -> None:
        self._url = url
        self._sqs = guarded(sqs or client("sqs"))

    def send(self, job_id: str) -> None:
        """Queue the job's id, never its content."""
        self._sqs.send_message(QueueUrl=self._url, MessageBody=json.dumps({"job_id": job_id}))
