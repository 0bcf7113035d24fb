"""What somebody changed while a plan waited: people are asked again, a machine leaves it alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from countersign.domain.ledger.action import Action, Difference
from countersign.domain.ledger.entry import ActionStatus, LedgerEntry
from countersign.domain.planning.basis import RECORD_CHANGED, SIGNED_CHANGED, check_basis
from countersign.domain.policy.policy import Answer
from countersign.domain.policy.records import Record, Records
from countersign.domain.policy.rules import Situation
from countersign.domain.workflow import Workflow
from tests.builders import AT, Memo, action, held
from tests.flows import Letter, situation, workflow

A = ActionStatus


def read(now: datetime = AT, **fields: str) -> Situation[Letter]:
    """A look that found one note with these fields."""
    note = Record(kind="note", id="1", version="1", fields=fields)
    records = Records(read_at=AT, found={"note": (note,)})
    return situation(records=records, now=now, received_at=AT)


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
    """Whatever runs by itself is forbidden, and says what was changed, from what to what."""
    (entry,) = check_basis(letters(), [based("old", status)], read(text="corrected"))
    assert (entry.status, entry.verdict.answer) == (A.FORBIDDEN, Answer.FORBID)
    assert entry.verdict.rules == {RECORD_CHANGED}
    assert "text (old → corrected)" in entry.note
    assert entry.approval == ""


def test_what_was_already_as_wanted_and_is_changed_away_is_not_changed_back() -> None:
    """A plan with nothing to overwrite does not begin to overwrite later."""
    (entry,) = check_basis(letters(), [based("call back")], read(text="corrected"))
    assert entry.status is A.FORBIDDEN


def test_entries_that_only_add_or_that_have_run_are_left_alone() -> None:
    """There is nothing to overwrite, or it is done."""
    adds = letters(overwrites=False)
    made = check_basis(adds, [held(status=A.PLANNED)], read(text="old"))
    assert check_basis(adds, made, read(text="corrected")) == ()
    done = based("old").model_copy(update={"status": A.VERIFIED})
    assert check_basis(letters(), [done], read(text="x")) == ()


def test_what_our_own_attempt_changed_is_not_taken_for_somebody_elses() -> None:
    """An entry that failed and that a person lets try again meets what it left itself."""
    tried = based("old", A.AUTHORISED).model_copy(update={"attempt": "a-1"})
    assert check_basis(letters(), [tried], read(text="half done")) == ()


def _evidence(seen: Situation[Letter], memo: Memo) -> Iterator[tuple[str, str]]:  # noqa: ARG001 - the workflow's shape
    note = seen.records.first("note")
    fields = note.fields if note else {}
    yield "customer", fields.get("customer", "")
    yield "written", f"{(seen.now - AT).days} days ago"
    yield "how far", fields.get("state", "")


def signed() -> Workflow[Any]:
    """A workflow whose action people sign, and are shown the note's customer and its age."""
    parts: dict[str, Any] = {
        "shows": {"crm.memo": _differences},
        "evidence": {"crm.memo": _evidence},
        "passing": frozenset({"how far"}),
    }
    return replace(letters(overwrites=False), **parts)


def asked(status: ActionStatus = A.AUTHORISED, flow: Workflow[Any] | None = None) -> LedgerEntry:
    """Such an entry, asked when the note was old and Ada's."""
    entry = held(0, "crm.memo", Answer.ASK, "letter.long", status=status, approval="a-1")
    (made,) = check_basis(flow or signed(), [entry], read(text="old", customer="Ada"))
    return made


def test_what_was_signed_is_asked_again_with_the_difference() -> None:
    """It waits for a signature once more, for the same reasons and one more, and says what its
    signer relied on and what stands there now."""
    (entry,) = check_basis(signed(), [asked()], read(text="corrected", customer="Eve"))
    assert (entry.status, entry.verdict.answer, entry.approval) == (A.PLANNED, Answer.ASK, "")
    assert entry.verdict.rules == {"letter.long", SIGNED_CHANGED}
    assert [(one.name, one.before, one.after) for one in entry.since] == [
        ("text", "old", "corrected"),
        ("customer", "Ada", "Eve"),
    ]
    assert "Text, customer changed after it was asked." in [r.told for r in entry.verdict.reasons]


def test_what_is_asked_overwrites_what_its_signer_was_shown() -> None:
    """A signed action that overwrites is asked again like any other; it is not given up."""
    (entry,) = check_basis(letters(), [asked(flow=letters())], read(text="corrected"))
    assert (entry.status, [one.after for one in entry.since]) == (A.PLANNED, ["corrected"])


def test_time_and_what_is_only_on_its_way_ask_nobody_again() -> None:
    """Evidence is compared as on the day of the message, without what the workflow calls
    passing."""
    later = read(AT + timedelta(days=9), text="old", customer="Ada", state="done")
    assert check_basis(signed(), [asked()], later) == ()


@pytest.mark.parametrize(("status", "told"), [(A.PLANNED, ["Eve", "Ida"]), (A.AUTHORISED, ["Ida"])])
def test_a_second_change_is_told_beside_the_first_until_somebody_signs(
    status: ActionStatus, told: list[str]
) -> None:
    """Who has signed the first one is told the second alone."""
    (first,) = check_basis(signed(), [asked()], read(text="old", customer="Eve"))
    again = first.model_copy(update={"status": status})
    (second,) = check_basis(signed(), [again], read(text="old", customer="Ida"))
    assert [one.after for one in second.since] == told


@pytest.mark.control
def test_control_without_evidence_another_payee_is_not_noticed() -> None:
    """A workflow that shows nothing of the target has nothing to compare."""
    blind = replace(signed(), evidence={}, shows={})
    was = asked(flow=blind)
    assert check_basis(blind, [was], read(text="corrected", customer="Eve")) == ()
