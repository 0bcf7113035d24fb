"""A job as data and as a story: complete, checkable, and without what must stay inside."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from countersign.domain.approvals.approval import Choice
from countersign.domain.jobs.audit import erased
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.job import Status
from countersign.domain.limits.pace import Turn
from countersign.portal.timeline import timeline
from infra.cli.job_view import age, as_dict, waits_for
from tests.fakes.journey import Journey, accept, form
from tests.fakes.world import ANA, START, World
from workflows import WORKFLOWS

KEYS = [
    *("job_id", "workflow", "status", "facts", "findings"),
    *("decisions", "actions", "approvals", "audit", "cost"),
]


def asked() -> Journey:
    """A job that waits for a signature on its reply."""
    world = World(WORKFLOWS["lead_intake"].offline)
    journey = Journey(world, accept(world, form()))
    assert journey.goes() == "Ask"
    return journey


@pytest.fixture(scope="module")
def record() -> JobRecord:
    """The record of a job that waits."""
    return asked().record


def test_the_published_keys_come_first(record: JobRecord) -> None:
    """The ten keys that tools rely on are there, in their order."""
    assert list(as_dict(record, WORKFLOWS))[: len(KEYS)] == KEYS


def test_everything_is_plain_json(record: JobRecord) -> None:
    """What the pages and the command print survives a round trip through JSON."""
    data = as_dict(record, WORKFLOWS)
    assert json.loads(json.dumps(data)) == data


def test_a_task_token_never_leaves(record: JobRecord) -> None:
    """Neither the token nor an approver's address is in what is shown."""
    text = json.dumps(as_dict(replace(record, tokens={"a": "the-token"}), WORKFLOWS))
    assert "the-token" not in text
    assert ANA.address not in text


def test_each_action_has_its_verdict_and_its_bytes(record: JobRecord) -> None:
    """Decisions and actions go by the same digests, in the order of the plan."""
    data = as_dict(record, WORKFLOWS)
    digests = [action["digest"] for action in data["actions"]]
    assert digests == [decision["digest"] for decision in data["decisions"]]
    assert data["decisions"][-1]["answer"] == "ask"
    assert data["actions"][-1]["body"]["params"]["to"] == "anna.lindner@hafenwerk.example"


def test_who_is_waited_for(record: JobRecord) -> None:
    """A job that waits names everybody who may decide."""
    assert waits_for(record) == "Ana Costa or Ben Okafor"


def test_a_job_whose_turn_is_to_come_says_until_when(record: JobRecord) -> None:
    """While the machine has it, and while it is parked; not once it has ended."""
    turns = {"crm-write": Turn(at=START, requests=8)}

    def stands(status: Status) -> JobRecord:
        job = record.job.model_copy(update={"status": status, "turns": turns})
        return replace(record, job=job)

    for status in (Status.PROCESSING, Status.PARKED):
        assert waits_for(stands(status)) == "its turn until 02 Mar 2026, 09:00:00 UTC"
    assert waits_for(stands(Status.COMPLETED)) == ""


def test_a_paused_job_names_the_command_that_lets_it_go_on(record: JobRecord) -> None:
    """Time alone wakes no paused job: it has no due time to wait for."""
    reason = "lead_intake is paused by kim: the CRM moves"
    job = record.job.model_copy(update={"status": Status.PARKED, "reason": reason})
    waits = waits_for(replace(record, job=job))
    assert waits == "`countersign resume lead_intake --by PERSON`"


def test_an_ended_job_waits_for_nobody() -> None:
    """After the decision and the end there is nobody to wait for, and the reason is kept."""
    journey = asked()
    journey.is_decided(Choice.REJECT, reason="the tone is wrong")
    journey.answered()
    data = as_dict(journey.record, WORKFLOWS)
    assert (data["status"], data["waits_for"]) == ("COMPLETED", "")
    assert data["approvals"][0]["decision"]["name"] == "Ana Costa"
    assert data["approvals"][0]["decision"]["reason"] == "the tone is wrong"


def test_the_audit_chain_is_verified_each_time(record: JobRecord) -> None:
    """An intact chain says so."""
    assert as_dict(record, WORKFLOWS)["audit"]["verified"] is True
    assert as_dict(record, WORKFLOWS)["audit"]["faults"] == []


@pytest.mark.control
def test_a_forged_entry_is_seen(record: JobRecord) -> None:
    """A chain in which somebody else is named as actor is not called intact."""
    first = record.audit[0].model_copy(update={"actor": "person:mallory"})
    forged = as_dict(replace(record, audit=(first, *record.audit[1:])), WORKFLOWS)["audit"]
    assert forged["verified"] is False
    assert forged["faults"]


def test_the_story_has_one_moment_per_entry(record: JobRecord) -> None:
    """Every audit entry is told, in order, with the seconds since the beginning."""
    story = timeline(record)
    assert [moment.number for moment in story] == list(range(1, len(record.audit) + 1))
    assert story[0].since == 0
    assert story[0].who == "webhook door"
    assert story[-1].what == "A signature was asked for"


def test_erased_fields_say_so(record: JobRecord) -> None:
    """A story from which personal data was erased still tells what happened."""
    gone = replace(record, audit=tuple(erased(entry) for entry in record.audit))
    decided = next(m for m in timeline(gone) if m.who == "Decide")
    assert ("1. upsert contact", "(erased)") in decided.details
    assert as_dict(gone, WORKFLOWS)["audit"]["verified"] is True


@pytest.mark.parametrize(
    ("seconds", "said"), [(-3, "0 s"), (59, "59 s"), (60, "1 min"), (7200, "2 h"), (200000, "2 d")]
)
def test_ages_are_short(seconds: int, said: str) -> None:
    """Ages are rounded down to one unit and never negative."""
    assert age(START, START + timedelta(seconds=seconds)) == said
