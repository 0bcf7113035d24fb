"""What lists show, in two sparse and sharded indexes of the jobs table.

`live` has what is under way: unfinished jobs, open requests, reviews without an answer. `ended` has
what is over, by the day it ended, so that no partition grows with the history. A row is in at most
one of the two. Both project what lists show (`SHOWN`) and nothing else.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import chain
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
_LAST = "~"
"""Behind all instants as text."""


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
    return datetime.fromisoformat(_place(item)[1])


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
    """What is read of each shard: of each kind at most `limit` rows, none below `low`. Oldest first
    there is one kind."""

    index: str
    kinds: frozenset[str]
    low: str
    limit: int
    oldest_first: bool = False

    def of(self, item: Item) -> str:
        """The kind of a row that is asked for; empty for any other."""
        kind, at = _place(item)
        return kind if kind in self.kinds and at >= self.low else ""


class DynamoLists:
    """Reading both indexes: all shards at once, merged in the order of time."""

    def __init__(self, table: str, db: DynamoDBClient) -> None:
        self._table = table
        self._db = db

    def live(self, kinds: Collection[str], limit: int) -> list[Item]:
        """Rows that are under way, at most `limit` of each kind, latest first."""
        return self._merged(_Asked("live", frozenset(kinds), "", limit), _shards())

    def oldest(self, kind: str, limit: int, *, after: str = "") -> list[Item]:
        """Rows of one kind that are under way, oldest first; only those after an instant, where one
        is given."""
        # `~` sorts behind every instant's end: what is at `after` itself is left out.
        low = f"{after}{_LAST}" if after else ""
        asked = _Asked("live", frozenset({kind}), low, limit, oldest_first=True)
        return self._merged(asked, _shards())

    def ended(
        self, kinds: Collection[str], since: datetime, now: datetime, limit: int
    ) -> list[Item]:
        """Rows that ended from `since` to `now`, at most `limit` of each kind, latest first."""
        found: list[Item] = []
        day, left = now, {*kinds}
        while left and _day(day) >= _day(since):
            asked = _Asked("ended", frozenset(left), instant(since), limit)
            found += self._merged(asked, _shards(SHARDS_OF_A_DAY, f"{_day(day)}#"))
            have = Counter(_place(item)[0] for item in found)
            left = {kind for kind in left if have[kind] < limit}
            day -= timedelta(days=1)
        return list(_at_most(limit, found))

    def _merged(self, asked: _Asked, partitions: Sequence[str]) -> list[Item]:
        with ThreadPoolExecutor(SHARDS) as shards:
            parts = list(shards.map(partial(self._read, asked), partitions))
        rows = sorted(chain.from_iterable(parts), key=lambda item: _place(item)[1])
        return list(_at_most(asked.limit, rows if asked.oldest_first else reversed(rows)))

    def _read(self, asked: _Asked, partition: str) -> list[Item]:
        """Kinds stand one behind the other: several of which there are few are one read, and of one
        that has enough the others are passed over."""
        found: list[Item] = []
        left = asked.kinds
        start: Item = {}
        while left:
            page: Any = self._db.query(**self._query(asked, partition, left), **start)
            found += page["Items"]
            if "LastEvaluatedKey" not in page:
                break
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
            if found and self._enough(asked, found):
                last, start = _place(found[-1])[0], {}
                left = frozenset(one for one in left if one < last)
        return [item for item in found if asked.of(item)]

    def _enough(self, asked: _Asked, found: Sequence[Item]) -> bool:
        """Whether nothing more is wanted of the last row's kind."""
        kind = asked.of(found[-1])
        return not kind or sum(asked.of(item) == kind for item in found) >= asked.limit

    def _query(self, asked: _Asked, partition: str, kinds: Collection[str]) -> Any:
        return {
            "TableName": self._table,
            "IndexName": asked.index,
            "KeyConditionExpression": "#index = :partition AND listed BETWEEN :first AND :last",
            "ExpressionAttributeNames": {"#index": asked.index},
            "ExpressionAttributeValues": {
                ":partition": {"S": partition},
                ":first": {"S": f"{min(kinds)}#{asked.low}"},
                ":last": {"S": f"{max(kinds)}#{_LAST}"},
            },
            "ScanIndexForward": asked.oldest_first,
            "Limit": asked.limit,
        }


def _shards(of: int = SHARDS, before: str = "") -> list[str]:
    return [f"{before}{number}" for number in range(of)]


def _place(item: Item) -> tuple[str, str]:
    """Kind and instant of a listed row."""
    kind, _, at = item["listed"]["S"].partition("#")
    return kind, at


def _at_most(limit: int, items: Iterable[Item]) -> Iterator[Item]:
    """The first of each kind."""
    have: Counter[str] = Counter()
    for item in items:
        kind, _ = _place(item)
        have[kind] += 1
        if have[kind] <= limit:
            yield item


def _day(at: datetime) -> str:
    return instant(at)[: len("2026-11-29")]
