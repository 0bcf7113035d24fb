"""An older plan leaves alone what somebody changed while it waited."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from countersign.domain.ledger.action import Action, Difference
from countersign.domain.ledger.entry import ActionStatus, LedgerEntry
from countersign.domain.planning.replan import RECORD_CHANGED, check_basis
from countersign.domain.policy.policy import Answer
from countersign.domain.policy.records import Record, Records
from countersign.domain.workflow import Workflow
from tests.builders import AT, Memo, action, held
from tests.flows import workflow

A = ActionStatus


def read(**fields: str) -> Records:
    """A look that found one note with these fields."""
    note = Record(kind="note", id="1", version="1", fields=fields)
    return Records(read_at=AT, found={"note": (note,)})


def _differences(memo: Memo, records: Records) -> tuple[Difference, ...]:
    note = records.first("note")
    before = note.fields["text"] if note else ""
    return () if before == memo.text else (Difference(name="text", before=before, after=memo.text),)


def letters(*, overwrites: bool = True) -> Workflow[Any]:
    """A workflow whose action overwrites the text of a note, or only adds something."""
    writes: Action[Memo, Any] = replace(action(), differences=_differences if overwrites else None)
    return replace(workflow([]), actions={writes.id: writes})


def based(text: str, status: ActionStatus = A.PLANNED) -> LedgerEntry:
    """An entry that was planned when the note had this text."""
    (made,) = check_basis(letters(), [held(status=status)], read(text=text))
    return made


def test_the_first_look_says_what_a_plan_is_based_on() -> None:
    """What would be overwritten is kept beside the entry; nothing else about it changes."""
    entry = held(status=A.PLANNED)
    assert based("old") == entry.model_copy(update={"basis": {"text": "old"}})


@pytest.mark.parametrize("text", ["old", "call back"])
def test_what_stands_as_it_was_or_as_it_is_wanted_is_no_news(text: str) -> None:
    """The same look again, and somebody who wrote the very same, change nothing."""
    assert check_basis(letters(), [based("old")], read(text=text)) == ()


@pytest.mark.parametrize("status", [A.PLANNED, A.AUTHORISED])
def test_what_somebody_changed_meanwhile_is_not_overwritten(status: ActionStatus) -> None:
    """Signed or not, the entry is forbidden, and says what was changed."""
    (entry,) = check_basis(letters(), [based("old", status)], read(text="corrected"))
    assert (entry.status, entry.verdict.answer) == (A.FORBIDDEN, Answer.FORBID)
    assert entry.verdict.rules == {RECORD_CHANGED}
    assert "changed text" in entry.note
    assert entry.approval == ""


def test_what_was_already_as_wanted_and_is_changed_away_is_not_changed_back() -> None:
    """A plan with nothing to overwrite does not begin to overwrite later."""
    (entry,) = check_basis(letters(), [based("call back")], read(text="corrected"))
    assert entry.status is A.FORBIDDEN


def test_entries_that_only_add_or_that_have_run_are_left_alone() -> None:
    """There is nothing to overwrite, or it is done."""
    assert check_basis(letters(overwrites=False), [held(status=A.PLANNED)], read(text="old")) == ()
    assert (
        check_basis(
            letters(), [based("old").model_copy(update={"status": A.VERIFIED})], read(text="x")
        )
        == ()
    )


def test_what_our_own_attempt_changed_is_not_taken_for_somebody_elses() -> None:
    """An entry that failed and that a person lets try again meets what it left itself."""
    tried = based("old", A.AUTHORISED).model_copy(update={"attempt": "a-1"})
    assert check_basis(letters(), [tried], read(text="half done")) == ()
