"""Time and randomness of the machine."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from countersign.connectors.aws.client import client, guarded

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

    from countersign.domain.ports import Clock


CONNECTOR_SECONDS, LEAST_SECONDS = 10.0, 1.0
"""How long one call to an outside system may take, at most and at least."""


class SystemClock:
    """The machine's clock, in UTC."""

    def now(self) -> datetime:
        """The present."""
        return datetime.now(UTC)


class SystemIds:
    """The machine's source of randomness."""

    def token(self, bits: int) -> str:
        """URL-safe random text of at least `bits` bits."""
        return secrets.token_urlsafe((bits + 7) // 8)

    def salt(self) -> str:
        """128 random bits as hex."""
        return secrets.token_hex(16)

    def digits(self, count: int) -> str:
        """`count` random decimal digits, each number as likely as any other."""
        return f"{secrets.randbelow(10**count):0{count}d}"


def pause(seconds: float) -> None:
    """Let time pass."""
    time.sleep(max(0.0, seconds))


class Deadline:
    """When the present invocation's time-out comes, by a clock that nobody sets."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._ends: float | None = None

    def begins(self, seconds: float) -> None:
        """An invocation begins that has so much time."""
        self._ends = self._monotonic() + seconds

    def share(self) -> float:
        """Seconds that one call to an outside system may take: a third of what is left, so that the
        function lives to say that there was no answer."""
        if self._ends is None:
            return CONNECTOR_SECONDS
        return min(CONNECTOR_SECONDS, max(LEAST_SECONDS, (self._ends - self._monotonic()) / 3))


_ROW = "CLOCK"


class DynamoOffset:
    """The offset in a row of the jobs table, in whole seconds."""

    def __init__(self, table: str, db: DynamoDBClient | None = None) -> None:
        self._table = table
        self._db = guarded(db or client("dynamodb"))

    def read(self) -> timedelta:
        """Consistently, by a query: a right that nearly every function has for its jobs."""
        found = self._db.query(
            TableName=self._table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": _ROW}},
            ConsistentRead=True,
        )
        return timedelta(seconds=sum(int(item["seconds"]["N"]) for item in found["Items"]))

    def write(self, offset: timedelta) -> None:
        """Replace the row."""
        seconds = str(offset // timedelta(seconds=1))
        key = {"pk": {"S": _ROW}, "sk": {"S": _ROW}}
        self._db.put_item(TableName=self._table, Item={**key, "seconds": {"N": seconds}})


MOVABLE = "local"
"""The only stage whose time can be moved."""
KEPT_FOR = 1.0
"""Seconds for which a process goes on with the offset that it read last."""


class Offset(Protocol):
    """How far the clock is moved."""

    def read(self) -> timedelta:
        """The offset; zero when nobody has moved the clock."""

    def write(self, offset: timedelta) -> None:
        """Move the clock to real time plus `offset`."""


class VirtualClock:
    """Real time plus an offset that is read at most once a second."""

    def __init__(
        self, offset: Offset, real: Clock, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._offset = offset
        self._real = real
        self._monotonic = monotonic
        self._held: tuple[float, timedelta] | None = None

    def now(self) -> datetime:
        """The present as everybody in this stage sees it."""
        at = self._monotonic()
        if self._held is None or at - self._held[0] >= KEPT_FOR:
            self._held = at, self._offset.read()
        return self._real.now() + self._held[1]


def clock_of(stage: str, offset: Callable[[], Offset]) -> Clock:
    """The clock of a stage. Nothing but the stage `local` ever asks for an offset."""
    return VirtualClock(offset(), SystemClock()) if stage == MOVABLE else SystemClock()
