"""A change: one legal move, one audit entry, one next version, and the record as it is then."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.domain.errors import IllegalMove
from countersign.domain.jobs import audit
from countersign.domain.jobs.cases import Resolution, resolve
from countersign.domain.jobs.change import (
    Change,
    Due,
    JobRecord,
    after,
    created,
    transition,
    watched,
)
from countersign.domain.jobs.job import LEGAL_MOVES, Job, Status
from tests.builders import AT, JOB_ID, case, job, record, salts

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


def test_a_case_is_watched_from_its_opening_to_its_end() -> None:
    """Whoever opens one arms the row, whoever ends it takes the row away, and a change to an open
    one leaves it as it is."""
    opened = watched(record(), change(case=case()))
    assert [(row.kind, row.at) for row in opened.due] == [("overdue", AT + timedelta(days=1))]
    held = record(case=case(), due={"overdue": Due(kind="overdue", at=LATER)})
    again = change(case=case(reason="another word"))
    assert watched(held, again) is again
    ended = resolve(case(), Resolution(way="resume", by="ana", at=LATER, words=""))
    assert watched(held, change(case=ended)).done == ("overdue",)
    assert watched(record(case=case()), change(case=ended)).done == ()
    assert watched(held, change()).due == ()
