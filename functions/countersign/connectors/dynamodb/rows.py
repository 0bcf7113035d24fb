"""How jobs look as rows of the table: keys, indexed attributes, bodies as canonical text."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from countersign.connectors.dynamodb import lists
from countersign.connectors.dynamodb.reviews import open_request, review_row
from countersign.domain.approvals.approval import Approval
from countersign.domain.approvals.questions import Question
from countersign.domain.canonical import canonical, instant
from countersign.domain.contract import Contract, Stored, Value
from countersign.domain.errors import NotFound
from countersign.domain.jobs import audit
from countersign.domain.jobs.cases import Case
from countersign.domain.jobs.change import Change, Due, DueKind, DueRow, JobRecord, Link, Listed
from countersign.domain.jobs.job import FINISHED, KEPT_DAYS, Job, JobSummary, Status
from countersign.domain.jobs.matters import Matter
from countersign.domain.jobs.suppression import Suppressed
from countersign.domain.ledger.entry import LedgerEntry
from countersign.domain.limits.caps import Reservation
from countersign.domain.ports import Holder

if TYPE_CHECKING:
    from countersign.domain.workflow import Claim

Item = dict[str, Any]

ValueT = TypeVar("ValueT", bound=Value)

JOB_DAYS = KEPT_DAYS
SEEN_DAYS = 800
"""A late duplicate is known longer than its job: 75 h of redeliveries are the least of it."""


_PLAIN = 64_000
"""So many bytes stand in a row as they are."""


def partition(job_id: str) -> str:
    """The partition key of a job."""
    return f"JOB#{job_id}"


def seen_key(job_id: str) -> Item:
    """Key of the row that outlives the job."""
    return {"pk": {"S": f"SEEN#{job_id}"}, "sk": {"S": "SEEN"}}


def seen(job: Job) -> Item:
    """The row by which a redelivered event is known."""
    return {
        **seen_key(job.job_id),
        "body_digest": {"S": job.source.body_digest},
        **ttl(job.created_at, SEEN_DAYS),
    }


def state_key(job_id: str) -> Item:
    """Key of a job's own row."""
    return _key(job_id, "STATE")


def state(job: Job) -> Item:
    """The job's own row, the one that lists show."""
    put_into = lists.ended if job.status in FINISHED else lists.live
    shown = {"reason": job.reason, "waits_until": _instant(job.waits_until)}
    return {
        **_row(job, "STATE", job),
        **put_into(job.status, job.updated_at, job.job_id),
        "version": {"N": str(job.version)},
        "execution": {"S": job.execution},
        "workflow": {"S": job.workflow},
        "door": {"S": job.source.door},
        "since": {"S": instant(job.created_at)},
        **{name: {"S": text} for name, text in shown.items() if text},
    }


def summary(item: Item) -> JobSummary:
    """What an index says of a job."""
    waits_until = item.get("waits_until")
    return JobSummary(
        job_id=item["pk"]["S"].removeprefix(partition("")),
        workflow=item["workflow"]["S"],
        status=Status(item["listed"]["S"].partition("#")[0]),
        execution=item["execution"]["S"],
        door=item["door"]["S"],
        reason=item.get("reason", {"S": ""})["S"],
        created_at=datetime.fromisoformat(item["since"]["S"]),
        updated_at=lists.listed_at(item),
        waits_until=datetime.fromisoformat(waits_until["S"]) if waits_until else None,
    )


def audit_entry(job: Job, entry: audit.Entry) -> Item:
    """One entry of the chain; its number is in the key, so two can never share one."""
    return _row(job, f"AUDIT#{entry.number:06d}", entry)


def note(job_id: str, name: str, now: datetime) -> Item:
    """A mark."""
    return _key(job_id, f"NOTE#{name}") | ttl(now, JOB_DAYS)


def puts(job: Job, change: Change, results: Mapping[str, Stored]) -> Iterable[Item]:
    """Everything that `change` writes beside the state and its audit entry, its results as they are
    in their rows."""
    for name, stored in results.items():
        yield _row(job, f"RESULT#{name}", stored)
    for held in change.ledger:
        yield _row(job, f"ACTION#{held.index:03d}", held)
    yield from _approvals(job, change)
    for question in change.questions:
        yield _row(job, f"QUESTION#{question.question_id}", question)
    if change.case:
        yield _row(job, "CASE", change.case)
    yield from (due(job.job_id, row, job.created_at) for row in change.due)
    yield from (review_row(review) for review in change.reviews)
    yield from map(matter_item, change.matters)


def links(job: Job, change: Change) -> Iterable[Item]:
    """The links that `change` makes."""
    return (link(made) | ttl(job.created_at, JOB_DAYS) for made in change.links)


def _approvals(job: Job, change: Change) -> Iterable[Item]:
    for approval in change.approvals:
        yield _row(job, f"APPROVAL#{approval.approval_id}", approval) | open_request(job, approval)
        if change.token:
            token = {"token": {"S": change.token}, **ttl(job.created_at, JOB_DAYS)}
            yield _key(job.job_id, f"TOKEN#{approval.approval_id}") | token


def deletes(job: Job, change: Change) -> Iterable[Item]:
    """Keys of what `change` removes."""
    kept = {row.kind for row in change.due}
    yield from (due_key(job.job_id, kind) for kind in change.done if kind not in kept)
    yield from (_key(job.job_id, f"RESULT#{name}") for name in change.dropped)
    yield from (_key(job.job_id, f"ACTION#{index:03d}") for index in change.unplanned)


def due_key(job_id: str, kind: DueKind) -> Item:
    """Key of a due row."""
    return _key(job_id, f"DUE#{kind}")


def due(job_id: str, row: Due, since: datetime) -> Item:
    """A row of the sparse `due` index, in the shard of its job, which began at `since` and is kept
    as long as that."""
    return {
        **due_key(job_id, row.kind),
        **ttl(since, JOB_DAYS),
        "body": {"S": canonical(row).decode()},
        "job_id": {"S": job_id},
        "since": {"S": instant(since)},
        "due_shard": {"S": lists.shard(job_id)},
        "due_at": {"S": instant(row.at)},
    }


def due_row(item: Item) -> DueRow:
    """What the index says."""
    row = Due.model_validate_json(item["body"]["S"])
    return DueRow(item["job_id"]["S"], datetime.fromisoformat(item["since"]["S"]), row)


def link_key(link_id: str) -> Item:
    """Key of a link."""
    return {"pk": {"S": f"LINK#{link_id}"}, "sk": {"S": "LINK"}}


def link(made: Link) -> Item:
    """A link, its tries beside its body for the condition."""
    return {
        **link_key(made.link_id),
        "body": {"S": canonical(made).decode()},
        "tries": {"N": str(made.tries)},
    }


def link_of(item: Item) -> Link:
    """A link back."""
    return Link.model_validate_json(item["body"]["S"])


def claim_key(key: str) -> Item:
    """Key of a claim's row."""
    return {"pk": {"S": f"CLAIM#{key}"}, "sk": {"S": "CLAIM"}}


def claim_item(held: Claim, job_id: str, now: datetime, until: datetime) -> Item:
    """A claim's row."""
    return {
        **claim_key(held.key),
        "job_id": {"S": job_id},
        "body": {"S": held.body},
        "since": {"S": instant(now)},
        "holds_until": {"S": instant(until)},
        **ttl(now, held.days),
    }


def holder(item: Item) -> Holder:
    """Who holds a claim."""
    since = datetime.fromisoformat(item["since"]["S"])
    return Holder(job_id=item["job_id"]["S"], body=item["body"]["S"], since=since)


SUPPRESSION = "SUPPRESSION"
"""The partition of the suppression list."""


def suppression_key(contact: str) -> Item:
    """Key of a contact's row."""
    return {"pk": {"S": SUPPRESSION}, "sk": {"S": contact}}


def suppression(row: Suppressed) -> Item:
    """A contact's row. It has no end: whoever wants no mail wants none next year either."""
    return suppression_key(row.key) | {"body": {"S": canonical(row).decode()}}


def inbox_partition(box: str) -> str:
    """The partition key of an inbox."""
    return f"INBOX#{box}"


def listed_key(row: Listed) -> Item:
    """Key of a row, in its order of waiting."""
    sort = f"{instant(row.since)}#{row.approval_id or row.job_id}"
    return {"pk": {"S": inbox_partition(row.box)}, "sk": {"S": sort}}


def listed_item(row: Listed) -> Item:
    """A row. What it points at is read from the job: what is shown is what is stored there."""
    ends = str(int((row.since + timedelta(days=JOB_DAYS)).timestamp()))
    return listed_key(row) | {"body": {"S": canonical(row).decode()}, "ttl": {"N": ends}}


def matter_partition(key: str) -> str:
    """The partition key of what one key of the index leads to."""
    return f"MATTER#{key}"


def matter_item(row: Matter) -> Item:
    """A row of the index, in the order of time, and behind all times the one that asked last; kept
    as long as its job."""
    sort = "~asked" if row.asked else f"{instant(row.since)}#{row.job_id}"
    return {
        "pk": {"S": matter_partition(row.key)},
        "sk": {"S": sort},
        "body": {"S": canonical(row).decode()},
        **ttl(row.since, JOB_DAYS),
    }


def matter(found: Item) -> Matter:
    """A row back."""
    return Matter.model_validate_json(found["body"]["S"])


def listed(found: Item) -> Listed:
    """A row back."""
    return Listed.model_validate_json(found["body"]["S"])


def record(items: Iterable[Item]) -> JobRecord:
    """A job out of its partition. Raises NotFound when there is no state row."""
    by_kind: dict[str, dict[str, Item]] = {}
    for item in items:
        kind, _, name = item["sk"]["S"].partition("#")
        by_kind.setdefault(kind, {})[name] = item
    if "STATE" not in by_kind:
        raise NotFound("no such job")
    rows_of = {kind: _bodies(named) for kind, named in by_kind.items() if kind in _WITH_BODY}
    return JobRecord(
        job=Job.model_validate_json(rows_of["STATE"][""]),
        results=_all(Stored, rows_of.get("RESULT")),
        ledger=tuple(_all(LedgerEntry, rows_of.get("ACTION")).values()),
        approvals=_all(Approval, rows_of.get("APPROVAL")),
        tokens={k: item["token"]["S"] for k, item in by_kind.get("TOKEN", {}).items()},
        questions=_all(Question, rows_of.get("QUESTION")),
        case=_case(rows_of),
        due=_due(rows_of),
        reservations=_all(Reservation, rows_of.get("RESERVED")),
        notes=frozenset(by_kind.get("NOTE", {})),
        audit=tuple(_all(audit.Entry, rows_of.get("AUDIT")).values()),
    )


_WITH_BODY = frozenset(
    {"STATE", "RESULT", "ACTION", "APPROVAL", "QUESTION", "CASE", "DUE", "AUDIT", "RESERVED"}
)


def _bodies(named: dict[str, Item]) -> dict[str, str]:
    return {name: _body(item) for name, item in named.items()}


def _body(item: Item) -> str:
    if "packed" not in item:
        return str(item["body"]["S"])
    return zlib.decompress(base64.b64decode(item["packed"]["S"])).decode()


def _all(kind: type[ValueT], bodies: dict[str, str] | None) -> dict[str, ValueT]:
    """The values by the last part of their key, in its order."""
    return {name: kind.model_validate_json(body) for name, body in sorted((bodies or {}).items())}


def _case(rows_of: dict[str, dict[str, str]]) -> Case | None:
    return _all(Case, rows_of.get("CASE")).get("")


def _due(rows_of: dict[str, dict[str, str]]) -> dict[Any, Due]:
    return {k: Due.model_validate_json(v) for k, v in rows_of.get("DUE", {}).items()}


def _instant(at: datetime | None) -> str:
    return instant(at) if at else ""


def _key(job_id: str, sort: str) -> Item:
    return {"pk": {"S": partition(job_id)}, "sk": {"S": sort}}


def _row(job: Job, sort: str, value: Contract | Stored) -> Item:
    return _key(job.job_id, sort) | _as_text(canonical(value)) | ttl(job.created_at, JOB_DAYS)


def _as_text(body: bytes) -> Item:
    """The canonical text; a long one, a document that is to be signed, packed: an item has room for
    400 kB."""
    if len(body) <= _PLAIN:
        return {"body": {"S": body.decode()}}
    return {"packed": {"S": base64.b64encode(zlib.compress(body)).decode()}}


def ttl(since: datetime, days: int) -> Item:
    """When the table may forget a row."""
    return {"ttl": {"N": str(int((since + timedelta(days=days)).timestamp()))}}
