"""A change: one legal move, one audit entry, one next version, and the record as it is then."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from countersign.domain import audit
from countersign.domain.actions import ActionStatus
from countersign.domain.change import (
    Change,
    Due,
    DueKind,
    JobRecord,
    Link,
    after,
    created,
    transition,
)
from countersign.domain.errors import IllegalMove
from countersign.domain.job import LEGAL_MOVES, Job, Status
from countersign.domain.plan import Move
from tests.builders import AT, JOB_ID, Memo, approval, case, decision, held, job, record, salts

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


@given(st.sampled_from(list(Status)), st.sampled_from(list(Status)))
def test_only_legal_moves_are_made(at: Status, to: Status) -> None:
    """A status that the table does not lead to raises IllegalMove and leaves nothing behind."""
    if to is at or to in LEGAL_MOVES[at]:
        assert transition(job(at), change(status=to), LATER, salts())[0].status is to
        return
    with pytest.raises(IllegalMove):
        transition(job(at), change(status=to), LATER, salts())


def test_every_change_is_the_next_version() -> None:
    """Version and audit length grow by one, the head is the entry's hash, the time is now."""
    before = job(version=7, audit_length=4, audit_head="a" * 64)
    now, entry = transition(before, change(), LATER, salts())
    assert (now.version, now.audit_length, now.audit_head) == (8, 5, entry.hash)
    assert (entry.number, entry.previous, entry.job_id) == (5, "a" * 64, JOB_ID)
    assert (entry.at, entry.actor, entry.event) == (LATER, "state:Decide", "decided")
    assert now.updated_at == LATER
    assert now.created_at == AT


def test_a_change_changes_nothing_else() -> None:
    """What a change does not name stays: identity, owner, attempt, reason, counts."""
    before = job(reason="why", parked=2, attempt=3)
    now, _ = transition(before, change(), LATER, salts())
    moving = {"version", "updated_at", "audit_length", "audit_head"}
    assert now.model_dump(exclude=moving) == before.model_dump(exclude=moving)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"execution": "j-2", "attempt": 2}, {"execution": "j-2", "attempt": 2}),
        ({"parked": 3}, {"parked": 3}),
        ({"parked": 0}, {"parked": 0}),
        ({"reason": "budget"}, {"reason": "budget"}),
        ({"reason": ""}, {"reason": ""}),
    ],
)
def test_what_a_change_names_is_set(parts: dict[str, Any], expected: dict[str, Any]) -> None:
    """Owner, attempt, parking count and reason move; a count of none and an empty reason too."""
    now, _ = transition(job(reason="old", parked=1), change(**parts), LATER, salts())
    assert {name: getattr(now, name) for name in expected} == expected


def told(before: Job, one: Change) -> dict[str, str]:
    """What the audit entry of a change tells."""
    _, entry = transition(before, one, LATER, salts())
    return {name: field.value for name, field in entry.fields.items()}


def test_the_entry_tells_what_happened() -> None:
    """The entry commits to the step's fields, the move of status and the reason."""
    one = change(status=Status.ESCALATED, reason="budget", fields={"1 crm.memo": "ask: planned"})
    assert told(job(), one) == {
        "1 crm.memo": "ask: planned",
        "reason": "budget",
        "status": "PROCESSING → ESCALATED",
    }
    assert told(job(), change(status=Status.PROCESSING)) == {}
    assert told(job(), change(reason="")) == {}


def test_every_field_has_its_own_salt() -> None:
    """Two equal values in one entry cannot be told to be equal."""
    _, entry = transition(job(), change(fields={"a": "yes", "b": "yes"}), LATER, salts())
    assert len({field.salt for field in entry.fields.values()}) == 2
    assert len(set(entry.commitments.values())) == 2


def test_a_new_job_starts_its_chain() -> None:
    """Whatever the given job carries, its first state is version 1 with one entry on GENESIS."""
    stale = job(Status.PENDING, version=9, audit_length=9, audit_head="x")
    now, entry = created(stale, change(event="accepted"), salts())
    assert (now.version, now.audit_length, entry.number) == (1, 1, 1)
    assert (entry.previous, entry.at) == (audit.GENESIS, AT)
    assert audit.verify([entry], length=now.audit_length, head=now.audit_head) == []


told_fields = st.dictionaries(st.text(max_size=4), st.text(max_size=4))
WALK = st.lists(st.tuples(st.sampled_from(list(Status)), told_fields), max_size=8)


@given(WALK)
def test_the_chain_of_any_life_verifies(walk: list[tuple[Status, dict[str, str]]]) -> None:
    """Whatever legal way a job goes, its whole trail verifies against its row."""
    first = change(event="accepted")
    made, entry = created(job(Status.PENDING), first, salts())
    now = after(JobRecord(job=made), made, entry, first)
    for status, fields in walk:
        if status in LEGAL_MOVES[now.job.status]:
            now = applied(now, change(status=status, fields=fields))
    assert audit.verify(now.audit, length=now.job.audit_length, head=now.job.audit_head) == []
    assert now.job.version == len(now.audit)


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
