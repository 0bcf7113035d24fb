"""Seals in memory, and a key of this process that signs them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from countersign.domain.errors import NotFound
from countersign.domain.jobs.job import Job
from countersign.domain.reporting.seals import Seal
from tests.fakes.store import FakeStore


class FakeSeals:
    """Seals."""

    def __init__(self, store: FakeStore) -> None:
        self._store = store
        self._held: dict[datetime, Seal] = {}

    def last(self) -> Seal | None:
        return self._held[max(self._held)] if self._held else None

    def between(self, since: datetime, to: datetime) -> Iterator[Seal]:
        return iter([one for at, one in sorted(self._held.items()) if since <= at <= to])

    def keep(self, seal: Seal) -> None:
        self._held[seal.to] = seal

    def jobs(self, job_ids: Sequence[str]) -> Iterator[Job]:
        if len(set(job_ids)) < len(job_ids):
            raise ValueError("DynamoDB refuses to read one key twice")
        for job_id in job_ids:
            try:
                yield self._store.load(job_id).job
            except NotFound:
                continue


class FakeSigner:
    """Signer."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.signatures = 0

    def sign(self, message: bytes) -> bytes:
        self.signatures += 1
        made: bytes = self._key.sign(message, ec.ECDSA(hashes.SHA256()))
        return made

    def public(self) -> bytes:
        """What whoever checks is given."""
        made: bytes = self._key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return made


class FakeVerdictKey(FakeSigner):
    """PublicKeySigner."""

    def public(self) -> bytes:
        made: bytes = self._key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return made
