"""A job's story tells waiting from work."""

from __future__ import annotations

from datetime import timedelta

from countersign.domain.jobs.audit import GENESIS
from countersign.domain.jobs.change import Change, JobRecord, after, transition
from countersign.domain.jobs.job import Status
from countersign.portal.timeline import timeline, times
from tests.builders import AT, job, record, salts

SALT = salts()
STORY = (
    (0, "accepted", "door:webhook"),
    (5, "prepared", "state:Prepare"),
    (7, "asked", "state:Ask"),
    (60, "reminded", "system:tick"),
    (7_207, "signed by a person", "person:ana"),
    (7_210, "decided by a person", "person:ben"),
    (7_211, "acted", "state:Act"),
    (7_212, "closed", "state:Close"),
    (90_000, "page read", "person:ana"),
)
"""Seconds after the beginning, event, actor."""


def told() -> JobRecord:
    """A job that waited to begin and for two signatures, and was read the day after its end."""
    made = record((), job=job(Status.PROCESSING, audit_length=0, audit_head=GENESIS))
    for seconds, event, actor in STORY:
        change = Change(event, actor)
        moved, entry = transition(made.job, change, AT + timedelta(seconds=seconds), SALT)
        made = after(made, moved, entry, change)
    return made


def test_waiting_is_told_apart_from_work() -> None:
    """By what for; a reminder and one of two signatures end no wait, and nothing counts after the
    end."""
    took = times(told())
    assert took.worked == timedelta(seconds=4)
    assert took.waited == {
        "its start": timedelta(seconds=5),
        "a signature": timedelta(seconds=7_203),
    }
    assert (
        took.words == "worked on for 4 s; waited 5 s for its start; waited 2 hours for a signature"
    )
    said = {one.number: dict(one.details) for one in timeline(told())}
    assert said[2] == {"before it": "waited 5 s for its start"}
    assert said[3] == {}
    assert said[9] == {"in all": took.words}
    assert timeline(record(())) == ()
