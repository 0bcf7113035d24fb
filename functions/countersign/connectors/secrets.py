"""Credentials from Secrets Manager, kept in memory for some minutes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from countersign.connectors.aws import client, guarded
from countersign.domain.errors import Refused

if TYPE_CHECKING:
    from types_boto3_secretsmanager import SecretsManagerClient

UNSET = "not set"
"""What the stack puts into a secret that only its owner can fill in."""
_KEEP_SECONDS = 300.0


class SecretsManager:
    """Reads secrets; a rotated one is seen within five minutes."""

    def __init__(self, manager: SecretsManagerClient | None = None) -> None:
        self._client = guarded(manager or client("secretsmanager"))
        self._kept: dict[str, tuple[float, str]] = {}

    def get(self, name: str) -> str:
        """The secret's text. Raises Refused when nobody has set it."""
        kept = self._kept.get(name)
        if kept and time.monotonic() - kept[0] < _KEEP_SECONDS:
            return kept[1]
        text = self._client.get_secret_value(SecretId=name)["SecretString"]
        if text == UNSET:
            raise Refused("a secret is not set; put it into Secrets Manager, then resume the job")
        self._kept[name] = (time.monotonic(), text)
        return text
