"""The intake queue on SQS."""

from __future__ import annotations

import json

from countersign.connectors.aws import client


class IntakeQueue:
    """Messages that ask for a job to be started."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._sqs = client("sqs")

    def send(self, job_id: str) -> None:
        """Queue the job's id, never its content."""
        self._sqs.send_message(QueueUrl=self._url, MessageBody=json.dumps({"job_id": job_id}))
