"""What the domain needs from outside, as Protocols. Adapters are in connectors/, fakes in tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from countersign.domain import audit
from countersign.domain.change import Change, DueRow, JobRecord, Link, Listed
from countersign.domain.job import Job, Pointer, Status
from countersign.domain.people import Directory, Member
from countersign.domain.proposal import Usage
from countersign.domain.records import Lookup, Record
from countersign.domain.workflow import Claim


class Clock(Protocol):
    """Time, always aware and in UTC."""

    def now(self) -> datetime:
        """The present."""


@dataclass(frozen=True)
class Seen:
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

    def create(self, job: Job, entry: audit.Entry, change: Change) -> Seen | None:
        """Store a new job. None when this call stored it, else what is known of the earlier one."""

    def load(self, job_id: str) -> JobRecord:
        """The job, read consistently. Raises NotFound."""

    def write(self, before: Job, after: Job, entry: audit.Entry, change: Change) -> None:
        """State, audit entry and the rest of `change` in one conditional write.

        Raises StoreConflict when the job's version or owner is not `before`'s any more, and when a
        slot is to be taken: SlotTaken, or ConnectorResting when its connector's breaker is open.
        """

    def note(self, job_id: str, name: str) -> None:
        """Leave a mark under the job, without a condition: what it says has happened."""

    def due(self, now: datetime) -> Iterator[DueRow]:
        """Due rows up to `now`, oldest first, each once, read as they are taken."""

    def postpone(self, row: DueRow, until: datetime) -> None:
        """Move a row that failed on to `until`, unless it was changed meanwhile. The job itself is
        neither read nor written: it may be what is broken."""

    def forget(self, row: DueRow) -> None:
        """Delete a row whose job is gone, unless it was changed meanwhile."""

    def recent(self, status: Status, limit: int) -> Sequence[Job]:
        """Jobs of one status, latest first."""

    def claim(self, claim: Claim, job_id: str, now: datetime, over: str = "") -> Holder:
        """Hold `claim` unless another job does; tell who holds it now.

        `over` is a holder that may be replaced, because its claim is about something else.
        """

    def inbox(self, box: str, limit: int) -> Sequence[Listed]:
        """What waits in a box, oldest first, at most `limit`."""

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

    def get(self, pointer: Pointer) -> bytes:
        """The bytes. Raises NotFound."""


class Secrets(Protocol):
    """Credentials, read when first needed and kept for minutes, never logged."""

    def get(self, name: str) -> str:
        """The secret's text. Raises SecretMissing when it is not set."""


class Queue(Protocol):
    """The intake queue."""

    def send(self, job_id: str) -> None:
        """Ask for the job to be started; at least once."""


class Executions(Protocol):
    """The state machine."""

    def start(self, name: str, job_id: str) -> None:
        """Start the execution called `name`; starting it again does nothing."""

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
    max_output_tokens: int


@dataclass(frozen=True)
class ModelAnswer:
    """What came back, unread."""

    content: str
    model: str
    offline: bool
    usage: Usage


class Model(Protocol):
    """A language model that answers within a JSON schema."""

    def answer(self, request: ModelRequest, seconds: float) -> ModelAnswer:
        """Ask once, no retries. Raises Throttled, Unavailable, or Ungrounded for a refusal."""


class Reader(Protocol):
    """Read-only access to one outside system."""

    def look(self, lookup: Lookup) -> tuple[Record, ...]:
        """The records that answer `lookup`. Raises Throttled, Unavailable or Refused."""


class Crm(Protocol):
    """Writing access to the CRM, in its own words (HubSpot's object names and properties)."""

    def find(self, kind: str, field: str, value: str) -> Record | None:
        """The object whose unique property `field` is `value`, read by it, not searched."""

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
class Email:
    """A mail to one person."""

    to: str
    subject: str
    text: str
    html: str = ""
    reply_to: str = ""
    in_reply_to: str = ""
    """Message-ID that this answers, for threading."""
    about: Mapping[str, str] = field(default_factory=dict)
    """What the mail is about, for its own bounce: `job` (an id) and `part` (a ledger entry's key,
    or `link-` and a link's id). Never content, never a secret: the provider repeats it."""


class Mailer(Protocol):
    """Sending mail."""

    def send(self, email: Email) -> str:
        """The provider's id of the accepted mail. Raises Throttled or Unavailable when nothing was
        sent, Refused, or Ambiguous when the answer was lost."""
