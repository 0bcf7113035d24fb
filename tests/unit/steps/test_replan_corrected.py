"""What a person corrected in a case holds for every later plan of the job."""

from __future__ import annotations

from countersign.domain.policy.proposal import Proposal
from countersign.jobs.cases import take_out
from tests.fakes.journey import Journey
from tests.unit.steps.replans import asked, attentive, decides, pending


def facts(journey: Journey) -> dict[str, str]:
    """What the job's present proposal says."""
    held = journey.record.results["proposal"].as_(Proposal)
    return {name: fact.value for name, fact in held.facts.items()}


def test_corrected_facts_survive_a_new_plan() -> None:
    """The CRM refuses the lead, the model is asked anew; country and company stay Kim's."""
    world = attentive()
    journey = asked(world, country="Atlantis")
    assert journey.record.job.status == "ESCALATED"
    theirs = {"country": "HK", "company": "Right Company Ltd"}
    take_out(world.deps, journey.job_id, "resume", by="kim", words="", facts=theirs)
    journey.goes()
    decides(world, journey, by=pending(journey).approvers[0].id)
    journey.answered()
    assert journey.record.results["proposal"].as_(Proposal).plan == 1
    assert theirs.items() <= facts(journey).items()
    assert journey.record.job.status == "WAITING_FOR_REVIEW"
    by = journey.record.results["proposal"].as_(Proposal).facts["country"].by
    assert by == "kim"
    decides(world, journey, by=pending(journey).approvers[0].id)
    journey.answered()
    assert journey.record.job.status == "COMPLETED"
    assert theirs.items() <= facts(journey).items()
