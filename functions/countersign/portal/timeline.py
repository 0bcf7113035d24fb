"""A job's audit trail as a story that a person can read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from countersign.domain.approvals.approval import Person
from countersign.domain.jobs import audit
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.forgetting import ERASED, ERASED_IN_PART
from countersign.domain.planning.inquiry import WAITING
from countersign.web.text import span

SENTENCES = {
    "accepted": "The event was accepted and stored",
    "handed over": "Another job handed the message over",
    "turned away": "The event was turned away",
    "queued again": "It had not begun in time, so it was queued again",
    "begun": "It has begun",
    "prepared": "The message was read and checked",
    "original read": "Somebody read what came, as it came",
    "exported": "Somebody took the job out as a file",
    "page read": "Somebody read a page of the job",
    "read at a terminal": "Somebody had the job told at a terminal",
    "answer kept": "A model answer was wrong; it was kept and one repair was asked for",
    "proposed": "The model proposed facts and actions",
    "proposal kept": "The stored proposal was used again",
    "looked": "The records in question were read",
    "decided": "Rules and policy spoke about each action",
    "claimed": "An action was begun",
    "acted": "Actions were carried out and checked",
    "attempt ended": "An attempt has no outcome; another one follows",
    "put back": "Nothing was sent; the action may be tried again",
    "asked": "A signature was asked for",
    "decided by a person": "A person decided",
    "expired": "The deadline passed, so it is not approved",
    "waits for its turn": "Others are ahead; it waits for its turn",
    "mails wait for their turn": "Other mails are ahead; these are sent in their turn",
    "parked": "Something outside did not answer; the job waits",
    "waited long enough": "It has waited long enough; a person gets it",
    "resumed": "The job goes on in a new execution",
    "started again": "Its execution was started again",
    "escalated": "The case was handed to a person",
    "closed": "The job was closed",
    "replanned": "An action failed; what was seen goes back for a new plan",
    "undone for a new plan": "What the failed action left is undone; a new plan is made",
    "rollback ordered": "A person ordered to undo what the job did",
    "cancelled": "A person cancelled the job: what is left is not done",
    "taken back": "Policy ordered to undo what the job did",
    "undo claimed": "Undoing an action was begun",
    "execution ended": "Its execution ended without saying so",
    "case resume": "The case ended: corrected and resumed",
    "case done": "The case ended: done by hand",
    "case close": "The case was closed",
    ERASED: "Its data was erased; digests and this trail stay",
    ERASED_IN_PART: "Words of somebody who is forgotten were cut",
}
_QUEUE, _OVER, _WORKS = "its start", "over", ""
_THEN = {
    **dict.fromkeys(("accepted", "handed over", "queued again", "rerun"), _QUEUE),
    **dict.fromkeys(("asked", "asked again", "asked the next tier"), "a signature"),
    **dict.fromkeys(("waits for its turn", "mails wait for their turn"), "its turn"),
    "parked": "what is outside",
    WAITING: "its sender",
    **dict.fromkeys(
        ("escalated", "execution ended", "waited long enough", "case opened"), "a person"
    ),
    **dict.fromkeys(("closed", "turned away", "joined", "case done", "case close"), _OVER),
    **dict.fromkeys(("decided by a person", "expired", "resumed", "started again"), _WORKS),
    **dict.fromkeys(("case resume", "rollback ordered", "taken back", "cancelled"), _WORKS),
}
"""What a job does after an entry: it waits for something, is over, or is worked on. Whatever a
state writes beside these is work; whatever others write changes nothing of it."""
_SYSTEM = {"tick": "the clock", "recorder": "the recorder"}
_SECOND, _MINUTE = timedelta(seconds=1), timedelta(minutes=1)
_LABELS = {"seconds": "seconds on the page"}
_UNSAID = frozenset({"body_digest", "size", "approval", "opened_at"})
"""Fields of an entry that are for checking, not for reading; the JSON has them."""


@dataclass(frozen=True)
class Moment:
    """One thing that happened. `since` is in seconds from the job's beginning."""

    number: int
    at: datetime
    since: float
    who: str
    what: str
    details: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Times:
    """How long a job was worked on, and how long it waited, by what for."""

    worked: timedelta
    waited: Mapping[str, timedelta]

    @property
    def words(self) -> str:
        """`worked on for 3 s; waited 4 h for a signature`; a second is the least that counts."""
        counts = [(what, at) for what, at in self.waited.items() if at >= _SECOND]
        told = (f"waited {_long(at)} for {what}" for what, at in counts)
        return "; ".join((f"worked on for {_long(self.worked)}", *told))


def timeline(record: JobRecord) -> tuple[Moment, ...]:
    """All audit entries in order; the last one says how long it took in all."""
    told = [_moment(record, *gap) for gap in _gaps(record)]
    for last in told[-1:]:
        told[-1] = replace(last, details=(*last.details, ("in all", times(record).words)))
    return tuple(told)


def times(record: JobRecord) -> Times:
    """Up to its last entry."""
    worked, waited = timedelta(), dict[str, timedelta]()
    for _, what, length in _gaps(record):
        if what == _WORKS:
            worked += length
        elif what != _OVER:
            waited[what] = waited.get(what, timedelta()) + length
    return Times(worked, waited)


def _gaps(record: JobRecord) -> Iterator[tuple[audit.Entry, str, timedelta]]:
    """Each entry with what the job did before it, and for how long."""
    does, at = _OVER, record.job.created_at
    for entry in record.audit:
        yield entry, does, entry.at - at
        does = _THEN.get(entry.event, _WORKS if entry.actor.startswith("state:") else does)
        at = entry.at


def _long(length: timedelta) -> str:
    return f"{length.seconds} s" if length < _MINUTE else span(length)


def _moment(record: JobRecord, entry: audit.Entry, did: str, length: timedelta) -> Moment:
    waited = did not in (_WORKS, _OVER) and length >= _SECOND
    before = (("before it", f"waited {_long(length)} for {did}"),) if waited else ()
    return Moment(
        number=entry.number,
        at=entry.at,
        since=(entry.at - record.job.created_at).total_seconds(),
        who=_who(record, entry.actor),
        what=SENTENCES.get(entry.event, entry.event[:1].upper() + entry.event[1:]),
        details=(*before, *_details(record, entry)),
    )


def _who(record: JobRecord, actor: str) -> str:
    kind, _, name = actor.partition(":")
    match kind:
        case "person":
            known = people(record).get(name)
            return known.name if known else name
        case "door":
            return f"{name} door"
        case "system":
            return _SYSTEM.get(name, name)
        case _:
            return name or kind


def _details(record: JobRecord, entry: audit.Entry) -> Iterator[tuple[str, str]]:
    for name in sorted(entry.commitments.keys() - _UNSAID):
        field = entry.fields.get(name)
        yield _label(record, name), field.value if field else "(erased)"


def _label(record: JobRecord, name: str) -> str:
    """`0 crm.create_lead` and `choice 1a2b…` as `1. create lead`; others with spaces."""
    kind, _, rest = name.partition(" ")
    for held in record.ledger:
        by_choice = kind == "choice" and held.digest.startswith(rest)
        if by_choice or name == f"{held.index} {held.action}":
            return f"{held.index + 1}. {held.action.rpartition('.')[2].replace('_', ' ')}"
    return _LABELS.get(name, name.replace("_", " "))


def people(record: JobRecord) -> dict[str, Person]:
    """Everybody who was asked, by id."""
    return {p.id: p for held in record.approvals.values() for p in held.approvers}
