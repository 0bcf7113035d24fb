"""Results that no row has room for: each lies in the payload bucket under the digest of its bytes,
below its job's prefix, and its row says so. A step that does not read one does not pay for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from countersign.domain.canonical import digest
from countersign.domain.contract import Stored
from countersign.domain.errors import InternalError, NotFound, Refused, UnknownVersion
from countersign.domain.jobs.job import Pointer
from countersign.domain.policy.calls import CALL, SEGMENT
from countersign.domain.ports import Payloads

MOST = 64_000
"""Bytes of a result in its row."""
PREFIX = "results/"
"""Where the payload bucket has results, each job's under its id."""
_GROWING = ("input", "proposal", CALL)
"""What is made of a message grows with it. What the steps that act read does not, and they have no
right on the bucket."""


class Apart:
    """The results of jobs that lie apart. `payloads` is made when the first one does."""

    def __init__(self, payloads: Callable[[], Payloads]) -> None:
        self._payloads = payloads

    def written(self, job_id: str, results: Mapping[str, Stored]) -> Mapping[str, Stored]:
        """`results` as their rows have them; what is large is in the bucket by then."""
        return {name: self._written(job_id, name, one) for name, one in results.items()}

    def found(self, job_id: str, results: Mapping[str, Stored]) -> Mapping[str, Stored]:
        """`results` out of their rows: one that lies apart is read when somebody asks for it."""
        return {
            name: one.read_by(partial(self._read, job_id, name, one.apart)) if one.apart else one
            for name, one in results.items()
        }

    def _written(self, job_id: str, name: str, one: Stored) -> Stored:
        body = one.text.encode()
        if not _lies_apart(name, len(body)):
            return one
        address = digest(body)
        self._payloads().put(_key(job_id, address), body)
        return Stored(contract=one.contract, version=one.version, apart=address)

    def _read(self, job_id: str, name: str, address: str) -> str:
        """Raises UnknownVersion where nobody can read it any more: it is gone with the bucket's
        retention, or is not what was stored."""
        try:
            body = self._payloads().get(Pointer(bucket="", key=_key(job_id, address)))
        except (NotFound, Refused) as gone:
            raise UnknownVersion(f"what was stored as {name} cannot be read: {gone}") from None
        if digest(body) != address:
            raise UnknownVersion(f"what lies in the bucket as {name} is not what was stored")
        return body.decode()


def no_bucket() -> Payloads:
    """For a store of rows alone. Raises InternalError."""
    raise InternalError("a large result needs the payload bucket, and this store has none")


def _lies_apart(name: str, size: int) -> bool:
    """Answers about segments always do: only asking and the trace read them."""
    return name.startswith(SEGMENT) or (size > MOST and name.startswith(_GROWING))


def _key(job_id: str, address: str) -> str:
    return f"{PREFIX}{job_id}/{address}"
