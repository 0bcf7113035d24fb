"""A jobs table in memory with DynamoDB's semantics: conditional, all or nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain

from countersign.domain.errors import ClaimHeld, NotFound, NotWanted, StoreConflict, Throttled
from countersign.domain.jobs import audit
from countersign.domain.jobs.change import (
    Change,
    Due,
    DueKind,
    DueRow,
    JobRecord,
    Link,
    Listed,
    after,
)
from countersign.domain.jobs.inbox import waiting
from countersign.domain.jobs.job import FINISHED, Job, JobSummary, Status
from countersign.domain.jobs.matters import Matter
from countersign.domain.jobs.reviews import Review
from countersign.domain.jobs.suppression import Suppressed
from countersign.domain.ports import Holder, KnownEvent
from countersign.domain.workflow import Claim
from tests.builders import job
from tests.fakes.limits import FakeLimits


class FakeStore:
    """ports.JobStore. `writes` counts what changed anything; `breaks_after` crashes on purpose."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._records: dict[str, JobRecord] = {}
        self._orphans: dict[str, JobRecord] = {}
        self._outlived: dict[str, str] = {}
        self._links: dict[str, Link] = {}
        self.reviews: dict[str, Review] = {}
        self._inbox: set[Listed] = set()
        self._matters: set[Matter] = set()
        self._claims: dict[str, tuple[Holder, datetime]] = {}
        self.suppressed: dict[str, Suppressed] = {}
        self.limits = FakeLimits()
        self.writes = 0
        self._crash_at: int | None = None
        self._faults: list[Exception] = []
        self._unanswered = self._refused = ""
        self._busy: dict[str, int] = {}
        self._shown: Sequence[DueRow] | None = None

    def loses_the_answer_to(self, event: str) -> None:
        """The next write of this event is applied; sent again, it meets itself as a conflict."""
        self._unanswered = event

    def refuses(self, event: str) -> None:
        """The next write of this event meets somebody else's."""
        self._refused = event

    def is_busy_when_a_visit_ends(self, action: str, times: int) -> None:
        """The next `times` last writes of visits that ended with this action are throttled."""
        self._busy = {action: times}

    def crashes_before_write(self, number: int) -> None:
        """The process dies just before its `number`-th write from now."""
        self._crash_at = self.writes + number

    def fails_with(self, error: Exception, times: int = 1) -> None:
        """The next `times` writes end in `error`, and write nothing."""
        self._faults = [error] * times

    def calms_down(self) -> None:
        """What was arranged to go wrong does not any more."""
        self._crash_at, self._faults, self._busy = None, [], {}
        self._unanswered = self._refused = ""

    def _admit(self, change: Change) -> None:
        ended = change.ledger[-1].action if change.ledger and change.event == "acted" else ""
        if self._busy.get(ended, 0) > 0:
            self._busy[ended] -= 1
            raise Throttled("AWS asks to slow down")

    def _wrote(self) -> None:
        if self._faults:
            raise self._faults.pop()
        if self._crash_at is not None and self.writes + 1 >= self._crash_at:
            self._crash_at = None
            raise Crash("killed before this write")
        self.writes += 1

    def create(self, job: Job, entry: audit.Entry, change: Change) -> KnownEvent | None:
        with self._lock:
            if job.job_id in self._records:
                return KnownEvent(body_digest=self._records[job.job_id].job.source.body_digest)
            if job.job_id in self._outlived:
                return KnownEvent(body_digest=self._outlived[job.job_id])
            self._wrote()
            self._records[job.job_id] = after(JobRecord(job=job), job, entry, change)
            self._index(change.matters)
            return None

    def load(self, job_id: str) -> JobRecord:
        with self._lock:
            if job_id not in self._records:
                raise NotFound("no such job")
            return self._records[job_id]

    def write(self, before: Job, after_: Job, entry: audit.Entry, change: Change) -> None:
        with self._lock:
            held = self._records[before.job_id]
            same = (held.job.version, held.job.execution) == (before.version, before.execution)
            refused = change.event == self._refused
            self._refused = "" if refused else self._refused
            if refused or not same or any(e.number == entry.number for e in held.audit):
                raise StoreConflict("the job changed meanwhile")
            self._admit(change)
            if set(change.wanted_by) & set(self.suppressed):
                raise NotWanted("the person wants no mail from us")
            claimed = self._claimed(change, after_)
            self._wrote()
            self._claims |= claimed
            self.suppressed |= {row.key: row for row in change.suppressed}
            self._records[before.job_id] = after(held, after_, entry, change)
            self._links |= {link.link_id: link for link in change.links}
            self._index(change.matters)
            self._inbox = self._inbox - set(change.unlisted) | set(change.listed)
            self.reviews |= {review.review_id: review for review in change.reviews}
            if change.event == self._unanswered:
                self._unanswered = ""
                raise StoreConflict("the job changed meanwhile")

    @contextmanager
    def locked(self, job_id: str) -> Iterator[JobRecord]:
        """The job as it is, while nobody else writes: for the fakes of what is stored with it. A
        job that is not there has no rows but those that it is given."""
        with self._lock:
            yield self._records.get(job_id) or JobRecord(job=job(job_id=job_id))

    def puts_beside(self, record: JobRecord) -> None:
        """Rows under a job that are written without its version."""
        self._wrote()
        self._records[record.job.job_id] = record

    def note(self, job_id: str, name: str) -> None:
        with self._lock:
            self._wrote()
            held = self._records[job_id]
            notes = held.notes | {name}
            self._records[job_id] = JobRecord(**{**vars(held), "notes": notes})

    def due(self, now: datetime) -> Iterator[DueRow]:
        if self._shown is not None:
            return iter(self._shown)
        rows = [
            DueRow(job_id, held.job.created_at, row)
            for job_id, held in (self._records | self._orphans).items()
            for row in held.due.values()
            if row.at <= now
        ]
        return iter(sorted(rows, key=lambda row: row.due.at))

    def postpone(self, row: DueRow, until: datetime) -> None:
        self._redo(row, {row.due.kind: row.due.failed_until(until)})

    def forget(self, row: DueRow) -> None:
        self._redo(row, {})

    def _redo(self, row: DueRow, new: dict[DueKind, Due]) -> None:
        with self._lock:
            kept = self._records if row.job_id in self._records else self._orphans
            held = kept[row.job_id]
            if row.due.kind in held.due and held.due[row.due.kind].at == row.due.at:
                self._wrote()
                others = {kind: due for kind, due in held.due.items() if kind != row.due.kind}
                kept[row.job_id] = replace(held, due=others | new)

    def shows(self, rows: Sequence[DueRow]) -> None:
        """Arrange: the index is behind, and has these rows."""
        self._shown = rows

    def loses(self, job_id: str) -> None:
        """Arrange: a job is gone from the table, but its due rows are not."""
        self._orphans[job_id] = self._records.pop(job_id)

    def expires(self, job_id: str) -> None:
        """Arrange: the job's rows have had their days; that its event came is known longer."""
        self._outlived[job_id] = self._records.pop(job_id).job.source.body_digest

    def live(self, statuses: Collection[Status], limit: int) -> Sequence[JobSummary]:
        return self._of_each({*statuses} - FINISHED, limit, lambda _: True)

    def oldest(self, status: Status) -> JobSummary | None:
        return next(reversed(self.live({status}, len(self._records))), None)

    def ended(
        self, statuses: Collection[Status], since: datetime, now: datetime, limit: int
    ) -> Sequence[JobSummary]:
        inside = {*statuses} & FINISHED
        return self._of_each(inside, limit, lambda job: since <= job.updated_at <= now)

    def _of_each(
        self, statuses: Collection[Status], limit: int, fits: Callable[[JobSummary], bool]
    ) -> list[JobSummary]:
        each = ([job for job in self._latest(one) if fits(job)][:limit] for one in statuses)
        return sorted(chain.from_iterable(each), key=lambda job: job.updated_at, reverse=True)

    def _latest(self, status: Status) -> list[JobSummary]:
        jobs = [JobSummary.of(r.job) for r in self._records.values() if r.job.status is status]
        return sorted(jobs, key=lambda job: job.updated_at, reverse=True)

    def _claimed(self, change: Change, job: Job) -> dict[str, tuple[Holder, datetime]]:
        """What the change claims. Raises ClaimHeld."""
        claim, now = change.claim, job.updated_at
        if claim is None:
            return {}
        held = self._claims.get(claim.key)
        if held and held[1] >= now:
            raise ClaimHeld("another job is first with this")
        holder = Holder(job_id=job.job_id, body=claim.body, since=now)
        return {claim.key: (holder, now + timedelta(days=claim.days))}

    def claim(self, claim: Claim, job_id: str, now: datetime, over: str = "") -> Holder:
        with self._lock:
            held = self._claims.get(claim.key)
            if held and held[1] >= now and held[0].job_id != over:
                return held[0]
            self._wrote()
            holder = Holder(job_id=job_id, body=claim.body, since=now)
            self._claims[claim.key] = (holder, now + timedelta(days=claim.days))
            return holder

    def inbox(self, box: str, limit: int) -> Sequence[Listed]:
        rows = [row for row in self._inbox if row.box == box]
        order = sorted(rows, key=lambda row: (row.since, row.approval_id or row.job_id))
        return order[:limit]

    def matters(
        self,
        key: str,
        limit: int,
        *,
        newest_first: bool = False,
        until: datetime | None = None,
    ) -> Sequence[Matter]:
        rows = [row for row in self._matters if row.key == key]
        if until:
            rows = [row for row in rows if not row.asked and row.since < until]
        order = sorted(
            rows, key=lambda row: (row.asked, row.since, row.job_id), reverse=newest_first
        )
        return order[:limit]

    def _index(self, rows: Iterable[Matter]) -> None:
        """Of the rows that asked, a key keeps the last one."""
        anew = {row.key for row in rows if row.asked}
        kept = {one for one in self._matters if not (one.asked and one.key in anew)}
        self._matters = kept | set(rows)

    def link(self, link_id: str) -> Link:
        if link_id not in self._links:
            raise NotFound("no such link")
        return self._links[link_id]

    def count_try(self, link: Link) -> None:
        with self._lock:
            if self._links[link.link_id].tries != link.tries:
                raise StoreConflict("counted meanwhile")
            self._wrote()
            self._links[link.link_id] = link.model_copy(update={"tries": link.tries + 1})

    def records(self) -> list[JobRecord]:
        """Everything that is stored."""
        return list(self._records.values())

    def put(self, record: JobRecord) -> None:
        """Arrange: the record stands as given, its past invented."""
        self._inbox = {row for row in self._inbox if row.job_id != record.job.job_id}
        self._inbox |= waiting(record)
        self._records[record.job.job_id] = record


class Crash(BaseException):
    """The process was killed: no handler of ours may catch it."""
