"""What the domain needs from outside, as Protocols. Adapters are in connectors/, fakes in tests."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from countersign.domain.policy.proposal import Ended, Usage

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from countersign.domain.approvals.codes import Code
    from countersign.domain.approvals.directory import Directory, Member
    from countersign.domain.approvals.session import SignIn
    from countersign.domain.jobs import audit
    from countersign.domain.jobs.bulk import Bulk
    from countersign.domain.jobs.change import Change, DueRow, JobRecord, Link, Listed
    from countersign.domain.jobs.job import Job, JobSummary, Pointer, Status
    from countersign.domain.jobs.matters import Matter
    from countersign.domain.jobs.suppression import Suppressed
    from countersign.domain.limits.circuit_breaker import Breaker
    from countersign.domain.limits.pace import Booking, Grant, Row
    from countersign.domain.policy.records import Lookup, Record
    from countersign.domain.releases.rollout import Change as RolloutChange
    from countersign.domain.releases.rollout import Closed, Rollout
    from countersign.domain.workflow import Claim


class Clock(Protocol):
    """Time, always aware and in UTC."""

    def now(self) -> datetime:
        """The present."""


@dataclass(frozen=True)
class KnownEvent:
    """An event that came before: the digest of its body, kept longer than the job itself."""

    body_digest: str


@dataclass(frozen=True)
class Holder:
    """Who holds a claim."""

    job_id: str
    body: str
    since: datetime


class JobStore(Protocol):
    """Jobs and all that is stored under them."""

    def create(self, job: Job, entry: audit.Entry, change: Change) -> KnownEvent | None:
        """Store a new job. None when this call stored it, else what is known of the earlier one."""

    def load(self, job_id: str) -> JobRecord:
        """The job, read consistently. Raises NotFound."""

    def write(self, before: Job, after: Job, entry: audit.Entry, change: Change) -> None:
        """State, audit entry and the rest of `change` in one conditional write. Raises ClaimHeld
        when all that is in its way is the holder of its claim, NotWanted when one of those whom it
        is for is suppressed, StoreConflict when the job's version or owner is not `before`'s."""

    def note(self, job_id: str, name: str) -> None:
        """Leave a mark under the job, without a condition: what it says has happened."""

    def due(self, now: datetime) -> Iterator[DueRow]:
        """Due rows up to `now`, oldest first, each once, read as they are taken."""

    def postpone(self, row: DueRow, until: datetime) -> None:
        """Move a row that failed on to `until`, unless it was changed meanwhile. The job itself is
        neither read nor written: it may be what is broken."""

    def forget(self, row: DueRow) -> None:
        """Delete a row whose job is gone, unless it was changed meanwhile."""

    def live(self, statuses: Collection[Status], limit: int) -> Sequence[JobSummary]:
        """Unfinished jobs, at most `limit` of each of these statuses, latest change first."""

    def oldest(self, status: Status) -> JobSummary | None:
        """The unfinished job of one status whose last change is longest ago."""

    def ended(
        self, statuses: Collection[Status], since: datetime, now: datetime, limit: int
    ) -> Sequence[JobSummary]:
        """Finished jobs that ended from `since` to `now`, at most `limit` of each of these
        statuses, latest first. Each day costs a read, until there are so many of each."""

    def claim(self, claim: Claim, job_id: str, now: datetime, over: str = "") -> Holder:
        """Hold `claim` unless another job does; tell who holds it now.

        `over` is a holder that may be replaced, because its claim is about something else.
        """

    def inbox(self, box: str, limit: int) -> Sequence[Listed]:
        """What waits in a box, oldest first, at most `limit`."""

    def matters(
        self,
        key: str,
        limit: int,
        *,
        newest_first: bool = False,
        until: datetime | None = None,
    ) -> Sequence[Matter]:
        """The jobs that a key of the index leads to, by when they came, and behind them the one
        that asked last; only those that came before `until`, where it is given."""

    def link(self, link_id: str) -> Link:
        """A link. Raises NotFound."""

    def count_try(self, link: Link) -> None:
        """Count a wrong value. Raises StoreConflict when somebody counted meanwhile."""


class People(Protocol):
    """The directory of who may decide."""

    def directory(self) -> Directory:
        """Everybody, read consistently: whoever left a moment ago is gone."""

    def save(self, member: Member) -> None:
        """Add a member, or replace the one with the same id."""


class Payloads(Protocol):
    """Content, kept out of the machine's states."""

    def put(self, key: str, body: bytes) -> Pointer:
        """Store `body` under `key`."""

    def put_first(self, key: str, body: bytes) -> bool:
        """Store `body` under `key` unless something is there already; whether it was stored."""

    def get(self, pointer: Pointer) -> bytes:
        """The bytes. Raises NotFound, and Refused where the rights do not tell what is missing from
        what is denied."""

    def copy(self, pointer: Pointer, into: BinaryIO) -> None:
        """Write the same bytes into a file, a piece at a time. Raises as `get`."""

    def link(self, pointer: Pointer, name: str, seconds: int) -> str:
        """Where whoever has it gets the bytes for so long, as a file of this name."""


class Secrets(Protocol):
    """Credentials, read when first needed and kept for minutes, never logged."""

    def get(self, name: str) -> str:
        """The secret's text. Raises SecretMissing when it is not set."""


class Queue(Protocol):
    """The intake queue."""

    def send(self, job_id: str, workflow: str) -> None:
        """Ask for the job of this workflow to be started; at least once."""


class Executions(Protocol):
    """The state machine."""

    def start(self, name: str, job_id: str) -> bool:
        """Start the execution called `name`. False where one of this name has ended."""

    def succeed(self, token: str, job_id: str) -> bool:
        """Let the execution that waits for `token` go on. False when none waits any more."""

    def running(self, name: str) -> bool:
        """Whether the execution called `name` is running."""


@dataclass(frozen=True)
class ModelRequest:
    """One question to the model, complete: the digest of it is the key of its answer."""

    model: str
    messages: tuple[tuple[str, str], ...]
    """(role, text) pairs."""
    schema_name: str
    schema: Mapping[str, Any]
    temperature: str
    """Empty: the model takes none."""
    max_output_tokens: int
    effort: str = ""
    """How much it is asked to think first; empty: as much as it likes."""

    @property
    def most(self) -> Usage:
        """The most that one call can use: no text has more tokens than bytes, and what the provider
        adds around messages is far less than it saves on words."""
        shape = json.dumps(self.schema, separators=(",", ":"), ensure_ascii=False)
        sent = "".join((*(text for _, text in self.messages), self.schema_name, shape)).encode()
        return Usage(calls=1, input_tokens=len(sent), output_tokens=self.max_output_tokens)


@dataclass(frozen=True)
class ModelAnswer:
    """What came back, unread. `usage` is the most that it can have been where nobody said."""

    content: str
    model: str
    offline: bool
    usage: Usage
    ended: Ended = "completed"


class Model(Protocol):
    """A language model that answers within a JSON schema."""

    def answer(self, request: ModelRequest, seconds: float) -> ModelAnswer:
        """Ask once, no retries, for at most so many seconds. Raises Throttled, Unavailable,
        Misconfigured or Refused."""


class Reader(Protocol):
    """Read-only access to one outside system."""

    def look(self, lookups: Sequence[Lookup]) -> Mapping[str, tuple[Record, ...]]:
        """The records that answer each lookup, by its name; asked together, so that what several
        need is read once. Raises Throttled, Unavailable or Refused."""


class Crm(Protocol):
    """Writing access to the CRM, in its own words (HubSpot's object names and properties)."""

    def find(self, kind: str, field: str, value: str) -> Record | None:
        """The object whose unique property `field` is `value`, read by it, not searched, with
        what it is associated with."""

    def create(self, kind: str, fields: Mapping[str, str], contact: str = "") -> Record:
        """A new object, associated with the contact of that id. A unique value that exists
        already gives the object which has it."""

    def update(self, kind: str, record_id: str, fields: Mapping[str, str]) -> Record:
        """Change properties of an object. Raises NotFound."""

    def read(self, kind: str, record_id: str) -> Record:
        """The object by id, with what it is associated with. Raises NotFound."""

    def archive(self, kind: str, record_id: str) -> None:
        """Put an object away: neither found nor read any more. One that is gone stays gone."""


@dataclass(frozen=True)
class KeyState:
    """What holds across all functions that use a key: how far its queues reach, its breaker, and
    what operators paused."""

    row: Row
    breaker: Breaker
    paused: Mapping[str, str] = field(default_factory=dict)
    """Who paused it and why, by the workflow that it is paused for; under no name: for all."""


class KeyLimits(Protocol):
    """One row per key of an outside system. All of it in the machine's own time: outside systems do
    not know of a moved clock."""

    def state(self, key: str) -> KeyState:
        """The key as it stands, read consistently; a new one when nobody used it."""

    def book(self, key: str, booking: Booking) -> tuple[bool, KeyState]:
        """Store the booking in one write. True and the key after it; or False, nothing stored, and
        the key as it stands: not as the booking guessed, resting, or paused."""

    def give_back(self, key: str, grant: Grant, requests: int) -> None:
        """Give back so many of its requests, unless somebody has booked after it."""

    def slow(self, key: str, seen: int, now: datetime, until: datetime) -> KeyState:
        """Move all turns that are to come, as `pace.slowed` says; the key after it."""

    def replace(self, before: Breaker, after: Breaker) -> bool:
        """Store `after` if the stored one still is `before`; whether it was."""

    def pause(self, key: str, said: str, workflow: str = "") -> None:
        """Refuse all bookings, or those for one workflow, until `resume`."""

    def resume(self, key: str, workflow: str = "") -> None:
        """Book again."""


class Ids(Protocol):
    """Randomness."""

    def token(self, bits: int) -> str:
        """URL-safe random text of at least `bits` bits."""

    def salt(self) -> str:
        """128 random bits as hex."""

    def digits(self, count: int) -> str:
        """`count` random decimal digits, each number as likely as any other."""


class SignIns(Protocol):
    """Mailed links that sign people in."""

    def ask(self, link: SignIn, address: str, now: datetime) -> bool:
        """Store `link` and count it for `address` (an opaque digest), in one write. False, and
        nothing stored, when the address had `MOST_MAILS` within the hour."""

    def link(self, link_id: str) -> SignIn:
        """A link. Raises NotFound."""

    def change(self, before: SignIn, after: SignIn) -> None:
        """Replace a link. Raises StoreConflict when it is not `before` any more."""


class Codes(Protocol):
    """Codes that somebody types, and how often they were wrong."""

    def held(self, key: str) -> Code | None:
        """The code, read consistently."""

    def change(self, before: Code | None, after: Code) -> None:
        """Store `after`. Raises StoreConflict when what is stored is not `before` any more: of two
        who count a try of the same code at the same time, one counts."""


class SuppressionList(Protocol):
    """Who wants no mail from us, in any workflow."""

    def has(self, key: str) -> bool:
        """Whether it knows the contact of this digest."""

    def rows(self) -> Sequence[Suppressed]:
        """All of them."""

    def add(self, row: Suppressed) -> None:
        """Add a contact, or say anew why."""

    def remove(self, key: str) -> bool:
        """Take a contact out; whether it was there."""


class Bulks(Protocol):
    """Operations over many jobs."""

    def all(self) -> Sequence[Bulk]:
        """All of them, the oldest first, read consistently."""

    def bulk(self, bulk_id: str) -> Bulk:
        """One of them. Raises NotFound."""

    def change(self, before: Bulk | None, after: Bulk) -> None:
        """Store `after`. Raises StoreConflict when what is stored is not `before` any more."""


class Rollouts(Protocol):
    """Stored releases, and what became of the jobs of their canaries."""

    def of(self, workflow: str) -> Sequence[Rollout]:
        """All of one workflow, the oldest first, read consistently."""

    def running(self) -> Sequence[Rollout]:
        """Those of all workflows that jobs come to (in shadow, as a canary, live), and those that
        owe a mail. May be a moment old."""

    def rollout(self, workflow: str, digest: str) -> Rollout:
        """One of them. Raises NotFound."""

    def change(self, changes: Sequence[RolloutChange]) -> None:
        """Store each row's after over its before, all or none. Raises StoreConflict when what is
        stored of one is not its before any more."""

    def close(self, canary: str, job: Closed) -> None:
        """Keep what became of a job of either arm; once more is the same."""

    def closed(self, canary: str) -> Sequence[Closed]:
        """All of them, by when they came."""


class SenderLimits(Protocol):
    """How often senders came. In the machine's own time: outside systems know of no moved clock."""

    def counts(self, sender: str, most: int, now: datetime) -> bool:
        """Count one request, unless the minute of `now` has `most` already; whether it has room."""


class Callbacks(Protocol):
    """Other companies' systems, told what happened. To tell twice is harmless: each delivery has an
    id."""

    def deliver(self, url: str, headers: Mapping[str, str], body: bytes) -> None:
        """Raises Unavailable where it is not taken, Throttled when asked to wait, and Refused by
        who wants to hear no more."""


class Pause(Protocol):
    """Waiting on purpose."""

    def __call__(self, seconds: float) -> None:
        """Come back after `seconds`; at once when they are not positive."""
