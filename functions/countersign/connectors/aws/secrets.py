"""Credentials from Secrets Manager, kept in memory for some minutes."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from countersign.connectors.aws.client import client, guarded
from countersign.domain.errors import SecretMissing

if TYPE_CHECKING:
    from types_boto3_secretsmanager import SecretsManagerClient


UNSET = "not set"
"""What the stack puts into a secret that only its owner can fill in."""
_KEEP_SECONDS = 300.0

Kept = dict[str, tuple[float, str]]
"""When each text was read, in monotonic seconds, and the text."""


def missing(name: str) -> str:
    """Why a job waits that needs the secret of this short name."""
    return (
        f"the secret {name} is not set: run `countersign secrets set {name}`; "
        "the job then goes on by itself"
    )


class SecretsManager:
    """Reads secrets; a rotated one is seen within five minutes.

    `names` are the secrets' short names by their ARNs. `kept` outlives this object where several
    of them follow each other in one process.
    """

    def __init__(
        self,
        manager: SecretsManagerClient | None = None,
        names: Mapping[str, str] | None = None,
        kept: Kept | None = None,
    ) -> None:
        self._client = guarded(manager or client("secretsmanager"))
        self._names = names or {}
        self._kept: Kept = {} if kept is None else kept

    def get(self, name: str) -> str:
        """The secret's text. Raises SecretMissing when nobody has set it."""
        kept = self._kept.get(name)
        if kept and time.monotonic() - kept[0] < _KEEP_SECONDS:
            return kept[1]
        text = self._text(name)
        if text in ("", UNSET):
            raise SecretMissing(missing(self._names.get(name, "of this function")))
        self._kept[name] = (time.monotonic(), text)
        return text

    def _text(self, name: str) -> str:
        try:
            return self._client.get_secret_value(SecretId=name)["SecretString"]
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise
            return ""  # the secret is there and has no value yet
