"""What our functions use of the two services of AWS that answer in XML: assuming a role, objects in
a bucket. By boto3's names, which raise what boto3's would."""

from __future__ import annotations

import io
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from countersign.connectors.aws.client import Credentials, Place
from countersign.connectors.aws.signed import Request, Send, Signed, Wait, element, refusal, sent
from countersign.domain.canonical import digest
from countersign.domain.errors import Unavailable

_FORM = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
_KEYS = ("AccessKeyId", "SecretAccessKey", "SessionToken")


class Sts:
    """STS."""

    def __init__(self, place: Place, send: Send = sent, wait: Wait = time.sleep) -> None:
        self._to = Signed("sts", place, None, send, wait)

    def assume_role(self, **params: Any) -> dict[str, Any]:
        """The credentials. Raises Unavailable for an answer without them."""
        form = {"Action": "AssumeRole", "Version": "2011-06-15", **params}
        asked = Request(_FORM, urlencode(form).encode())
        text = self._to.asked("AssumeRole", asked, refusal).body.decode()
        found = {key: element(key, text) for key in _KEYS}
        if not all(found.values()):
            raise Unavailable("STS answered without credentials")
        return {"Credentials": found}


class S3:
    """Objects, by path: a bucket's own host would need a connection for each."""

    def __init__(
        self,
        place: Place,
        by: Credentials | None = None,
        send: Send = sent,
        wait: Wait = time.sleep,
    ) -> None:
        self._to = Signed("s3", place, by, send, wait)

    def put_object(
        self,
        *,
        Bucket: str,  # noqa: N803 - boto3's names
        Key: str,  # noqa: N803
        Body: bytes,  # noqa: N803
        IfNoneMatch: str = "",  # noqa: N803
        ChecksumSHA256: str = "",  # noqa: N803
    ) -> dict[str, Any]:
        """The version, where the bucket keeps any."""
        first = {"if-none-match": IfNoneMatch} if IfNoneMatch else {}
        summed = {"x-amz-checksum-sha256": ChecksumSHA256} if ChecksumSHA256 else {}
        asked = Request({**_of(Body), **first, **summed}, Body, "PUT", _path(Bucket, Key))
        version = self._to.asked("PutObject", asked, refusal).headers.get("x-amz-version-id")
        return {"VersionId": version} if version else {}

    def get_object(
        self,
        *,
        Bucket: str,  # noqa: N803 - boto3's names
        Key: str,  # noqa: N803
        VersionId: str = "",  # noqa: N803
        Range: str = "",  # noqa: N803
    ) -> dict[str, Any]:
        """The body, or a range of it, read."""
        query = urlencode({"versionId": VersionId}, quote_via=quote) if VersionId else ""
        part = {"range": Range} if Range else {}
        asked = Request({**_of(b""), **part}, b"", "GET", _path(Bucket, Key), query)
        return {"Body": io.BytesIO(self._to.asked("GetObject", asked, refusal).body)}

    def generate_presigned_url(
        self,
        operation: str,
        Params: Mapping[str, str],  # noqa: N803 - boto3's names
        ExpiresIn: int,  # noqa: N803
    ) -> str:
        """A link to an object, under the name that it is to be stored by. Of boto3's operations
        `get_object` alone."""
        if operation != "get_object":
            raise NotImplementedError(operation)
        said = {"response-content-disposition": Params["ResponseContentDisposition"]}
        version = {"versionId": Params["VersionId"]} if "VersionId" in Params else {}
        path = _path(Params["Bucket"], Params["Key"])
        return self._to.link(path, {**said, **version}, ExpiresIn)


def _of(body: bytes) -> dict[str, str]:
    return {"x-amz-content-sha256": digest(body)}


def _path(bucket: str, key: str) -> str:
    return f"/{bucket}/{quote(key, safe='/~')}"
