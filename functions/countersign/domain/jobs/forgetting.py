"""Forgetting a contact: what stays of a job when the personal data in it is erased.

Of a job that is the contact's own a tombstone stays: who did what and when, digests of what was
there, who signed which bytes, and no word of it. From a job that is somebody else's their words are
cut, and it says which bytes have not their digest any more. Both are in the job's trail.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar, Protocol

from countersign.domain.approvals.approval import Approval, Choice
from countersign.domain.canonical import canonical, digest
from countersign.domain.contract import Contract, Stored, Value
from countersign.domain.errors import UnknownVersion
from countersign.domain.jobs import audit
from countersign.domain.jobs.change import Change, JobRecord
from countersign.domain.jobs.job import ENDED, Job, Pointer
from countersign.domain.jobs.traces import Traces
from countersign.domain.ledger.entry import ActionStatus

TOMBSTONE, CUT = "tombstone", "cut"
"""The names of the results that say so, and of the fields of the trail that commit to them."""
ERASED, ERASED_IN_PART = "erased", "erased in part"
"""The events."""
_DOUBTFUL = frozenset({ActionStatus.UNKNOWN, ActionStatus.CLAIMED})


class ErasedAction(Value):
    """What is kept of an action: that there was one, and the digest of the bytes."""

    index: int
    action: str
    version: int
    digest: str
    status: ActionStatus
    approval: str


class ErasedDecision(Value):
    """Who said what to which bytes, in no words."""

    approval: str
    by: str
    at: datetime
    via: str
    choices: Mapping[str, Choice]


class Tombstone(Contract):
    """What stays of a job that was erased."""

    CONTRACT: ClassVar[str] = "tombstone"
    VERSION: ClassVar[int] = 1

    by: str
    """A person's id."""
    at: datetime
    results: Mapping[str, str]
    """The digest of each result's canonical text."""
    actions: tuple[ErasedAction, ...]
    decisions: tuple[ErasedDecision, ...]
    entries: int
    """So many entries of the trail stood before; their fields are gone."""
    usd: Decimal
    """What the model had cost."""


class CutPart(Value):
    """Something of which words were cut: its digest before and after."""

    what: str
    before: str
    after: str


class Cut(Contract):
    """What was cut out of a job because somebody else's words stood in it."""

    CONTRACT: ClassVar[str] = "cut"
    VERSION: ClassVar[int] = 1

    by: str
    at: datetime
    parts: tuple[CutPart, ...]

    def explains(self, what: str, before: str, after: str) -> bool:
        """Whether it says of this that the bytes changed so."""
        return CutPart(what=what, before=before, after=after) in self.parts


@dataclass(frozen=True)
class Version:
    """One version of an object, or the mark that it was deleted."""

    bucket: str
    key: str
    id: str


class Objects(Protocol):
    """Objects with all their versions, by the rights of whoever orders it."""

    def below(self, bucket: str, prefix: str) -> Sequence[Version]:
        """All versions of all objects whose key begins so, of each key the latest first."""

    def read(self, version: Version) -> bytes:
        """Its bytes; none of a mark."""

    def put(self, bucket: str, key: str, body: bytes) -> Pointer:
        """One version more."""

    def delete(self, versions: Sequence[Version]) -> None:
        """Delete them for good; what is gone already stays gone."""


class Rows(Protocol):
    """Rows of the jobs table, below what jobs do with them."""

    def drop_leads(self, keys: Sequence[str], job_ids: Collection[str]) -> None:
        """Delete the rows of the index under these keys that lead to these jobs."""

    def drop_beside(self, job_id: str, claim: str, releases: Sequence[str]) -> None:
        """Delete what is kept of a job outside its partition: its claim, its review, and what
        candidates, by their releases' digests, made of it."""

    def drop_items(self, job_id: str, batches: int) -> None:
        """Delete what is kept of the rows of a job's file, which has so many batches: its runs,
        what people said of them, and how each row ended."""

    def cut_items(self, job_id: str, batches: int, cut: Callable[[str], str]) -> None:
        """Store what is kept of the rows of a job's file as `cut` leaves its JSON."""

    def rewrite(self, record: JobRecord) -> None:
        """Store all parts of a job as they are here. Raises StoreConflict when the job is another
        one by now."""

    def bury(self, record: JobRecord) -> None:
        """The same, and delete all else that lies in its partition."""


@dataclass(frozen=True)
class Remainder:
    """A job without somebody's words, and what was cut."""

    record: JobRecord
    parts: tuple[CutPart, ...]


def is_erased(record: JobRecord) -> bool:
    """Whether nothing of it goes on, since nobody knows any more what it was about."""
    return TOMBSTONE in record.results


def refusal(record: JobRecord) -> str:
    """Why nothing of the job can be erased as it stands; empty: it can."""
    if record.job.status not in ENDED:
        return f"it is {record.job.status}: let it end, or cancel it"
    if any(held.status in _DOUBTFUL for held in record.ledger):
        return "nobody knows whether an action took effect: find out and end its case"
    if "reservation" in record.due:
        return "a part of a cap is still to be settled: come back in some minutes"
    return ""


def entombed(record: JobRecord, by: str, at: datetime, usd: Decimal) -> Tombstone:
    """What stays of the job."""
    return Tombstone(
        by=by,
        at=at,
        results={name: digest_of(held) for name, held in sorted(record.results.items())},
        actions=tuple(
            ErasedAction(
                index=held.index,
                action=held.action,
                version=held.action_version,
                digest=held.digest,
                status=held.status,
                approval=held.approval,
            )
            for held in record.ledger
        ),
        decisions=tuple(_decisions(record.approvals)),
        entries=len(record.audit),
        usd=usd,
    )


def burial(tombstone: Tombstone) -> Change:
    """The change by which the trail says that the job is erased; its rows go after it."""
    return Change(
        event=ERASED,
        actor=f"person:{tombstone.by}",
        fields={TOMBSTONE: digest(canonical(tombstone))},
        results={TOMBSTONE: tombstone},
    )


def buried(record: JobRecord) -> JobRecord:
    """The job with its tombstone and nothing else; the trail's own fields stay from there on."""
    grave = next(one.number for one in record.audit if one.event == ERASED)
    return JobRecord(
        job=_nameless(record.job),
        results={TOMBSTONE: record.results[TOMBSTONE]},
        audit=tuple(audit.erased(one) if one.number < grave else one for one in record.audit),
    )


def without(record: JobRecord, traces: Traces) -> Remainder:
    """The job without these words, wherever they stand in it."""
    cutter = _Cutter(traces)
    job, case = cutter.job(record.job), record.case
    after = replace(
        record,
        job=job,
        results={name: cutter.stored(name, held) for name, held in record.results.items()},
        ledger=tuple(cutter.action(held) for held in record.ledger),
        approvals={k: cutter.value(f"approval {k}", v) for k, v in record.approvals.items()},
        questions={k: cutter.value(f"question {k}", v) for k, v in record.questions.items()},
        case=cutter.value("case", case) if case else None,
        audit=tuple(cutter.entry(one) for one in record.audit),
    )
    return Remainder(after, tuple(cutter.parts))


def cutting(record: JobRecord, parts: tuple[CutPart, ...], by: str, at: datetime) -> Change:
    """The change by which the trail says what was cut, now and before."""
    before = record.results[CUT].as_(Cut).parts if CUT in record.results else ()
    cut = Cut(by=by, at=at, parts=(*before, *parts))
    return Change(
        event=ERASED_IN_PART,
        actor=f"person:{by}",
        fields={CUT: digest(canonical(cut))},
        results={CUT: cut},
    )


def digest_of(held: Stored) -> str:
    """The digest of a result's text; where it lies apart, as its row says."""
    return held.apart or digest(held.body.encode())


def _decisions(approvals: Mapping[str, Approval]) -> Iterator[ErasedDecision]:
    for name, one in sorted(approvals.items()):
        last = (one.decision,) if one.decision else ()
        for said in one.signatures or last:
            yield ErasedDecision(
                approval=name, by=said.by, at=said.at, via=said.via, choices=said.choices
            )


def _nameless(job: Job) -> Job:
    """The job's row: an object's key and an event's name may be somebody's."""
    source = job.source.model_copy(
        update={
            "payload": Pointer(bucket=job.source.payload.bucket, key=ERASED),
            "event_id": digest(job.source.event_id.encode()),
        }
    )
    return job.model_copy(update={"source": source, "reason": "", "turns": {}})


class _Cutter:
    """Cuts parts of a job, and remembers which."""

    def __init__(self, traces: Traces) -> None:
        self._traces = traces
        self.parts: list[CutPart] = []

    def job(self, job: Job) -> Job:
        """The reason says what somebody said."""
        return job.model_copy(update={"reason": self._traces.cut(job.reason)})

    def stored(self, name: str, held: Stored) -> Stored:
        """A result. One whose text is gone has nothing that could be cut."""
        try:
            text = held.text
        except UnknownVersion:
            return held
        after = self._traces.cut(text)
        if after == text:
            return held
        self._note(f"result {name}", digest(text.encode()), digest(after.encode()))
        return Stored(contract=held.contract, version=held.version, body=after)

    def action(self, held: Any) -> Any:
        """An entry of the ledger: of its bytes the digest says what was signed."""
        after = self.value("", held)
        if after.body != held.body:
            self._note(f"action {held.index}", held.digest, digest(after.body.encode()))
        elif after != held:
            self._note(f"notes of action {held.index}", _digest(held), _digest(after))
        return after

    def value(self, what: str, held: Any) -> Any:
        """Any part that is stored as one; nothing is noted of one without a name."""
        text = canonical(held).decode()
        after = self._traces.cut(text)
        if after == text:
            return held
        if what:
            self._note(what, digest(text.encode()), digest(after.encode()))
        return type(held).model_validate_json(after)

    def entry(self, one: audit.Entry) -> audit.Entry:
        """An entry of the trail without the fields that say it; its hash covers none."""
        kept = {n: f for n, f in one.fields.items() if self._traces.cut(f.value) == f.value}
        return one.model_copy(update={"fields": kept}) if len(kept) < len(one.fields) else one

    def _note(self, what: str, before: str, after: str) -> None:
        self.parts.append(CutPart(what=what, before=before, after=after))


def _digest(held: Contract) -> str:
    return digest(canonical(held))
