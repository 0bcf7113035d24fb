"""Handing over: the child's identity, and what it is given."""

from __future__ import annotations

from countersign.domain.jobs.change import JobRecord, after, created
from countersign.domain.jobs.handing import (
    MOST_CHILDREN,
    Handed,
    child,
    child_id,
    children_of,
    handed_of,
    handed_over,
    team_of,
    workflow_of,
)
from tests.builders import AT, job

HANDED = Handed(parent="j-p", number=2, key="cs-1", to="team:support", about=("a",), quotes=("q",))


def test_a_child_is_named_by_its_parent_and_number() -> None:
    """Whatever process takes it on, and no other parent has it."""
    assert child_id("j-p", 1) == child_id("j-p", 1)
    assert len({*children_of("j-p"), *children_of("j-q")}) == 2 * MOST_CHILDREN


def test_a_child_is_told_where_it_comes_from() -> None:
    """The parent's payload and time; the order as a result; a due row that heals."""
    parent = job()
    made, change = child(parent, 2, "letters", "r-1", AT), handed_over(parent, HANDED)
    assert made.source.payload == parent.source.payload
    assert (made.source.door, made.source.sender, made.source.event_id) == (
        "desk",
        parent.job_id,
        "2",
    )
    stored, entry = created(made, change, lambda: "0" * 32)
    record = after(JobRecord(job=stored), stored, entry, change)
    assert handed_of(record) == HANDED
    assert "queue" in record.due
    assert handed_of(JobRecord(job=parent)) is None


def test_a_destination_is_a_team_or_a_process() -> None:
    """The role of a team; empty for a process."""
    assert (HANDED.team, team_of("letters")) == ("support", "")
    assert (workflow_of("inbox"), workflow_of("letters")) == ("front_desk", "letters")
