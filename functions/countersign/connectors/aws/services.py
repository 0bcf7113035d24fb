"""The state machine on Step Functions."""

from __future__ import annotations

import base64
import hashlib
import json
from itertools import count
from typing import TYPE_CHECKING, Any, BinaryIO

from botocore.exceptions import ClientError

from countersign.connectors.aws.client import aws_errors, client, guarded
from countersign.domain.errors import NotFound, Refused
from countersign.domain.jobs.job import Pointer

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_sqs import SQSClient
    from types_boto3_stepfunctions import SFNClient


_THERE_ALREADY = frozenset({"PreconditionFailed", "ConditionalRequestConflict"})
_BEYOND = frozenset({"InvalidRange", "416"})
PIECE = 4 * 1024 * 1024
"""Bytes of a file that one request reads."""
_GONE = frozenset({"TaskTimedOut", "InvalidToken", "TaskDoesNotExist"})


class StateMachine:
    """Executions of the one state machine."""

    def __init__(self, arn: str, states: SFNClient | None = None) -> None:
        self._arn = arn
        self._states = guarded(states or client("stepfunctions"))

    def start(self, name: str, job_id: str) -> bool:
        """As the port: of one that is running AWS says that it has started it."""
        try:
            self._states.start_execution(
                stateMachineArn=self._arn, name=name, input=json.dumps({"job_id": job_id})
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ExecutionAlreadyExists":
                raise
            return False
        return True

    def succeed(self, token: str, job_id: str) -> bool:
        """Let the waiting execution go on; the decision itself is in our table."""
        try:
            self._states.send_task_success(taskToken=token, output=json.dumps({"job_id": job_id}))
        except ClientError as error:
            if error.response["Error"]["Code"] in _GONE:
                return False
            raise
        return True

    def running(self, name: str) -> bool:
        """Whether the execution called `name` exists and has not ended."""
        arn = self._arn.replace(":stateMachine:", ":execution:") + f":{name}"
        try:
            found = self._states.describe_execution(executionArn=arn)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ExecutionDoesNotExist":
                return False
            raise
        return found["status"] == "RUNNING"


class S3Payloads:
    """The payload bucket; also reads other buckets that a pointer names (uploads)."""

    def __init__(self, bucket: str, s3: S3Client | None = None) -> None:
        self._bucket = bucket
        self._s3 = guarded(s3 or client("s3"))

    def put(self, key: str, body: bytes) -> Pointer:
        """Store `body` under `key`; the pointer carries the version."""
        stored = self._s3.put_object(
            Bucket=self._bucket, Key=key, Body=body, ChecksumSHA256=checksum(body)
        )
        return Pointer.to(self._bucket, key, stored.get("VersionId"))

    def put_first(self, key: str, body: bytes) -> bool:
        """As the port."""
        try:
            self._s3.put_object(Bucket=self._bucket, Key=key, Body=body, IfNoneMatch="*")
        except ClientError as error:
            if error.response["Error"]["Code"] in _THERE_ALREADY:
                return False
            raise
        return True

    def get(self, pointer: Pointer) -> bytes:
        """The bytes. Raises NotFound."""
        return self._read(pointer)

    def copy(self, pointer: Pointer, into: BinaryIO) -> None:
        """As the port: a request for each piece, so that none of it is held longer. What knows no
        ranges answers with all of it, as HTTP lets it."""
        for start in count(0, PIECE):
            found = self._piece(pointer, start)
            into.write(found)
            if len(found) != PIECE:
                return

    def link(self, pointer: Pointer, name: str, seconds: int) -> str:
        """As the port."""
        where = {"Bucket": pointer.bucket or self._bucket, "Key": pointer.object_key}
        version = {"VersionId": pointer.version} if pointer.version else {}
        called = {"ResponseContentDisposition": f'attachment; filename="{name}"'}
        return str(
            self._s3.generate_presigned_url(
                "get_object", Params={**where, **version, **called}, ExpiresIn=seconds
            )
        )

    def _piece(self, pointer: Pointer, start: int) -> bytes:
        try:
            return self._read(pointer, Range=f"bytes={start}-{start + PIECE - 1}")
        except ClientError as error:
            if error.response["Error"]["Code"] in _BEYOND:
                return b""
            raise

    def _read(self, pointer: Pointer, **part: str) -> bytes:
        where: Any = {
            **part,
            "Bucket": pointer.bucket or self._bucket,
            "Key": pointer.object_key,
        }
        if pointer.version:
            where["VersionId"] = pointer.version
        try:
            found = self._s3.get_object(**where)
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "NoSuchVersion", "404"):
                raise NotFound("nothing is stored under this pointer") from None
            if error.response["Error"]["Code"] in ("AccessDenied", "403"):
                # Without the right to list, S3 answers this for what is missing too.
                raise Refused("S3 refuses the object: it is gone, or the rights miss it") from None
            raise
        with aws_errors():
            return found["Body"].read()


def checksum(body: bytes) -> str:
    """What S3 compares; a bucket with a lock takes nothing without."""
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


class JobFiles:
    """actions.files.Files: what stands below `place` in a bucket."""

    def __init__(self, bucket: str, place: str, s3: S3Client | None = None) -> None:
        self._bucket, self._place = bucket, place
        self._s3 = guarded(s3 or client("s3"))

    def put(self, name: str, body: bytes) -> None:
        """As the port."""
        self._s3.put_object(Bucket=self._bucket, Key=self._place + name, Body=body)

    def get(self, name: str) -> bytes | None:
        """As the port."""
        try:
            found = self._s3.get_object(Bucket=self._bucket, Key=self._place + name)
        except ClientError as error:
            # Without the right to list, S3 answers 403 for what is not there.
            if error.response["Error"]["Code"] in ("NoSuchKey", "404", "AccessDenied", "403"):
                return None
            raise
        with aws_errors():
            return found["Body"].read()

    def remove(self, name: str) -> None:
        """As the port. Earlier versions stay until the bucket's rule removes them."""
        self._s3.delete_object(Bucket=self._bucket, Key=self._place + name)


class JobsToShow:
    """candidate_shadow.ShadowQueue on SQS; the queue itself holds each message back."""

    def __init__(self, url: str, sqs: SQSClient | None = None) -> None:
        self._url = url
        self._sqs = guarded(sqs or client("sqs"))

    def show(self, job_id: str, release: str) -> None:
        """Queue the two names, never content."""
        self._send(job_id=job_id, release=release)

    def measure(self, workflow: str, release: str, week: str) -> None:
        """Queue what to ask."""
        self._send(workflow=workflow, release=release, week=week)

    def _send(self, **named: str) -> None:
        self._sqs.send_message(QueueUrl=self._url, MessageBody=json.dumps(named))


class IntakeQueue:
    """Messages that ask for a job to be started."""

    def __init__(self, url: str, sqs: SQSClient | None = None) -> None:
        self._url = url
        self._sqs = guarded(sqs or client("sqs"))

    def send(self, job_id: str, workflow: str) -> None:
        """Queue the job's id, never its content."""
        body = json.dumps({"job_id": job_id, "workflow": workflow})
        self._sqs.send_message(QueueUrl=self._url, MessageBody=body)
