"""Objects with all their versions, for whoever erases them: no function has these rights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from countersign.connectors.aws.client import aws_errors, client, guarded
from countersign.connectors.aws.services import checksum
from countersign.domain.errors import Refused
from countersign.domain.jobs.forgetting import Version
from countersign.domain.jobs.job import Pointer

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

_TOGETHER = 1_000
"""Objects that S3 deletes at once."""
_MARK = "MethodNotAllowed"


class S3Versions:
    """forgetting.Objects on S3."""

    def __init__(self, s3: S3Client | None = None) -> None:
        self._s3 = guarded(s3 or client("s3"))

    def below(self, bucket: str, prefix: str) -> Sequence[Version]:
        """As the port; of each key the latest first, as S3 lists them."""
        found: list[Version] = []
        start: Any = {}
        while True:
            page = self._s3.list_object_versions(Bucket=bucket, Prefix=prefix, **start)
            rows = (*page.get("Versions", ()), *page.get("DeleteMarkers", ()))
            found += [Version(bucket, row["Key"], row["VersionId"]) for row in rows]
            if not page.get("IsTruncated"):
                return found
            start = {"KeyMarker": page["NextKeyMarker"]}
            if page.get("NextVersionIdMarker"):
                start["VersionIdMarker"] = page["NextVersionIdMarker"]

    def read(self, version: Version) -> bytes:
        """As the port."""
        try:
            found = self._s3.get_object(
                Bucket=version.bucket, Key=version.key, VersionId=version.id
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == _MARK:
                return b""
            raise
        with aws_errors():
            return found["Body"].read()

    def put(self, bucket: str, key: str, body: bytes) -> Pointer:
        """As the port."""
        stored = self._s3.put_object(
            Bucket=bucket, Key=key, Body=body, ChecksumSHA256=checksum(body)
        )
        return Pointer.to(bucket, key, stored.get("VersionId"))

    def delete(self, versions: Sequence[Version]) -> None:
        """As the port. Raises Refused with the first that S3 does not delete."""
        for bucket in dict.fromkeys(one.bucket for one in versions):
            named = [{"Key": v.key, "VersionId": v.id} for v in versions if v.bucket == bucket]
            for start in range(0, len(named), _TOGETHER):
                self._delete(bucket, named[start : start + _TOGETHER])

    def _delete(self, bucket: str, objects: list[dict[str, str]]) -> None:
        answer = self._s3.delete_objects(
            Bucket=bucket,
            Delete={"Objects": objects, "Quiet": True},  # type: ignore[typeddict-item] # plain dicts
        )
        for fault in answer.get("Errors", ()):
            raise Refused(f"S3 did not delete {fault.get('Key')}: {fault.get('Code')}")
