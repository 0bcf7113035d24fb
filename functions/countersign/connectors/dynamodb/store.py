"""Jobs in one DynamoDB table: every change is one conditional transaction.

A job's rows share the partition `JOB#<id>`: STATE, AUDIT#…, RESULT#…, ACTION#…, APPROVAL#…,
QUESTION#…, CASE, DUE#…, NOTE#…, and SEEN, which outlives the rest so that a late duplicate is still
known. A large result lies in the payload bucket, and its row says where. What waits for somebody
has a row in `INBOX#<box>`, written and removed with the job; the jobs that an address or a mail
leads to have theirs in `MATTER#<digest>`. Bodies are stored as the canonical text they were written
as; numbers of the table are never re-serialised.
"""

from __future__ import annotations

import heapq
import secrets
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from countersign.connectors.aws.client import client, guarded, is_conflict, refused_only
from countersign.connectors.clock import SystemClock
from countersign.connectors.dynamodb import lists, rows
from countersign.connectors.dynamodb.apart import Apart, no_bucket
from countersign.domain.canonical import instant
from countersign.domain.errors import ClaimHeld, NotFound, NotWanted, StoreConflict
from countersign.domain.jobs import audit
from countersign.domain.jobs.change import Change, DueRow, JobRecord, Link, Listed
from countersign.domain.jobs.job import Job, JobSummary, Status
from countersign.domain.jobs.matters import Matter
from countersign.domain.ports import Holder, KnownEvent, Payloads
from countersign.domain.workflow import Claim

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

MOST_TOGETHER = 100
"""Items of one transaction: DynamoDB takes no more."""
_PAGE = 500
"""Due rows that are read at once, of each shard."""
_FREE = "attribute_not_exists(pk) OR job_id = :over OR holds_until < :now"
_CREATE_TRIES = 5


class DynamoDue:
    """The part of ports.JobStore that is about time."""

    def __init__(self, table: str, db: DynamoDBClient | None = None) -> None:
        self._table = table
        self._db = guarded(db or client("dynamodb"))

    def due(self, now: datetime) -> Iterator[DueRow]:
        """Due rows of all shards up to `now`, oldest first, each once, read as they are taken."""
        shards = (self._shard(str(number), now) for number in range(lists.SHARDS))
        return heapq.merge(*shards, key=lambda row: row.due.at)

    def postpone(self, row: DueRow, until: datetime) -> None:
        """Move a row that failed on to `until`, unless it was changed meanwhile."""
        item = rows.due(row.job_id, row.due.failed_until(until), row.since)
        self._unless_changed(self._db.put_item, row, Item=item)

    def forget(self, row: DueRow) -> None:
        """Delete a row whose job is gone, unless it was changed meanwhile."""
        self._unless_changed(self._db.delete_item, row, Key=rows.due_key(row.job_id, row.due.kind))

    def _unless_changed(self, write: Any, row: DueRow, **what: rows.Item) -> None:
        try:
            write(
                TableName=self._table,
                ConditionExpression="due_at = :read",
                ExpressionAttributeValues={":read": {"S": instant(row.due.at)}},
                **what,
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise

    def _shard(self, shard: str, now: datetime) -> Iterator[DueRow]:
        found = lists.pages(
            self._db.query,
            TableName=self._table,
            IndexName="due",
            KeyConditionExpression="due_shard = :shard AND due_at <= :now",
            ExpressionAttributeValues={":shard": {"S": shard}, ":now": {"S": instant(now)}},
            Limit=_PAGE,
        )
        for page in found:
            yield from map(rows.due_row, page["Items"])


class DynamoStore(DynamoDue):
    """ports.JobStore on DynamoDB."""

    def __init__(
        self,
        table: str,
        db: DynamoDBClient | None = None,
        payloads: Callable[[], Payloads] = no_bucket,
    ) -> None:
        """`payloads` makes the bucket of what no row has room for."""
        super().__init__(table, db)
        self._apart = Apart(payloads)
        self._lists = lists.DynamoLists(table, self._db)

    def create(self, job: Job, entry: audit.Entry, change: Change) -> KnownEvent | None:
        """Store a new job; None when this call stored it, else what is known of the earlier one."""
        puts = [
            self._put(rows.seen(job), "attribute_not_exists(pk)"),
            self._put(rows.state(job), "attribute_not_exists(pk)"),
            *self._puts(job, entry, change),
            *self._pointers(job, change)[0],
        ]
        for _ in range(_CREATE_TRIES):
            try:
                self._transact(puts)
            except StoreConflict:
                seen = self._seen(job.job_id)
                if seen:
                    return seen
                # Somebody else's transaction on the same rows is under way and may yet fail.
            else:
                return None
        raise StoreConflict("the same event is being stored by somebody else; send it again")

    def load(self, job_id: str) -> JobRecord:
        """The job with all its rows, read consistently. Raises NotFound."""
        found = lists.pages(
            self._db.query,
            TableName=self._table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": rows.partition(job_id)}},
            ConsistentRead=True,
        )
        record = rows.record([item for page in found for item in page["Items"]])
        return replace(record, results=self._apart.found(job_id, record.results))

    def write(self, before: Job, after: Job, entry: audit.Entry, change: Change) -> None:
        """All of `change`, if the job is still what `before` says. Raises StoreConflict."""
        state = self._put(
            rows.state(after),
            "version = :version AND execution = :execution",
            {":version": {"N": str(before.version)}, ":execution": {"S": before.execution}},
        )
        writes = [state, *self._puts(after, entry, change), *self._deletes(after, change)]
        ahead, behind = self._pointers(after, change)
        room = MOST_TOGETHER - len(change.wanted_by) - (change.claim is not None)
        if len(writes) + len(ahead) + len(behind) <= room:
            self._commit([*writes, *ahead, *behind], after, change)
            return
        self._in_parts(ahead)
        self._commit(writes, after, change)
        self._in_parts(behind)

    def _commit(self, writes: list[TransactWriteItemTypeDef], after: Job, change: Change) -> None:
        if change.wanted_by:
            self._if_wanted(writes, change.wanted_by)
        elif change.claim is None:
            self._transact(writes)
        else:
            self._with_claim(writes, change.claim, after)

    def _pointers(
        self, job: Job, change: Change
    ) -> tuple[list[TransactWriteItemTypeDef], list[TransactWriteItemTypeDef]]:
        """What leads people to the job and decides nothing: links and inbox rows, two for each
        person who is asked. Where they are too many for one transaction the new ones are written
        before it and the old ones removed after it: a link that leads to nothing is turned away,
        and an inbox leaves out a row that is behind its job."""
        items = (*rows.links(job, change), *map(rows.listed_item, change.listed))
        return [self._put(one) for one in items], [
            self._delete(rows.listed_key(one)) for one in change.unlisted
        ]

    def _in_parts(self, writes: list[TransactWriteItemTypeDef]) -> None:
        for start in range(0, len(writes), MOST_TOGETHER):
            self._transact(writes[start : start + MOST_TOGETHER])

    def note(self, job_id: str, name: str) -> None:
        """Leave a mark under the job."""
        # Real time also where the clock is virtual: the table forgets by its own clock.
        item = rows.note(job_id, name, SystemClock().now())
        self._db.put_item(TableName=self._table, Item=item)

    def live(self, statuses: Collection[Status], limit: int) -> Sequence[JobSummary]:
        """Unfinished jobs, at most `limit` of each of these statuses, latest change first."""
        return [rows.summary(item) for item in self._lists.live(statuses, limit)]

    def oldest(self, status: Status) -> JobSummary | None:
        """The unfinished job of one status whose last change is longest ago."""
        found = self._lists.oldest(status, 1)
        return rows.summary(found[0]) if found else None

    def ended(
        self, statuses: Collection[Status], since: datetime, now: datetime, limit: int
    ) -> Sequence[JobSummary]:
        """Finished jobs that ended from `since` to `now`, at most `limit` of each of these
        statuses, latest first."""
        return [rows.summary(item) for item in self._lists.ended(statuses, since, now, limit)]

    def claim(self, claim: Claim, job_id: str, now: datetime, over: str = "") -> Holder:
        """Hold `claim` unless another job does. Raises StoreConflict while another one is at it."""
        put = self._claiming(claim, job_id, now, over)
        try:
            self._db.put_item(**put, ReturnValuesOnConditionCheckFailure="ALL_OLD")
        except ClientError as error:
            if is_conflict(error):
                raise StoreConflict("another job is about to hold the claim") from error
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return rows.holder(error.response["Item"])  # type: ignore[typeddict-item] # the stub lacks it
        return Holder(job_id=job_id, body=claim.body, since=now)

    def _claiming(self, claim: Claim, job_id: str, now: datetime, over: str = "") -> Any:
        """Expiry is compared here, not left to TTL."""
        until = now + timedelta(days=claim.days)
        return {
            "TableName": self._table,
            "Item": rows.claim_item(claim, job_id, now, until),
            "ConditionExpression": _FREE,
            "ExpressionAttributeValues": {":now": {"S": instant(now)}, ":over": {"S": over or "-"}},
        }

    def _with_claim(self, writes: list[TransactWriteItemTypeDef], claim: Claim, job: Job) -> None:
        """The claim is the last write: its own reason tells whether it alone was refused."""
        put: Any = {"Put": self._claiming(claim, job.job_id, job.updated_at)}
        try:
            self._transact([*writes, put])
        except StoreConflict as conflict:
            if refused_only(conflict.__cause__, len(writes)):
                raise ClaimHeld("another job is first with this") from None
            raise

    def _if_wanted(self, writes: list[TransactWriteItemTypeDef], contacts: tuple[str, ...]) -> None:
        """The list is asked in the same transaction: nobody can opt out between the two."""
        asked = [self._unless_suppressed(one) for one in contacts]
        try:
            self._transact([*writes, *asked])
        except StoreConflict as conflict:
            places = range(len(writes), len(writes) + len(asked))
            if any(refused_only(conflict.__cause__, place) for place in places):
                raise NotWanted("the person wants no mail from us") from None
            raise

    def _unless_suppressed(self, contact: str) -> TransactWriteItemTypeDef:
        return {
            "ConditionCheck": {
                "TableName": self._table,
                "Key": rows.suppression_key(contact),
                "ConditionExpression": "attribute_not_exists(pk)",
            }
        }

    def inbox(self, box: str, limit: int) -> Sequence[Listed]:
        """What waits in a box, oldest first; read consistently: what was signed is gone."""
        page = self._db.query(
            TableName=self._table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": rows.inbox_partition(box)}},
            ConsistentRead=True,
            Limit=limit,
        )
        return [rows.listed(item) for item in page["Items"]]

    def matters(
        self,
        key: str,
        limit: int,
        *,
        newest_first: bool = False,
        until: datetime | None = None,
    ) -> Sequence[Matter]:
        """The jobs that a key of the index leads to, by when they came; read consistently: of two
        mails in a row the second finds the first."""
        before = {":until": {"S": instant(until)}} if until else {}
        page = self._db.query(
            TableName=self._table,
            KeyConditionExpression=f"pk = :pk{' AND sk < :until' if until else ''}",
            ExpressionAttributeValues={":pk": {"S": rows.matter_partition(key)}, **before},
            ConsistentRead=True,
            ScanIndexForward=not newest_first,
            Limit=limit,
        )
        return [rows.matter(item) for item in page["Items"]]

    def link(self, link_id: str) -> Link:
        """A link. Raises NotFound."""
        found = self._db.get_item(
            TableName=self._table, Key=rows.link_key(link_id), ConsistentRead=True
        )
        if "Item" not in found:
            raise NotFound("no such link")
        return rows.link_of(found["Item"])

    def count_try(self, link: Link) -> None:
        """Count a wrong value, exactly once. Raises StoreConflict."""
        counted = link.model_copy(update={"tries": link.tries + 1})
        self._transact(
            [self._put(rows.link(counted), "tries = :tries", {":tries": {"N": str(link.tries)}})]
        )

    def _seen(self, job_id: str) -> KnownEvent | None:
        found = self._db.query(
            TableName=self._table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": rows.seen_key(job_id)["pk"]},
            ConsistentRead=True,
        )
        known = [item["body_digest"]["S"] for item in found["Items"]]
        return KnownEvent(body_digest=known[0]) if known else None

    def _puts(self, job: Job, entry: audit.Entry, change: Change) -> list[TransactWriteItemTypeDef]:
        fresh = self._put(rows.audit_entry(job, entry), "attribute_not_exists(pk)")
        results = self._apart.written(job.job_id, change.stored)
        items = [*rows.puts(job, change, results), *map(rows.suppression, change.suppressed)]
        return [fresh, *(self._put(item) for item in items)]

    def _deletes(self, job: Job, change: Change) -> list[TransactWriteItemTypeDef]:
        return [self._delete(key) for key in rows.deletes(job, change)]

    def _delete(self, key: rows.Item) -> TransactWriteItemTypeDef:
        return {"Delete": {"TableName": self._table, "Key": key}}

    def _put(
        self, item: rows.Item, condition: str = "", values: rows.Item | None = None
    ) -> TransactWriteItemTypeDef:
        put: Any = {"TableName": self._table, "Item": item}
        if condition:
            put["ConditionExpression"] = condition
        if values:
            put["ExpressionAttributeValues"] = values
        return {"Put": put}

    def _transact(self, items: list[TransactWriteItemTypeDef]) -> None:
        # One token for all tries of this write: a lost answer is answered again, not applied again.
        token = secrets.token_hex(18)
        try:
            self._db.transact_write_items(TransactItems=items, ClientRequestToken=token)
        except ClientError as error:
            if is_conflict(error):
                raise StoreConflict("the job changed meanwhile") from error
            raise
