"""The start door: uploads become jobs or records of why not; messages become executions."""

from __future__ import annotations

import json
from typing import Any

import pytest

from countersign.domain.canonical import canonical
from countersign.domain.jobs.job import Job
from countersign.entrypoints.start import MAX_UPLOAD_BYTES, start
from tests.fakes.world import World
from workflows import WORKFLOWS


@pytest.fixture
def world() -> World:
    return World(lambda _: {})


def uploaded(key: str, *, size: int = 10, version: str = "", sequencer: str = "0001") -> str:
    """The message that EventBridge puts into the intake queue for an object."""
    thing = {"key": key, "size": size, "etag": "e1", "sequencer": sequencer}
    thing |= {"version-id": version} if version else {}
    detail = {"bucket": {"name": "uploads"}, "object": thing}
    return json.dumps({"source": "aws.s3", "detail": detail})


def only_job(world: World) -> Any:
    (record,) = world.store._records.values()
    return record.job


def test_a_queued_job_is_started_under_its_own_id(world: World) -> None:
    """Started twice, it is one execution: the name is the job's id."""
    start(world.deps, '{"job_id": "j-1"}')
    start(world.deps, '{"job_id": "j-1"}')
    assert world.executions.started == [("j-1", "j-1")]


@pytest.mark.parametrize(
    "name",
    [
        "mail ü%2F.eml",
        "a%20b+c%2Bd.eml",
        "50%25%20off%2520.eml",
        "Größe & Menge (2) #1?.eml",
        "Gro\u0308\u00dfe.eml",
        "見積もり.eml",
        "📧 100 %.eml",
        "2026/11/30/a//b/./c.eml",
        "'\"`$%{x}~.eml",
        "%E4%F6.eml",
        "trailing .",
    ],
)
def test_an_upload_under_a_workflows_prefix_becomes_a_job(world: World, name: str) -> None:
    """Its payload stays where it is, whatever its name looks like; the job points to it with its
    version."""
    start(world.deps, uploaded(f"lead_intake/{name}", version="v1"))
    job = only_job(world)
    assert (job.status, job.workflow) == ("PENDING", "lead_intake")
    held = Job.model_validate_json(canonical(job))
    assert held.source.payload.object_key == f"lead_intake/{name}"
    assert held.source.payload.version == "v1"
    assert world.executions.started == [(job.job_id, job.job_id)]


@pytest.mark.parametrize(
    ("key", "size", "why"),
    [
        ("lead_intake/", 0, "folder marker"),
        ("elsewhere/mail.eml", 10, "no workflow has this prefix"),
        ("mail.eml", 10, "no workflow has this prefix"),
        ("lead_intake/empty.eml", 0, "empty"),
        ("lead_intake/huge.eml", MAX_UPLOAD_BYTES + 1, "25,000,000 are taken: send it in parts"),
        ("annotation_qa/huge.jsonl", 200_000_001, "200,000,000 are taken: send it in parts"),
    ],
)
def test_what_cannot_be_a_job_is_a_rejected_record_not_silence(
    world: World, key: str, size: int, why: str
) -> None:
    """The record says why; nothing is started."""
    start(world.deps, uploaded(key, size=size))
    job = only_job(world)
    assert job.status == "REJECTED"
    assert why in job.reason
    assert world.executions.started == []


@pytest.mark.parametrize("name", [one for one, each in WORKFLOWS.items() if each.lane])
def test_a_file_of_many_items_is_taken_up_to_its_lanes_own_bound(world: World, name: str) -> None:
    """What is read whole has a lower one."""
    lane = WORKFLOWS[name].lane
    assert lane
    assert lane.most_bytes > MAX_UPLOAD_BYTES
    start(world.deps, uploaded(f"{name}/long", size=lane.most_bytes))
    assert only_job(world).status == "PENDING"


def test_what_ses_says_when_a_rule_begins_is_no_job(world: World) -> None:
    """The notice that a receipt rule may write here is nobody's message."""
    start(world.deps, uploaded("inbox/AMAZON_SES_SETUP_NOTIFICATION"))
    assert world.executions.started == []


def test_the_same_object_event_twice_is_one_job_and_a_new_version_is_a_new_one(
    world: World,
) -> None:
    """Identity is bucket, key and version-id; without one, the sequencer."""
    for _ in range(2):
        start(world.deps, uploaded("lead_intake/a.eml", version="v1"))
    assert len(world.store._records) == 1
    start(world.deps, uploaded("lead_intake/a.eml", version="v2"))
    start(world.deps, uploaded("lead_intake/a.eml"))
    start(world.deps, uploaded("lead_intake/a.eml", sequencer="0002"))
    assert len(world.store._records) == 4


def test_a_crash_after_storing_an_upload_is_healed_by_the_next_receive(world: World) -> None:
    """The message comes back; the job is known, and its execution is started."""
    original = world.executions.start
    calls: list[str] = []

    def dies_once(name: str, job_id: str) -> None:
        calls.append(name)
        if len(calls) == 1:
            raise OSError("cut off")
        original(name, job_id)

    world.deps.__dict__["executions"] = type("X", (), {"start": staticmethod(dies_once)})()
    with pytest.raises(OSError, match="cut off"):
        start(world.deps, uploaded("lead_intake/a.eml"))
    start(world.deps, uploaded("lead_intake/a.eml"))
    assert len(world.executions.started) == 1
