"""What is written later: by whom, and where the job stands, decides whether it is heard."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from countersign.domain.contract import Stored
from countersign.domain.jobs.cases import Resolution
from countersign.domain.jobs.change import Change, JobRecord
from countersign.domain.jobs.job import LEGAL_MOVES, Status
from countersign.domain.ledger.entry import ActionStatus as A
from countersign.domain.planning.inquiry import ASK_SENDER, SILENCE, Silence
from countersign.domain.planning.joining import (
    CASE_WITHIN,
    LATER,
    MOST_WORDS,
    REPEATED_WITHIN,
    Later,
    Way,
    Word,
    Writer,
    bring,
)
from countersign.domain.planning.replan import OBSERVED, Observations
from tests.builders import AT, approval, case, held, job, record
from tests.flows import Letter

S = Status
ADA = Writer("ada@example.com", vouched=True)
WHOLE = Letter(text="both parts")


def word(**parts: Any) -> Word:
    usual: dict[str, Any] = {
        "job_id": "j-later",
        "at": AT,
        "sender": ADA.address,
        "vouched": True,
        "text": "it is order 1042",
        "way": Way.ALONE,
    }
    return Word(**usual | parts)


def standing(status: Status, *entries: Any, **parts: Any) -> JobRecord:
    return record(entries, job=job(status), **parts)


def waiting() -> JobRecord:
    """It has asked Ada, by the address in the signed bytes."""
    asked = held(0, ASK_SENDER, status=A.VERIFIED)
    body = asked.body.replace("contact/7", ADA.address)
    return standing(S.WAITING_FOR_SENDER, asked.model_copy(update={"body": body}))


def brought(held_: JobRecord, said: Word, first: Writer = ADA) -> tuple[Way, Change | None]:
    found, change = bring(held_, said, first, WHOLE, AT)
    if change and change.status:
        assert change.status in LEGAL_MOVES[held_.job.status]
    return found, change


def of(*words: Word) -> dict[str, Stored]:
    return {LATER: Stored.of(Later(words=words))}


def test_the_answer_of_whom_we_asked_begins_a_new_execution_and_a_new_plan() -> None:
    """With one part more, and without the rows that waited for it."""
    found, change = brought(waiting(), word())
    assert (found, change and change.event, change and change.status) == (
        Way.JOINS,
        "answered",
        S.RETRYING,
    )
    assert change
    assert change.results["input"] == WHOLE
    rounds = change.results[OBSERVED]
    assert isinstance(rounds, Observations)
    assert [one.observations for one in rounds.rounds] == [()]
    assert (set(change.done), [row.kind for row in change.due]) == (
        {"inquiry", "silence"},
        ["parked"],
    )


@pytest.mark.parametrize(
    "said", [word(sender="eve@example.net"), word(vouched=False), word(sender="")]
)
def test_anybody_else_is_a_stranger_to_a_job_that_waits(said: Word) -> None:
    """Whoever wrote first is no help: we asked one address, and somebody vouches for its answer."""
    found, change = brought(waiting(), said, Writer(said.sender, said.vouched))
    assert (found, change and set(change.results)) == (Way.STRANGER, {LATER})
    assert change is not None
    assert change.status is None


@pytest.mark.parametrize("status", [S.PENDING, S.PROCESSING, S.RETRYING, S.PARKED])
def test_a_job_at_work_is_not_disturbed(status: Status) -> None:
    """An effect may be under way: what is said waits."""
    assert brought(standing(status), word()) == (Way.WAITS, None)


def test_a_job_that_waits_for_a_signature_and_did_nothing_is_planned_anew() -> None:
    """What waited is given up with its plan, and the request is replaced."""
    entry = held(0, status=A.PLANNED)
    asked = standing(S.WAITING_FOR_REVIEW, entry, approvals={"a-1": approval(entry)})
    found, change = brought(asked, word())
    assert found is Way.JOINS
    assert change
    assert [one.status for one in change.ledger] == [A.DROPPED]
    assert [one.superseded for one in change.approvals] == [True]
    assert (OBSERVED in change.results, [row.kind for row in change.due]) == (True, ["callback"])


def test_what_ran_stands_and_the_rest_is_judged_again() -> None:
    """The later message's own job goes on: the first one's plan has no room for its wishes."""
    ran, waits = held(0, status=A.VERIFIED), held(1, status=A.PLANNED)
    found, change = brought(standing(S.WAITING_FOR_REVIEW, ran, waits), word())
    assert found is Way.HEARD
    assert change
    assert (change.ledger, change.approvals, OBSERVED in change.results) == ((), (), False)


def test_whoever_has_the_case_is_told_and_has_less_time() -> None:
    """The text is there when the job is resumed; nothing is planned behind a person's back."""
    escalated = standing(S.ESCALATED, case=case())
    found, change = brought(escalated, word())
    assert found is Way.JOINS
    assert change
    assert change.case
    assert change.case.due_at == AT + CASE_WITHIN
    assert (OBSERVED in change.results, [row.kind for row in change.due]) == (False, ["case"])
    soon = standing(S.ESCALATED, case=case(due_at=AT + timedelta(minutes=1)))
    _, change = brought(soon, word())
    assert change
    assert change.case
    assert change.case.due_at == AT + timedelta(minutes=1)


def test_a_job_that_is_over_does_nothing_with_it() -> None:
    """One that did something says that more was written; one whose question nobody had answered is
    taken up again by the answer."""
    ended = Resolution(way="close", by="kim", at=AT, words="over")
    for over in (
        standing(S.REJECTED),
        standing(S.ROLLED_BACK),
        standing(S.ESCALATED, case=case(resolution=ended)),
    ):
        assert brought(over, word()) == (Way.ALONE, None)
    found, change = brought(standing(S.COMPLETED), word())
    assert (found, change and set(change.results)) == (Way.NOTED, {LATER})
    asked = waiting()
    silent = record(
        asked.ledger, job=job(S.COMPLETED), results={SILENCE: Stored.of(Silence(at=AT))}
    )
    found, change = brought(silent, word())
    assert (found, change and change.dropped) == (Way.JOINS, (SILENCE,))


@pytest.mark.parametrize(
    ("status", "way"),
    [(S.WAITING_FOR_REVIEW, Way.SHOWN), (S.ESCALATED, Way.SHOWN), (S.COMPLETED, Way.NOTED)],
)
def test_what_nobody_vouches_for_is_shown_where_people_look(status: Status, way: Way) -> None:
    """A forged sender supersedes nothing and adds nothing to a source."""
    found, change = brought(standing(status, case=case()), word(vouched=False))
    assert found is way
    assert change is None or set(change.results) == {LATER}


def test_whom_nobody_vouched_for_is_heard_again_as_little_vouched_for() -> None:
    """A form's second message weighs as much as its first; a vouched one weighs no less."""
    form = Writer(ADA.address, vouched=False)
    for vouched in (False, True):
        found, _ = brought(standing(S.WAITING_FOR_REVIEW), word(vouched=vouched), form)
        assert found is Way.JOINS


def test_the_same_message_goes_the_same_way_again_and_changes_nothing() -> None:
    """By its job, whatever has become of the first one since; and by its very words."""
    done = record(job=job(S.COMPLETED), results=of(word(way=Way.JOINS)))
    assert brought(done, word()) == (Way.JOINS, None)
    assert brought(done, word(job_id="j-again", text=" it is  order 1042")) == (Way.JOINS, None)
    assert brought(done, word(job_id="j-again", text="another"))[0] is Way.NOTED
    forged = word(job_id="j-again", vouched=False)
    assert brought(done, forged)[0] is Way.NOTED
    shown = record(job=job(S.COMPLETED), results=of(word(way=Way.SHOWN)))
    assert brought(shown, word()) == (Way.SHOWN, None)


def test_no_job_hears_for_ever() -> None:
    """After so many words of the same person, each further message is a job of its own."""
    many = [word(job_id=f"j-{n}", text=str(n), way=Way.HEARD) for n in range(MOST_WORDS)]
    full = record(waiting().ledger, job=job(S.WAITING_FOR_SENDER), results=of(*many))
    assert brought(full, word()) == (Way.ALONE, None)
    asked = record(job=job(S.WAITING_FOR_REVIEW), results=of(*many))
    assert brought(asked, word(vouched=False)) == (Way.ALONE, None)


@pytest.mark.parametrize("status", [S.PROCESSING, S.WAITING_FOR_REVIEW, S.COMPLETED])
def test_the_first_message_again_is_a_repetition_for_a_day(status: Status) -> None:
    """Who sends the same form twice has said nothing new; who sends it a week later has: nothing
    has happened. Nobody repeats what somebody else is vouched for."""
    held_ = standing(status)
    assert bring(held_, word(), ADA, WHOLE, AT, repeats=True) == (Way.JOINS, None)
    late = AT + REPEATED_WITHIN + timedelta(seconds=1)
    _, change = bring(held_, word(at=late), ADA, WHOLE, late, repeats=True)
    assert (change is not None) == (status is not S.PROCESSING)
    forged = word(vouched=False)
    assert bring(held_, forged, ADA, WHOLE, AT, repeats=True)[0] is not Way.JOINS


@pytest.mark.parametrize(("hours", "way"), [(23, Way.JOINS), (25, Way.NOTED)])
def test_words_that_somebody_has_heard_are_repeated_for_a_day(hours: int, way: Way) -> None:
    """A third form with the second's words is no third call; a day later it is one."""
    noted = record(job=job(S.COMPLETED), results=of(word(way=Way.NOTED)))
    again = word(job_id="j-third", at=AT + timedelta(hours=hours))
    assert brought(noted, again)[0] is way
