"""The desk of a job: children by number, each once, with a release of their own."""

from __future__ import annotations

import pytest

from countersign.actions.desk import HAND_OVER, HandOver
from countersign.domain.errors import Refused
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.handing import MOST_CHILDREN, child_id, children_of, handed_of
from countersign.domain.jobs.job import Status
from countersign.domain.policy.release import release_key
from tests.fakes.journey import Journey, accept, form
from tests.fakes.world import World
from workflows import WORKFLOWS

KEY = "cs-of-the-first-matter"


def order(**what: object) -> HandOver:
    """A matter for lead_intake, with `what` changed."""
    said: dict[str, object] = {
        "number": 1,
        "destination": "lead_intake",
        "about": ("sales",),
        "quotes": ("a quote for 40 licences",),
        "choices": ("lead_intake", "team:operations"),
    }
    return HandOver.model_validate(said | what)


def parent() -> tuple[World, JobRecord]:
    """A job that came by webhook, and its world as its own step sees it."""
    world = World(WORKFLOWS["lead_intake"].offline)
    job_id = accept(world, form())
    world.deps.for_job(job_id)
    return world, world.store.load(job_id)


def child(world: World, record: JobRecord, number: int = 1) -> JobRecord:
    """The parent's child as it is stored."""
    return world.store.load(child_id(record.job.job_id, number))


def test_a_child_reads_the_same_payload_under_its_own_release() -> None:
    """Linked both ways, received when the parent was, pinned, queued, with a due row that heals."""
    world, record = parent()
    receipt = HAND_OVER.do(world.deps.desk, order(), KEY)
    made = child(world, record)
    assert receipt.id == made.job.job_id
    assert made.job.source.payload == record.job.source.payload
    assert made.job.source.received_at == record.job.source.received_at
    assert (made.job.source.door, made.job.source.sender) == ("desk", record.job.job_id)
    assert release_key(made.job.release) in set(world.payloads.keys())
    assert world.queue.sent == [made.job.job_id]
    assert "queue" in made.due
    handed = handed_of(made)
    assert handed
    assert (handed.parent, handed.about) == (record.job.job_id, ("sales",))
    assert HAND_OVER.read_back
    assert HAND_OVER.read_back(world.deps.desk, order(), receipt) == {"to": "lead_intake"}


def test_a_repeat_creates_nothing() -> None:
    """The same number and key, ten times over: one child, found again by its key."""
    world, record = parent()
    made = {HAND_OVER.do(world.deps.desk, order(), KEY).id for _ in range(10)}
    assert made == {child_id(record.job.job_id, 1)}
    assert len(world.store.records()) == 2
    assert HAND_OVER.find
    found = HAND_OVER.find(world.deps.desk, order(), KEY)
    assert found
    assert {found.id} == made


def test_a_number_is_one_matters() -> None:
    """Another action under a number that is used is refused, and finds no effect of its own."""
    world, _ = parent()
    HAND_OVER.do(world.deps.desk, order(), KEY)
    for again in (HAND_OVER.do, HAND_OVER.find):
        assert again
        with pytest.raises(Refused, match="under this number"):
            again(world.deps.desk, order(destination="refund_request"), "cs-another")


def test_a_lost_message_costs_minutes() -> None:
    """The queue is away: the child is stored all the same, and tick queues it again."""
    world, record = parent()
    world.queue.broken = RuntimeError("away")
    HAND_OVER.do(world.deps.desk, order(), KEY)
    assert child(world, record).job.status is Status.PENDING


def test_a_process_that_is_not_there_is_refused() -> None:
    """Nothing is stored for it."""
    world, _ = parent()
    with pytest.raises(Refused, match="no process moon_landing"):
        HAND_OVER.do(world.deps.desk, order(destination="moon_landing"), KEY)
    assert len(world.store.records()) == 1


def test_a_teams_child_becomes_its_case() -> None:
    """No model and no look-up: the message is read, and the team has it, due in its own time."""
    world, record = parent()
    HAND_OVER.do(world.deps.desk, order(destination="team:sales", about=("complaint",)), KEY)
    journey = Journey(world, child_id(record.job.job_id, 1))
    assert journey.goes() == "Escalate"
    case = journey.record.case
    assert case
    assert (case.owner, journey.record.job.status) == ("sales", Status.ESCALATED)
    assert case.due_at > world.clock.now()
    assert "complaint" in case.reason
    assert world.model.asked == []
    assert any(row.job_id == journey.job_id for row in world.store.inbox("role:sales", 9))


def test_children_are_those_of_one_parent() -> None:
    """No other job has any of their ids."""
    mine, others = set(children_of("j-mine")), set(children_of("j-others"))
    assert len(mine) == MOST_CHILDREN
    assert not mine & others


@pytest.mark.control
def test_control_an_id_made_anew_gives_a_child_for_each_repeat() -> None:
    """The naive desk names each child at random: ten deliveries of one order are ten jobs."""
    world, _ = parent()
    naive = {world.ids.token(64) for _ in range(10)}
    assert len(naive) == 10
