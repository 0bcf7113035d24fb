"""What people say of a file, and what becomes of its runs."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from countersign.domain.errors import ContractBroken
from countersign.domain.lane.batches import Head, Waits, entered, held_up, waiting
from countersign.domain.lane.control import Control, Word, ordered
from countersign.domain.lane.items import Tally
from countersign.domain.lane.lane import nothing
from countersign.domain.lane.run import (
    ACCEPTED,
    MOST_STALLS,
    Run,
    again,
    bad_share,
    counted,
    died,
    ended,
    finished,
    first,
    is_over,
    settles,
    told,
    verdict,
)
from tests.builders import AT

RUNNING, CANCELLED = Control(), Control(word=Word.CANCELLED)


def said(held: Control, word: Word, reason: str = "because") -> Control:
    """Kim says so."""
    return ordered(held, word, by="kim", reason=reason, at=AT)


def run(left: int = 5, **more: object) -> Run:
    """A run that has begun."""
    return first("j-1", "d", Tally(quarantined=1, left=left), AT).model_copy(update=more)


def test_a_word_follows_where_it_may() -> None:
    """Pause and resume in turn; cancelled stays so; each word has a reason."""
    paused = said(RUNNING, Word.PAUSED)
    assert (paused.runs, paused.version, said(paused, Word.RUNNING).runs) == (False, 1, True)
    cancelled = said(paused, Word.CANCELLED)
    for held, word in ((RUNNING, Word.RUNNING), (paused, Word.PAUSED), (cancelled, Word.RUNNING)):
        with pytest.raises(ContractBroken, match="cannot follow"):
            said(held, word)
    with pytest.raises(ContractBroken, match="say why"):
        said(RUNNING, Word.PAUSED, " ")


def test_runs_follow_each_other_until_nothing_is_left() -> None:
    """Each has its own name, apart from those of the job's executions."""
    one = run()
    half = ended(one, Tally(quarantined=1, done=3, left=2), AT)
    assert not is_over(one, RUNNING)
    assert not is_over(half, RUNNING)
    two = again(half, AT)
    assert (one.name, two.name, two.ended_at) == ("j-1-items-1", "j-1-items-2", None)
    done = finished(ended(two, Tally(quarantined=1, done=5), AT), {"a.txt": "d"}, {"words": "5"})
    assert (done.documents, done.figures) == ({"a.txt": "d"}, {"words": "5"})
    assert is_over(done, RUNNING)
    assert verdict(done, RUNNING, Decimal("0.2")) == ACCEPTED
    assert (
        verdict(done, RUNNING, Decimal("0.1")) == "16.67% of the rows came to nothing; 10.00% may"
    )
    assert bad_share(Tally()) == 0


def test_what_nothing_brings_on_is_a_persons() -> None:
    """Runs that end as they began, or are killed, are counted; one that was killed after it had
    brought something on is found out by the count with which the next one begins."""
    held = run()
    for _ in range(MOST_STALLS):
        assert not is_over(held, RUNNING)
        held = ended(again(held, AT), held.seen, AT)
    assert is_over(held, RUNNING)
    assert verdict(held, RUNNING, Decimal(1)) == "5 of 6 rows are left, and nothing brings them on"
    killed = died(run(), AT)
    assert (killed.stalls, killed.ended_at) == (1, AT)
    assert counted(again(killed, AT), Tally(done=1, left=4)).stalls == 0
    assert counted(again(killed, AT), Tally(left=5)).stalls == 1


def test_what_a_person_cancelled_is_accepted_as_it_is() -> None:
    """Once the children have come back; whatever is left."""
    assert not is_over(run(), CANCELLED)
    back = ended(run(), Tally(left=4, failed=2), AT)
    assert is_over(back, CANCELLED)
    assert verdict(back, CANCELLED, Decimal(0)) == ACCEPTED


def test_what_was_signed_with_its_terms_is_cancelled_once_every_end_is_known() -> None:
    """Its rows have effects: a run that begins after the word finds out what was begun, and makes
    the documents then. Where nothing brings that on, a person gets it."""
    at = CANCELLED.model_copy(update={"at": AT})
    sends = run().model_copy(update={"terms": "t"})
    back = ended(sends, Tally(left=4, done=2), AT)
    assert not is_over(back, at)
    assert verdict(back, at, Decimal(1)).startswith("4 of 6 rows are left")
    before = sends.model_copy(update={"begun_at": AT - timedelta(seconds=1)})
    assert [settles(one, at) for one in (again(back, AT), before, run())] == [True, False, False]
    assert not settles(again(back, AT), RUNNING)
    told_of = finished(ended(again(back, AT), back.seen, AT), {"rows.csv": "d"}, {})
    assert is_over(told_of, at)
    assert verdict(told_of, at, Decimal(0)) == ACCEPTED


def waits(error: str, minutes: int | None = None) -> Waits:
    """What a batch waits for, and until when."""
    until = None if minutes is None else AT + timedelta(minutes=minutes)
    return Waits(error=error, said=error, until=until)


def test_of_several_what_takes_longest_is_what_a_run_waits_for() -> None:
    """A person before time, the model before a turn, the latest turn; an earlier run's are void."""
    heads = [Head(attempt=2, waits=waits("ItemsUnderWay", one)) for one in (3, 9, 5)]
    old, free = Head(attempt=1, waits=waits("JobBudgetSpent")), Head(attempt=2)
    assert held_up([*heads, old, free], 2) == heads[1].waits
    away = Head(attempt=2, waits=waits("ModelAway"))
    assert held_up([*heads, away], 2) == away.waits
    spent = Head(attempt=2, waits=waits("JobBudgetSpent"))
    assert held_up([away, *heads, spent], 2) == spent.waits
    assert held_up([free, old], 2) is None


def test_who_enters_next_finds_out_anew() -> None:
    """What kept the one before waiting may be over."""
    held = waiting(Head(attempt=1, entry=1), waits("ModelAway"))
    assert held.waits == waits("ModelAway")
    assert entered(held, 2).waits is None


def test_waiting_is_no_stall() -> None:
    """However often; once the job was told, the run says when the next try is worth it."""
    held = run()
    for _ in range(MOST_STALLS + 1):
        held = ended(again(held, AT), held.seen, AT, waits("ItemsUnderWay", 7))
    assert not is_over(held, RUNNING)
    known = told(held)
    assert (known.waits, known.again_at) == (None, AT + timedelta(minutes=7))
    assert (again(known, AT).again_at, told(known).again_at) == (None, None)
    assert ended(again(held, AT), Tally(done=6), AT, waits("ModelAway")).stalls == 0


def test_a_workflow_without_documents_makes_none() -> None:
    """That is the default."""
    assert list(nothing(None, open, ())) == []  # type: ignore[arg-type] # it opens nothing
