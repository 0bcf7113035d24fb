"""Handing over: a job's child, one for each matter, which another process or a team takes on."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import StringConstraints

from countersign.domain.contract import Contract
from countersign.domain.jobs.change import Change, Due, JobRecord
from countersign.domain.jobs.intake import START_WITHIN, begun
from countersign.domain.jobs.job import Job, Source, job_id_of

FRONT_DESK, INBOX = "front_desk", "inbox"
"""The workflow that takes what names none, and the prefix under which it takes uploads."""
MOST_CHILDREN = 6
"""Of one job, those that were moved on included: its session may create no others."""
HAND_OVER = "desk.hand_over"
"""The id of the action."""
HANDED = "handed"
"""The name of the result that says where a child comes from."""
RELEASE_CHANGE = "release_change"
"""The workflow of our own releases."""
AGENT_ACTIONS = "agent_actions"
"""The workflow of what other systems propose."""
CLOSED = frozenset({RELEASE_CHANGE, AGENT_ACTIONS})
"""Workflows that no webhook and no upload is taken in for: the first one's orders come from an
operator's terminal, the second one's through a door of its own."""
DOOR = "desk"
_TEAM = "team:"

Destination = Annotated[str, StringConstraints(pattern=r"^(?:team:)?[a-z][a-z0-9_-]{0,63}$")]
"""The id of a workflow, or `team:` and the role of a team."""


class Handed(Contract):
    """What a child was given beside the payload: evidence of what was understood, never facts."""

    CONTRACT: ClassVar[str] = "handed"
    VERSION: ClassVar[int] = 1

    parent: str
    number: int
    key: str
    """Of the action that handed it over."""
    to: str
    """A destination: a workflow or a team."""
    about: tuple[str, ...]
    quotes: tuple[str, ...]

    @property
    def team(self) -> str:
        """The role that takes it on as a case; empty for a workflow."""
        return team_of(self.to)


def workflow_of(prefix: str) -> str:
    """The workflow that takes the uploads under this prefix."""
    return FRONT_DESK if prefix == INBOX else prefix


def team_of(to: str) -> str:
    """The role in a destination; empty when it is a workflow."""
    return to.removeprefix(_TEAM) if to.startswith(_TEAM) else ""


def child_id(parent: str, number: int) -> str:
    """The id of a job's child, whichever process takes it on: a repeat creates nothing."""
    return job_id_of(DOOR, "", parent, str(number))


def children_of(parent: str) -> tuple[str, ...]:
    """The ids of all children that a job can have."""
    return tuple(child_id(parent, number) for number in range(1, MOST_CHILDREN + 1))


def child(parent: Job, number: int, workflow: str, release: str, at: datetime) -> Job:
    """The child: the same payload, received when the parent was, under a release of its own."""
    job_id, came = child_id(parent.job_id, number), parent.source
    source = Source(
        door="desk",
        sender=parent.job_id,
        event_id=str(number),
        payload=came.payload,
        body_digest=came.body_digest,
        size=came.size,
        received_at=came.received_at,
    )
    return begun(job_id, workflow, release, source, at)


def handed_over(job: Job, handed: Handed) -> Change:
    """The child's first change; if it does not begin in time, `tick` queues it again."""
    return Change(
        event="handed over",
        actor=f"job:{handed.parent}",
        fields={"from": handed.parent, "to": handed.to, "about": ", ".join(handed.about)},
        results={HANDED: handed},
        due=(Due(kind="queue", at=job.created_at + START_WITHIN),),
    )


def parent_of(record: JobRecord) -> str:
    """The id of the job that handed this one over; empty for one that came through a door."""
    source = record.job.source
    return source.sender if source.door == DOOR else ""


def children(record: JobRecord) -> tuple[tuple[str, str], ...]:
    """(id, destination) of each child that was handed over, in their order."""
    return tuple(
        (held.receipt.id, str(held.content()["params"]["destination"]))
        for held in record.ledger
        if held.action == HAND_OVER and held.receipt
    )


def handed_of(record: JobRecord) -> Handed | None:
    """Where the job comes from; None for one that came through a door."""
    held = record.results.get(HANDED)
    return held.as_(Handed) if held else None
