"""Attempts of an action, as the audit trail tells them."""

from __future__ import annotations

from datetime import timedelta

from countersign.domain.jobs.attempts import BROKEN_OFF, NO_OUTCOME, attempts, label, number
from countersign.domain.jobs.audit import Entry, ErasableField, append, erased
from countersign.domain.ledger.entry import ActionStatus
from tests.builders import AT, held

ENTRY = held(2, status=ActionStatus.CLAIMED)
OTHER = held(1)


def trail(*told: str) -> list[Entry]:
    """What was told of ENTRY, a second apart, beside something about another one."""
    made: list[Entry] = []
    for count, words in enumerate(told, 1):
        made.append(
            append(
                made[-1].hash if made else "",
                count,
                job_id="j-1",
                at=AT + timedelta(seconds=count),
                actor="state:Act",
                event="acted",
                fields={
                    label(ENTRY): ErasableField(value=words, salt="s"),
                    label(OTHER): ErasableField(value="claimed attempt 1", salt="s"),
                },
            )
        )
    return made


def ends(*told: str) -> list[tuple[str, str]]:
    """Name and end of every attempt."""
    return [(one.name, one.ended) for one in attempts(trail(*told), ENTRY)]


def test_each_claim_is_an_attempt_with_its_end() -> None:
    """What is told next of the entry is how the attempt ended; later words change nothing."""
    told = ("claimed attempt 1", f"{NO_OUTCOME}the answer was lost", "claimed attempt 2")
    assert ends(*told, "verified read back", "verified") == [
        ("attempt 1", "the answer was lost"),
        ("attempt 2", "verified read back"),
    ]


def test_an_attempt_that_said_nothing_broke_off() -> None:
    """Its process was killed: another claim follows and nothing was told in between."""
    told = ("claimed attempt 1", "claimed attempt 2")
    assert ends(*told) == [("attempt 1", BROKEN_OFF), ("attempt 2", "")]


def test_undoing_is_counted_by_itself() -> None:
    """An undo is no second attempt to do it."""
    told = ("claimed", "verified", "to be undone", "undoing undo attempt 1", "undone")
    assert [name for name, _ in ends(*told)] == ["attempt 1", "undo attempt 1"]


def test_the_next_number_counts_what_was_claimed() -> None:
    """The claim that is about to be written knows its number."""
    assert number(trail(), ENTRY) == "attempt 1"
    assert number(trail("claimed attempt 1", "claimed attempt 2"), ENTRY) == "attempt 3"
    undoing = ENTRY.model_copy(update={"status": ActionStatus.UNDOING})
    assert number(trail("claimed attempt 1", "verified"), undoing) == "undo attempt 1"


def test_an_erased_trail_tells_of_none() -> None:
    """Fields may be erased; then nothing is known, and nothing is wrong."""
    assert attempts([erased(one) for one in trail("claimed attempt 1")], ENTRY) == ()


def test_words_name_the_time_as_the_reader_has_it() -> None:
    """`claimed` is given: the terminal has UTC, a page the reader's own zone."""
    (one,) = attempts(trail("claimed attempt 1"), ENTRY)
    assert one.words("09:00:01 UTC") == "attempt 1: claimed 09:00:01 UTC; not ended yet"
