"""Signing by a key that nobody can take out of KMS."""

from __future__ import annotations

import base64
from functools import cached_property
from typing import Any

from countersign.connectors.aws.client import guarded

ALGORITHM = "ECDSA_SHA_256"


class KmsSigner:
    """Signer and PublicKeySigner, with a key of AWS's."""

    def __init__(self, key: str, kms: Any) -> None:
        self._key = key
        self._kms = guarded(kms)

    def sign(self, message: bytes) -> bytes:
        """The signature, DER; the message is at most 4,096 bytes."""
        answer = self._kms.sign(
            KeyId=self._key,
            Message=base64.b64encode(message).decode(),
            MessageType="RAW",
            SigningAlgorithm=ALGORITHM,
        )
        return base64.b64decode(answer["Signature"])

    def public(self) -> bytes:
        """The public half, DER; a process asks once."""
        return self._public

    @cached_property
    def _public(self) -> bytes:
        return base64.b64decode(self._kms.get_public_key(KeyId=self._key)["PublicKey"])
