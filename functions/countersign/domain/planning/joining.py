"""Joining: what somebody writes later belongs to the job that it goes back to.

Whether a job hears it is decided by who wrote and by where the job stands, never by the thread
alone: anybody can write into a thread. What is heard becomes a part of the job's source, and a new
plan is made of all parts; it decides, approves and confirms nothing. What is not is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import ClassVar

from countersign.domain.approvals.approval import kept_rejections
from countersign.domain.contract import Contract, Value
from countersign.domain.jobs.change import Change, Due, JobRecord
from countersign.domain.jobs.inbox import open_case
from countersign.domain.jobs.job import Status
from countersign.domain.ledger.entry import IN_EFFECT, NOT_BEGUN, ActionStatus, LedgerEntry
from countersign.domain.planning.inquiry import SILENCE, open_question
from countersign.domain.planning.replan import OBSERVED, Observations, Round, observed
from countersign.domain.planning.resume import resumed
from countersign.domain.policy.proposal import flat

LATER = "later"
"""The name of the result with what was written later."""
SENDER = "sender"
"""The actor of what somebody outside changes by writing."""
MOST_WORDS, LONGEST = 20, 4_000
"""So many are kept with a job, and so many characters of each are shown."""
REPEATED_WITHIN = timedelta(days=1)
"""For so long the same words are a repetition; after it they say that nothing has happened."""
CASE_WITHIN = timedelta(hours=4)
"""A case is due so soon once somebody asks after it."""
_S = Status
_IN_MOTION = frozenset({_S.PENDING, _S.PROCESSING, _S.RETRYING, _S.PARKED})
_SEEN_BY_PEOPLE = frozenset({_S.WAITING_FOR_REVIEW, _S.WAITING_FOR_SENDER, _S.ESCALATED, _S.FAILED})


class Way(Enum):
    """What becomes of a later message."""

    JOINS = "joins"
    """The job has it, and the message's own job ends."""
    HEARD = "heard"
    """The job has it, and its own job goes on: something of the first one took effect already."""
    SHOWN = "shown"
    """People who look at the job see it; its own job goes on."""
    STRANGER = "stranger"
    """The same, and a person must say what it is: the job waits for somebody else's answer."""
    WAITS = "waits"
    """The job is at work: the message waits until it has come to rest."""
    NOTED = "noted"
    """The job is over: it says that somebody wrote again, and the message's own job goes on."""
    ALONE = "alone"
    """The job has nothing to do with it any more."""


_KEPT = frozenset({Way.SHOWN, Way.STRANGER, Way.NOTED})
"""The job keeps the words, and is otherwise as it was."""
_DONE_WITH = frozenset({Way.JOINS, Way.HEARD, Way.NOTED})
"""Somebody hears the words: who says them again is heard already."""


class Word(Value):
    """What somebody wrote later."""

    job_id: str
    """The job of the message in which it came."""
    at: datetime
    sender: str
    vouched: bool
    text: str
    way: Way


class Later(Contract):
    """All of it, in the order in which it came."""

    CONTRACT: ClassVar[str] = "later"
    VERSION: ClassVar[int] = 1

    words: tuple[Word, ...]


@dataclass(frozen=True)
class Writer:
    """Who a message comes from, and whether somebody vouches for that."""

    address: str
    vouched: bool

    def is_(self, other: Writer) -> bool:
        """Whether it is surely no less the same person: whoever asks for more trust gets it by the
        same vouching."""
        same = self.address.casefold() == other.address.casefold()
        return bool(self.address) and same and (self.vouched or not other.vouched)


def later(record: JobRecord) -> tuple[Word, ...]:
    """What was written later. Raises UnknownVersion."""
    held = record.results.get(LATER)
    return held.as_(Later).words if held else ()


def bring(
    record: JobRecord,
    said: Word,
    first: Writer,
    whole: Contract,
    now: datetime,
    *,
    repeats: bool = False,
) -> tuple[Way, Change | None]:
    """What becomes of `said`, written after `first` wrote the job's own input, and what that
    changes; `whole` is that input with one part more. The same message goes the same way again, and
    the same words of the same person join as a repetition, whether of that input (`repeats`) or of
    what was written later: neither changes anything."""
    writer = Writer(said.sender, said.vouched)
    known = _known(later(record), said)
    if known:
        return known, None
    soon = now - record.job.created_at <= REPEATED_WITHIN
    if repeats and soon and writer.is_(first):
        return Way.JOINS, None
    found = (_of_theirs if writer.is_(_awaited(record, first)) else _of_another)(record)
    word = said.model_copy(update={"way": found})
    if found in (Way.JOINS, Way.HEARD):
        return found, _heard(record, word, whole, now)
    return found, _shown(record, word) if found in _KEPT else None


def _known(held: Sequence[Word], said: Word) -> Way | None:
    mine = next((one.way for one in held if one.job_id == said.job_id), None)
    return mine or (Way.JOINS if any(_same(one, said) for one in held) else None)


def _same(one: Word, said: Word) -> bool:
    writers = Writer(said.sender, said.vouched).is_(Writer(one.sender, one.vouched))
    soon = said.at - one.at <= REPEATED_WITHIN
    return one.way in _DONE_WITH and soon and writers and flat(one.text) == flat(said.text)


def _awaited(record: JobRecord, first: Writer) -> Writer:
    """Whose word counts: of whom we asked, vouched for; else of who wrote."""
    asked = _asked(record)
    return Writer(str(asked.content()["target"]), vouched=True) if asked else first


def _asked(record: JobRecord) -> LedgerEntry | None:
    return open_question(record.ledger, len(observed(record).rounds))


def _of_another(record: JobRecord) -> Way:
    if record.job.status is _S.WAITING_FOR_SENDER:
        return Way.STRANGER
    if len(later(record)) >= MOST_WORDS:
        return Way.ALONE
    return Way.SHOWN if record.job.status in _SEEN_BY_PEOPLE else _if_over(record)


def _if_over(record: JobRecord) -> Way:
    return Way.NOTED if record.job.status is _S.COMPLETED else Way.ALONE


def _of_theirs(record: JobRecord) -> Way:
    if len(later(record)) >= MOST_WORDS:
        return Way.ALONE
    if record.job.status in _IN_MOTION:
        return Way.WAITS
    if record.job.status is _S.WAITING_FOR_REVIEW:
        ran = any(held.status in IN_EFFECT for held in record.ledger)
        return Way.HEARD if ran else Way.JOINS
    silent = record.job.status is _S.COMPLETED and SILENCE in record.results
    waits = record.job.status is _S.WAITING_FOR_SENDER or open_case(record) is not None
    return Way.JOINS if silent or waits else _if_over(record)


def _shown(record: JobRecord, said: Word) -> Change:
    """The job with what is shown and heard by nobody but people."""
    return Change(
        event="somebody wrote in the thread",
        actor=SENDER,
        fields={"from job": said.job_id},
        results={LATER: Later(words=(*later(record), said))},
    )


def _heard(record: JobRecord, said: Word, whole: Contract, now: datetime) -> Change:
    """The job with `whole`, its input with one part more. One that waits for an answer goes on in a
    new execution; one that waits for a signature is judged again, and asks anew."""
    results = {**_shown(record, said).results, "input": whole}
    if record.job.status is _S.WAITING_FOR_REVIEW:
        return _judged_again(record, said, results, now)
    if open_case(record):
        return _sooner(record, said, results, now)
    change = resumed(
        record,
        SENDER,
        now,
        fields={"from job": said.job_id},
        results={**results, OBSERVED: another_plan(record)},
        ledger=given_up(record.ledger),
        done=("inquiry", "silence"),
        dropped=(SILENCE,),
    )
    return replace(change, event="answered", due=(Due(kind="parked", at=now),))


def _rejected(record: JobRecord) -> tuple[LedgerEntry, ...]:
    """What somebody rejected in the request that is replaced stays so."""
    return kept_rejections(record.pending, record.ledger) if record.pending else ()


def _judged_again(
    record: JobRecord, said: Word, results: dict[str, Contract], now: datetime
) -> Change:
    """A job of which nothing ran gets a new plan; what ran of another stands, and the rest is
    judged by all parts. `tick` calls the execution, which waits for the request."""
    anew = said.way is Way.JOINS
    waits = record.pending
    return Change(
        event="more was said",
        actor=SENDER,
        fields={"from job": said.job_id},
        results={**results, OBSERVED: another_plan(record)} if anew else results,
        ledger=given_up(record.ledger) if anew else _rejected(record),
        approvals=(waits.model_copy(update={"superseded": True}),) if waits else (),
        due=(Due(kind="callback", at=now),),
    )


def _sooner(record: JobRecord, said: Word, results: dict[str, Contract], now: datetime) -> Change:
    """Its owner is told, and has less time."""
    case = open_case(record)
    due_at = min(case.due_at, now + CASE_WITHIN) if case else now
    return Change(
        event="more was said",
        actor=SENDER,
        fields={"from job": said.job_id},
        results=results,
        case=case.model_copy(update={"due_at": due_at}) if case else None,
        due=(Due(kind="case", at=now),),
    )


def another_plan(record: JobRecord) -> Observations:
    """What the job's plans met with, and that one more is to be made."""
    return Observations(rounds=(*observed(record).rounds, Round(observations=())))


def given_up(ledger: Sequence[LedgerEntry]) -> tuple[LedgerEntry, ...]:
    """The entries that wait, ended with their plan."""
    update = {"status": ActionStatus.DROPPED, "note": "planned anew: the sender wrote again"}
    return tuple(one.model_copy(update=update) for one in ledger if one.status in NOT_BEGUN)
