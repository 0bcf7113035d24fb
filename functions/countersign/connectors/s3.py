"""Content in S3."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from countersign.connectors.aws import aws_errors, client, guarded
from countersign.domain.errors import NotFound, Refused
from countersign.domain.job import Pointer

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_s3.type_defs import GetObjectRequestTypeDef


class S3Payloads:
    """The payload bucket; also reads other buckets that a pointer names (uploads)."""

    def __init__(self, bucket: str, s3: S3Client | None = None) -> None:
        self._bucket = bucket
        self._s3 = guarded(s3 or client("s3"))

    def put(self, key: str, body: bytes) -> Pointer:
        """Store `body` under `key`; the pointer carries the version."""
        stored = self._s3.put_object(Bucket=self._bucket, Key=key, Body=body)
        return Pointer.to(self._bucket, key, stored.get("VersionId"))

    def get(self, pointer: Pointer) -> bytes:
        """The bytes. Raises NotFound."""
        where: GetObjectRequestTypeDef = {
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
