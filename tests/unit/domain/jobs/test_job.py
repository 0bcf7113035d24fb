"""Jobs: ids from the event's identity, and the table of legal moves."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import pairwise
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.domain.canonical import canonical
from countersign.domain.errors import IllegalMove
from countersign.domain.jobs.job import (
    ENDED,
    FINISHED,
    LEGAL_MOVES,
    JobSummary,
    Pointer,
    Status,
    execution_name,
    job_id_of,
    moved,
    upload_event,
)
from countersign.domain.limits.pace import Turn
from tests.builders import AT, job

S = Status
FINAL = {S.ROLLED_BACK, S.SHADOWED}


def reachable(moves: dict[Status, frozenset[Status]], start: Status) -> set[Status]:
    """Every status that a job can come to from `start`."""
    seen, ahead = {start}, [start]
    while ahead:
        new = moves[ahead.pop()] - seen
        seen |= new
        ahead += new
    return seen


def test_every_status_has_its_moves() -> None:
    """The table speaks about every status, and no move is from a status to itself."""
    assert set(LEGAL_MOVES) == set(Status)
    assert not [status for status, to in LEGAL_MOVES.items() if status in to]


def test_nothing_leaves_a_final_status() -> None:
    """What was undone, and what was in shadow, is over for good; a person can take up what was
    rejected."""
    assert {status for status, to in LEGAL_MOVES.items() if not to} == FINAL


@pytest.mark.parametrize("status", [S.ESCALATED, S.FAILED])
def test_a_case_has_ways_out(status: Status) -> None:
    """A person can resume, call it done, close it, or have rolled it back; never by new steps."""
    ways = LEGAL_MOVES[status]
    assert {S.RETRYING, S.COMPLETED, S.REJECTED, S.ROLLED_BACK} <= ways
    assert not ways & {S.PENDING, S.PROCESSING, S.WAITING_FOR_REVIEW, S.PARKED}


def test_every_status_is_reachable() -> None:
    """A new job can come to every status, and never back to PENDING."""
    assert reachable(LEGAL_MOVES, S.PENDING) == set(Status)
    assert not [status for status, to in LEGAL_MOVES.items() if S.PENDING in to]


@pytest.mark.control
def test_an_island_is_seen() -> None:
    """Control: without the moves into PARKED, the walk does not find it."""
    island = {status: to - {S.PARKED} for status, to in LEGAL_MOVES.items()}
    assert reachable(island, S.PENDING) == set(Status) - {S.PARKED}


@pytest.mark.parametrize("status", sorted(set(Status) - ENDED))
def test_whatever_is_under_way_can_be_handed_over(status: Status) -> None:
    """From every status in which an execution works, a case and a killed execution are recorded."""
    assert {S.ESCALATED, S.FAILED} <= LEGAL_MOVES[status]


@pytest.mark.parametrize("status", sorted(set(Status)))
def test_every_job_can_end(status: Status) -> None:
    """No status is a trap: from each, a job can still come to an end."""
    assert reachable(LEGAL_MOVES, status) & (FINAL | {S.COMPLETED})


def test_input_that_was_parked_unread_can_still_be_rejected() -> None:
    """A job parked before its input was read may turn out to break the contract."""
    path = [S.PENDING, S.PARKED, S.RETRYING, S.REJECTED]
    assert all(to in LEGAL_MOVES[at] for at, to in pairwise(path))


@pytest.mark.parametrize("at", Status)
def test_moves_are_those_of_the_table(at: Status) -> None:
    """`moved` allows what the table has, and staying; everything else is IllegalMove."""
    allowed = {at, *LEGAL_MOVES[at]}
    assert {moved(job(at), to) for to in allowed} == allowed
    for to in set(Status) - allowed:
        with pytest.raises(IllegalMove, match=f"{at} → {to}"):
            moved(job(at), to)


IDENTITY = st.tuples(*[st.text(max_size=6)] * 4)


@given(IDENTITY, IDENTITY)
def test_one_event_is_one_job(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    """Ids are equal for the same event, and different when any part of its identity is."""
    assert re.fullmatch(r"j-[a-z2-7]{24}", job_id_of(*one))
    assert (job_id_of(*one) == job_id_of(*other)) == equivalent(one, other)


def equivalent(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two identities are the same text in another composition."""
    return [normalize("NFC", part) for part in one] == [normalize("NFC", part) for part in other]


AB_C = ("webhook", "leads", "ab", "c")
A_BC = ("webhook", "leads", "a", "bc")


def test_an_upload_is_its_object_and_version() -> None:
    """The same key written again is another event."""
    there = Pointer.to("uploads", "leads/a b.eml", "v1")
    assert upload_event(there, "v1") == "leads/a%20b.eml\nv1"
    assert upload_event(there, "v2") != upload_event(there, "v1")


def test_a_finished_job_is_one_that_nobody_works_on() -> None:
    """No execution, and no person: a case is not finished."""
    assert FINISHED < ENDED
    assert {S.ESCALATED, S.FAILED} == ENDED - FINISHED


def test_a_summary_says_what_the_job_says() -> None:
    """Where it stands, since when, and until when it waits for a turn."""
    turns = {"crm-write": Turn(at=AT + timedelta(minutes=2), requests=8)}
    held = job(S.PROCESSING, reason="why", turns=turns)
    found = JobSummary.of(held)
    assert (found.job_id, found.status, found.execution) == (
        held.job_id,
        S.PROCESSING,
        held.execution,
    )
    assert (found.door, found.reason) == (held.source.door, "why")
    assert (found.updated_at, found.waits_until) == (AT, AT + timedelta(minutes=2))


def test_parts_do_not_run_together() -> None:
    """Moving a letter from one part to the next is another event."""
    assert job_id_of(*AB_C) != job_id_of(*A_BC)


@pytest.mark.control
def test_joined_parts_would_run_together() -> None:
    """Control: an id over the joined text confuses the two events above."""
    assert "".join(AB_C) == "".join(A_BC)


def test_executions_are_numbered_from_the_second() -> None:
    """The first execution has the job's name; every redrive is a new one."""
    names = [execution_name("j-1", attempt) for attempt in (1, 2, 3)]
    assert names == ["j-1", "j-1-2", "j-1-3"]


@pytest.mark.parametrize("key", ["a/b.eml", "Rene\u0301 ü%2F.eml", "../x", "a\nb", "é"])
def test_a_pointer_keeps_an_objects_key_byte_for_byte(key: str) -> None:
    """What is stored is normalised text; the key comes back as S3 named it all the same."""
    pointer = Pointer.to("uploads", key, "v1")
    back = Pointer.model_validate_json(canonical(pointer))
    assert back.object_key.encode() == key.encode()
    assert (back.bucket, back.version) == ("uploads", "v1")


def test_a_job_waits_until_its_last_turn() -> None:
    """It needs all of them before it goes on; without a turn it waits for none."""
    assert job().waits_until is None
    turns = {
        key: Turn(at=AT + timedelta(seconds=wait), requests=1)
        for key, wait in (("crm", 20), ("mail", 5))
    }
    assert job().model_copy(update={"turns": turns}).waits_until == AT + timedelta(seconds=20)
