"""Runs: one execution of the second machine over what is left, and what its parent makes of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Protocol

from countersign.domain.contract import Contract
from countersign.domain.lane.batches import Head, Waits
from countersign.domain.lane.control import Control, Word
from countersign.domain.lane.items import Item, Tally
from countersign.domain.limits.budgets import Most

ACCEPTED = "accepted"
OF_ITEMS = "-items-"
"""What stands in the names of its executions between job and attempt."""
UNBOUNDED = Most()
MOST_STALLS = 2
"""So many runs in a row that bring nothing on are the last ones."""


class Run(Contract):
    """The latest run of a job's file. `version` grows with every write."""

    CONTRACT: ClassVar[str] = "lane.run"
    VERSION: ClassVar[int] = 2

    job_id: str
    attempt: int
    plan: str
    """The digest that was signed."""
    terms: str = ""
    """The digest of what is done with the rows, where that was signed too."""
    begun_at: datetime
    seen: Tally
    """As the last run that ended left it; before the first one all that can be read is left."""
    ended_at: datetime | None = None
    stalls: int = 0
    """How many runs in a row, up to this one, brought nothing on."""
    documents: Mapping[str, str] = {}
    """What was made of the results, once no row can come to another end: SHA-256 by file name."""
    figures: Mapping[str, str] = {}
    """Numbers of the whole file, by name."""
    most: Most = UNBOUNDED
    """What the model may cost for all items together, in all runs."""
    waits: Waits | None = None
    """What the items that are left wait for, until the job was told."""
    again_at: datetime | None = None
    """When the next run is worth a try, where anybody knows."""
    version: int = 1

    @property
    def name(self) -> str:
        """Of its execution."""
        return f"{self.job_id}{OF_ITEMS}{self.attempt}"


def first(job_id: str, plan: str, seen: Tally, now: datetime, most: Most = UNBOUNDED) -> Run:
    """The first run over a file."""
    return Run(job_id=job_id, attempt=1, plan=plan, begun_at=now, seen=seen, most=most)


def again(held: Run, now: datetime, most: Most = UNBOUNDED) -> Run:
    """The next run, over what is left."""
    more = {"attempt": held.attempt + 1, "begun_at": now, "ended_at": None, "again_at": None}
    return held.model_copy(update={**more, "most": most, "version": held.version + 1})


def counted(held: Run, seen: Tally) -> Run:
    """The run as it begins, over what is left in truth: the one before may have been killed."""
    stalls = held.stalls if seen.left >= held.seen.left else 0
    more = {"seen": seen, "stalls": stalls, "version": held.version + 1}
    return held.model_copy(update=more)


def ended(held: Run, seen: Tally, now: datetime, waits: Waits | None = None) -> Run:
    """The run, over. One whose items had to wait is no sign that nothing brings them on."""
    moved, stalls = seen.left < held.seen.left, held.stalls if waits else held.stalls + 1
    more = {"seen": seen, "ended_at": now, "stalls": 0 if moved else stalls, "waits": waits}
    return held.model_copy(update={**more, "version": held.version + 1})


def finished(held: Run, documents: Mapping[str, str], figures: Mapping[str, str]) -> Run:
    """The run that is over, with what was made of all results."""
    return held.model_copy(update={"documents": dict(documents), "figures": dict(figures)})


def told(held: Run) -> Run:
    """The run that is over, once its job knows what the items wait for."""
    until = held.waits.until if held.waits else None
    more = {"waits": None, "again_at": until, "version": held.version + 1}
    return held.model_copy(update=more)


def died(held: Run, now: datetime) -> Run:
    """The run, over by no doing of its own: nobody has counted what it left."""
    more = {"ended_at": now, "stalls": held.stalls + 1, "version": held.version + 1}
    return held.model_copy(update=more)


def is_over(held: Run, control: Control) -> bool:
    """Whether no further run follows: nothing is left, a person ended it, or nothing moves."""
    if held.ended_at is None:
        return False
    return not held.seen.left or _is_cancelled(held, control) or held.stalls >= MOST_STALLS


def _is_cancelled(held: Run, control: Control) -> bool:
    """Whether a person ended it for good. What is done with rows by signed terms has effects: how
    those ended that were begun is found out first, and only then the documents are made."""
    return control.word is Word.CANCELLED and (not held.terms or bool(held.documents))


def settles(held: Run, control: Control) -> bool:
    """Whether the run began after a person cancelled, and only finds out how rows ended that were
    begun: whoever entered a batch before it may write there no more."""
    cancelled = control.word is Word.CANCELLED and bool(held.terms)
    return cancelled and control.at is not None and held.begun_at >= control.at


def bad_share(seen: Tally) -> Decimal:
    """The share of rows that came to nothing: what failed, is unknown or cannot be read."""
    bad = seen.failed + seen.unknown + seen.quarantined
    return Decimal(bad) / seen.rows if seen.rows else Decimal(0)


def verdict(held: Run, control: Control, at_most: Decimal) -> str:
    """`accepted`, or why the parent does not accept what came of it. What a person cancelled is
    accepted as it is."""
    if _is_cancelled(held, control):
        return ACCEPTED
    if held.seen.left:
        return f"{held.seen.left} of {held.seen.rows} rows are left, and nothing brings them on"
    share = bad_share(held.seen)
    if share > at_most:
        return f"{share:.2%} of the rows came to nothing; {at_most:.2%} may"
    return ACCEPTED


class Lanes(Protocol):
    """Files whose items are worked on: their runs, their batches, and what people say of them. All
    of it is read consistently."""

    def run(self, job_id: str) -> Run | None:
        """The latest run over the job's file, if there is any."""

    def keep_run(self, before: Run | None, after: Run) -> None:
        """Store `after`. Raises StoreConflict when what is stored is not `before` any more."""

    def control(self, job_id: str) -> Control:
        """The last word; that it runs where nobody said any."""

    def keep_control(self, job_id: str, before: Control, after: Control) -> None:
        """Store `after`. Raises StoreConflict when what is stored is not `before` any more."""

    def head(self, job_id: str, batch: int) -> Head | None:
        """The head of a batch, if anybody entered it."""

    def heads(self, job_id: str, batches: Iterable[int]) -> Mapping[int, Head]:
        """Those of many batches, by their numbers; a batch that nobody entered is missing."""

    def keep_head(self, job_id: str, batch: int, before: Head | None, after: Head) -> None:
        """Store `after`. Raises StoreConflict when somebody has entered since `before` was read."""

    def items(self, job_id: str, batch: int) -> Mapping[int, Item]:
        """The items of a batch that somebody has begun, by their numbers."""

    def claim(self, job_id: str, batch: int, item: Item) -> None:
        """Store the claim on an item that is left, in one write with a look at the head. Raises
        BatchTaken, and nothing is stored, when its entry is not the head's, or it is not left."""

    def record(self, job_id: str, batch: int, item: Item) -> None:
        """Store how a claimed item ended. Raises BatchTaken when somebody else claimed it since."""
