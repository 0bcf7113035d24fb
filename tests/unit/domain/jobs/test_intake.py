"""Intake: an event's identity is its job's, and what is turned away leaves a record."""

from __future__ import annotations

from typing import Any

import pytest

from countersign.domain.jobs.intake import START_WITHIN, accepted, new_job, turned_away
from countersign.domain.jobs.job import Source, Status
from tests.builders import AT, source


def job_id(workflow_id: str = "letters", **parts: Any) -> str:
    """The id of the job that an event becomes."""
    return new_job(workflow_id, "f" * 64, source(**parts), AT).job_id


def test_a_new_job_waits_for_its_first_execution() -> None:
    """An accepted event is a PENDING job, owned by the execution of its own name."""
    made = new_job("letters", "f" * 64, source(), AT)
    assert (made.status, made.attempt, made.execution) == (Status.PENDING, 1, made.job_id)
    assert (made.release, made.created_at, made.updated_at) == ("f" * 64, AT, AT)


@pytest.mark.parametrize(
    "parts", [{}, {"size": 9, "body_digest": "1" * 64}, {"received_at": AT + START_WITHIN}]
)
def test_the_same_event_is_the_same_job(parts: dict[str, Any]) -> None:
    """Neither body nor time of arrival is part of an event's identity."""
    assert job_id(**parts) == job_id()


@pytest.mark.parametrize(
    "parts",
    [
        {"door": "upload"},
        {"sender": "shop-2"},
        {"event_id": "evt-2"},
        {"sender": "shope", "event_id": "vt-1"},
        {"workflow_id": "letters-2"},
    ],
)
def test_another_event_is_another_job(parts: dict[str, Any]) -> None:
    """Door, workflow, sender and event id each tell two events apart."""
    assert job_id(**parts) != job_id()


def test_an_accepted_job_is_queued_again_if_it_does_not_begin() -> None:
    """The first change tells digest and size of the body, and sets the row that heals a crash."""
    made = new_job("letters", "f" * 64, source(size=7), AT)
    change = accepted(made)
    assert change.fields == {"body_digest": "0" * 64, "size": "7"}
    assert [(row.kind, row.at) for row in change.due] == [("queue", AT + START_WITHIN)]
    assert (change.actor, change.status) == ("door:webhook", None)


def test_what_is_turned_away_leaves_a_record() -> None:
    """A refused event is REJECTED with its reason, and nothing is due for it."""
    change = turned_away(new_job("letters", "f" * 64, source(door="upload"), AT), "empty file")
    assert (change.status, change.reason) == (Status.REJECTED, "empty file")
    assert (change.actor, change.due) == ("door:upload", ())


def test_a_source_names_its_door() -> None:
    """There are two doors, and no other can be made up."""
    with pytest.raises(ValueError, match="door"):
        Source.model_validate_json('{"door": "fax"}')
