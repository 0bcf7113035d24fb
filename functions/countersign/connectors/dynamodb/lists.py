"""What lists show, in two sparse and sharded indexes of the jobs table.

`live` has what is under way: unfinished jobs, open requests, reviews without an answer. `ended` has
what is over, by the day it ended, so that no partition grows with the history. A row is in at most
one of the two. Both project what lists show (`SHOWN`) and nothing else.
"""

from __future__ import annotations

import heapq
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from countersign.domain.canonical import instant

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

Item = dict[str, Any]

SHARDS = 4
"""Partitions of `live`, and of `due`; each takes 1,000 writes a second."""
SHARDS_OF_A_DAY = 2
"""Of `ended`: a job is written there once, and whoever lists reads each day's."""
SHOWN = (
    *("workflow", "execution", "door", "reason", "since", "waits_until"),  # jobs
    *("tier", "people"),  # open requests, which have a workflow and a since too
    "review",
)
"""Attributes beside the keys."""
_FIRST, _LAST = "", "~"  # of all instants as text


def shard(owner: str, of: int = SHARDS) -> str:
    """The shard of a job's or a review's rows."""
    return str(zlib.crc32(owner.encode()) % of)


def live(kind: str, at: datetime, owner: str) -> Item:
    """Attributes that put a row of this kind into `live`, in the order of `at`."""
    return {"live": {"S": shard(owner)}, "listed": {"S": f"{kind}#{instant(at)}"}}


def ended(kind: str, at: datetime, owner: str) -> Item:
    """Attributes that put a row of this kind into `ended`, in the order of `at`."""
    day = {"S": f"{_day(at)}#{shard(owner, SHARDS_OF_A_DAY)}"}
    return {"ended": day, "listed": {"S": f"{kind}#{instant(at)}"}}


def listed_at(item: Item) -> datetime:
    """The `at` of a listed row."""
    return datetime.fromisoformat(item["listed"]["S"].partition("#")[2])


def pages(query: Callable[..., Any], **asked: Any) -> Iterator[Any]:
    """The answers to a query, until there are no more. Paginators are not for us: they would call
    the client itself, past what makes AWS's trouble ours and signs for a job."""
    start: Item = {}
    while True:
        page = query(**asked, **start)
        yield page
        if "LastEvaluatedKey" not in page:
            return
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


@dataclass(frozen=True)
class _Asked:
    """What is read of each shard."""

    index: str
    first: str
    last: str
    limit: int
    oldest_first: bool = False


class DynamoLists:
    """Reading both indexes: all shards at once, merged in the order of time."""

    def __init__(self, table: str, db: DynamoDBClient) -> None:
        self._table = table
        self._db = db

    def live(
        self, kind: str, limit: int, *, after: str = _FIRST, oldest_first: bool = False
    ) -> list[Item]:
        """Rows of this kind that are under way; only those after an instant, where one is given."""
        # `~` sorts behind every instant's end: what is at `after` itself is left out.
        first = f"{kind}#{after}{_LAST if after else ''}"
        asked = _Asked("live", first, f"{kind}#{_LAST}", limit, oldest_first)
        return self._merged(asked, [str(number) for number in range(SHARDS)])

    def ended(self, kind: str, since: datetime, now: datetime, limit: int) -> list[Item]:
        """Rows of this kind that ended from `since` to `now`, latest first."""
        found: list[Item] = []
        day = now
        while len(found) < limit and _day(day) >= _day(since):
            left = limit - len(found)
            asked = _Asked("ended", f"{kind}#{instant(since)}", f"{kind}#{_LAST}", left)
            shards = [f"{_day(day)}#{number}" for number in range(SHARDS_OF_A_DAY)]
            found += self._merged(asked, shards)
            day -= timedelta(days=1)
        return found

    def _merged(self, asked: _Asked, partitions: Sequence[str]) -> list[Item]:
        with ThreadPoolExecutor(SHARDS) as shards:
            parts = list(shards.map(partial(self._read, asked), partitions))
        backwards = not asked.oldest_first
        merged = heapq.merge(*parts, key=lambda item: str(item["listed"]["S"]), reverse=backwards)
        return list(islice(merged, asked.limit))

    def _read(self, asked: _Asked, partition: str) -> list[Item]:
        found: list[Item] = []
        start: Item = {}
        while len(found) < asked.limit:
            left = asked.limit - len(found)
            page: Any = self._db.query(**self._query(asked, partition), Limit=left, **start)
            found += page["Items"]
            if "LastEvaluatedKey" not in page:
                break
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
        return found

    def _query(self, asked: _Asked, partition: str) -> Any:
        return {
            "TableName": self._table,
            "IndexName": asked.index,
            "KeyConditionExpression": "#index = :partition AND listed BETWEEN :first AND :last",
            "ExpressionAttributeNames": {"#index": asked.index},
            "ExpressionAttributeValues": {
                ":partition": {"S": partition},
                ":first": {"S": asked.first},
                ":last": {"S": asked.last},
            },
            "ScanIndexForward": asked.oldest_first,
        }


def _day(at: datetime) -> str:
    return instant(at)[: len("2026-11-29")]
