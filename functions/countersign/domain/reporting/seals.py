"""The heads of many jobs' trails under one root, which is signed once an hour and kept elsewhere.

A root proves a head by the hashes beside its way up. Whoever has the root from outside, or the
public key, needs nothing of ours to believe that a record is not older than its seal.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import ClassVar, Protocol

from countersign.domain.canonical import canonical, digest
from countersign.domain.contract import Contract, Value
from countersign.domain.jobs.job import Job

HOUR = timedelta(hours=1)
AFTER = timedelta(minutes=5)
"""Lists are behind what is written: an hour is sealed so long after its end."""
LONGEST = timedelta(days=2)
"""So much is sealed at once where nobody sealed anything for longer."""


class Head(Value):
    """The end of a job's trail."""

    job_id: str
    length: int
    head: str

    @property
    def leaf(self) -> str:
        """Its place in a tree says nothing of the job to whoever does not have it."""
        return digest(canonical(["leaf", self.job_id, self.length, self.head]))


class Beside(Value):
    """One step up: the hash on the other side."""

    hash: str
    left: bool


class Seal(Contract):
    """What was sealed. Of an hour in which no trail changed there is no root and no signature."""

    CONTRACT: ClassVar[str] = "seal"
    VERSION: ClassVar[int] = 1

    since: datetime
    to: datetime
    count: int
    root: str = ""
    key: str = ""
    """Which key signed it, as its system names it."""
    signature: str = ""
    """ECDSA over P-256 with SHA-256, DER, as base64, of `signed`."""

    @property
    def signed(self) -> bytes:
        """The bytes that are signed."""
        return canonical(["seal", self.since, self.to, self.count, self.root])


class SealedHead(Value):
    """A head with its way to a root."""

    head: Head
    proof: tuple[Beside, ...]
    seal: Seal

    @property
    def holds(self) -> bool:
        """Whether the way leads to the root."""
        return climbed(self.head.leaf, self.proof) == self.seal.root


class Seals(Protocol):
    """The roots over jobs' trails, hour by hour."""

    def last(self) -> Seal | None:
        """The latest, read consistently."""

    def between(self, since: datetime, to: datetime) -> Iterator[Seal]:
        """Those of hours that ended from `since` to `to`, the oldest first."""

    def keep(self, seal: Seal) -> None:
        """Store it; the same hour once more is the same seal."""

    def jobs(self, job_ids: Sequence[str]) -> Iterator[Job]:
        """Jobs without what is stored under them, in any order; those that are gone are left
        out."""


class Signer(Protocol):
    """A key that signs."""

    def sign(self, message: bytes) -> bytes:
        """The signature: ECDSA over P-256 with SHA-256, DER."""


def due(last: Seal | None, now: datetime) -> tuple[datetime, datetime] | None:
    """From when to when heads are to be sealed now; None while the hour is not over."""
    to = (now - AFTER).replace(minute=0, second=0, microsecond=0)
    if last is None:
        return to - HOUR, to
    return (max(last.to, to - LONGEST), to) if to > last.to else None


def root_of(leaves: Sequence[str]) -> str:
    """The root over leaves in their order, at least one."""
    level = list(leaves)
    while len(level) > 1:
        level = _above(level)
    return level[0]


def proof_of(leaves: Sequence[str], leaf: str) -> tuple[Beside, ...]:
    """The way of one of the leaves to their root. Raises ValueError for another one."""
    place, level, found = list(leaves).index(leaf), list(leaves), []
    while len(level) > 1:
        beside = place ^ 1
        if beside < len(level):
            found.append(Beside(hash=level[beside], left=beside < place))
        place, level = place // 2, _above(level)
    return tuple(found)


def climbed(leaf: str, proof: Sequence[Beside]) -> str:
    """Where a way leads."""
    at = leaf
    for step in proof:
        at = _pair(step.hash, at) if step.left else _pair(at, step.hash)
    return at


def _above(level: list[str]) -> list[str]:
    """The next level: pairs; what has no neighbour goes up as it is."""
    pairs = [_pair(*level[at : at + 2]) for at in range(0, len(level) - 1, 2)]
    return pairs + (level[-1:] if len(level) % 2 else [])


def _pair(left: str, right: str) -> str:
    return digest(canonical(["node", left, right]))
