"""The documents that jobs have stored, also those that were taken away again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from countersign.connectors.dynamodb.session import DOCUMENTS


def journal(s3: Any, bucket: str) -> Sequence[Mapping[str, str]]:
    """By action: its key, and the digest of each file by its name."""
    found: dict[str, dict[str, str]] = {}
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=DOCUMENTS)
    for version in (one for page in pages for one in page.get("Versions", ())):
        _, _, key, name = version["Key"].split("/")
        held = s3.get_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])
        digest = hashlib.sha256(held["Body"].read()).hexdigest()
        found.setdefault(key, {"key": key})[name] = digest
    return tuple(found.values())
