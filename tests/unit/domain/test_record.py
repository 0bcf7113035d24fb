"""A job's record after a change: what is added, replaced, dropped, and what stays."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from countersign.domain.jobs.change import Change, Due, DueKind, JobRecord, Link, after, transition
from countersign.domain.jobs.job import Move
from countersign.domain.ledger.entry import ActionStatus
from tests.builders import AT, JOB_ID, Memo, approval, case, decision, held, record, salts

LATER = AT + timedelta(minutes=5)


def change(**parts: Any) -> Change:
    """A step's change."""
    usual: dict[str, Any] = {"event": "decided", "actor": "state:Decide"}
    return Change(**usual | parts)


def applied(before: JobRecord, *changes: Change) -> JobRecord:
    """`before` after these changes, as `commit` would leave it."""
    salt = salts()
    for one in changes:
        made, entry = transition(before.job, one, LATER, salt)
        before = after(before, made, entry, one)
    return before


def link(person: str = "ana") -> Link:
    """A link of one person."""
    return Link(
        link_id="l-1", secret_hash="0" * 64, job_id=JOB_ID, approval_id="a-1", person_id=person
    )


def test_results_are_stored_replaced_and_dropped() -> None:
    """A change adds and replaces results by name, and takes away what no longer holds."""
    first = change(results={"input": Memo(text="a"), "records": Memo(text="b")})
    second = change(results={"records": Memo(text="c")}, dropped=("input",))
    now = applied(record(), first, second)
    assert {name: stored.as_(Memo).text for name, stored in now.results.items()} == {"records": "c"}


def test_a_result_dropped_and_given_again_is_the_new_one() -> None:
    """Dropping is about what was there before."""
    first, second = (change(results={"input": Memo(text=text)}) for text in "ab")
    now = applied(record(), first, change(results=second.results, dropped=("input",)))
    assert now.results["input"].as_(Memo).text == "b"


def test_ledger_entries_are_replaced_in_place() -> None:
    """A changed action keeps its place in the order; a new one comes last."""
    ledger = [held(i) for i in range(3)]
    done = ledger[1].model_copy(update={"status": ActionStatus.VERIFIED})
    now = applied(record(ledger), change(ledger=(done, held(3))))
    assert [(e.index, e.status) for e in now.ledger] == [
        (0, ActionStatus.AUTHORISED),
        (1, ActionStatus.VERIFIED),
        (2, ActionStatus.AUTHORISED),
        (3, ActionStatus.AUTHORISED),
    ]


def test_unplanned_actions_are_gone() -> None:
    """Planning anew takes the old actions away."""
    now = applied(
        record([held(0), held(1)]), change(unplanned=(0, 1), ledger=(held(0, text="new"),))
    )
    assert [e.content()["params"]["text"] for e in now.ledger] == ["new"]


def test_approvals_and_their_tokens_are_kept_together() -> None:
    """A token belongs to the request that came with it, and a later one replaces it."""
    asked = approval(held())
    now = applied(
        record(),
        change(approvals=(asked,), token="t-1", links=(link(),)),
        change(approvals=(asked,), token="t-2"),
        change(approvals=(approval(approval_id="a-2"),)),
    )
    assert now.tokens == {"a-1": "t-2"}
    assert set(now.approvals) == {"a-1", "a-2"}
    assert "t-2" not in repr(now)


def test_the_pending_request_is_the_one_that_waits() -> None:
    """Neither decided nor replaced: that request waits, and at most that."""
    asked = approval(held())
    assert record().pending is None
    assert record(approvals={"a-1": asked}).pending == asked
    over = [
        asked.model_copy(update={"superseded": True}),
        asked.model_copy(update={"decision": decision(asked)}),
    ]
    for gone in over:
        newer = approval(approval_id="a-2")
        assert record(approvals={"a-1": gone}).pending is None
        assert record(approvals={"a-1": gone, "a-2": newer}).pending == newer


@given(st.data())
def test_there_is_one_due_row_of_a_kind(data: st.DataObject) -> None:
    """A due row replaces the one of its kind; settled kinds go, unless set again at once."""
    kinds: list[DueKind] = ["queue", "approval", "callback", "parked"]
    before = data.draw(st.sets(st.sampled_from(kinds)))
    new = data.draw(st.sets(st.sampled_from(kinds)))
    done = data.draw(st.sets(st.sampled_from(kinds)))
    assume(before or new)
    start = record(due={kind: Due(kind=kind, at=AT) for kind in before})
    now = applied(start, change(due=tuple(Due(kind=k, at=LATER) for k in new), done=tuple(done)))
    assert {k: row.at for k, row in now.due.items()} == {
        **dict.fromkeys(before - done, AT),
        **dict.fromkeys(new, LATER),
    }


def test_a_case_stays_until_another_replaces_it() -> None:
    """A case is never lost by a change that does not speak of it."""
    now = applied(record(), change(case=case()), change(move=Move("Close")))
    assert now.case == case()


def test_marks_stay() -> None:
    """What was noted as sent stays noted."""
    assert applied(record(notes=frozenset({"a-1"})), change()).notes == {"a-1"}
