"""A rejection is no grave: whoever is in charge corrects it and lets it be planned anew."""

from __future__ import annotations

import pytest

from countersign.domain.approvals.approval import Choice
from countersign.domain.errors import ContractBroken, NotPermitted
from countersign.domain.jobs.change import JobRecord
from countersign.domain.planning.charge import reopens
from countersign.domain.planning.replan import observed
from countersign.jobs.cases import take_out
from countersign.model.feedback import describe
from tests.fakes.journey import Journey
from tests.fakes.world import World
from tests.unit.steps import refunds

WHY, OWNER = "not this one", "kim"


def rejected() -> tuple[World, Journey]:
    """Everything that a request asked for was rejected."""
    world = refunds.world()
    journey = refunds.asks_for(world, "1049", 30_000)
    refunds.signs(world, journey, by="robin", choice=Choice.REJECT)
    journey.answered()
    assert journey.record.job.status == "REJECTED"
    return world, journey


def anew(world: World, journey: Journey, **facts: str) -> JobRecord:
    """Somebody of operations takes it up, and it goes on until it waits or ends."""
    take_out(
        world.deps, journey.job_id, "resume", by=OWNER, words="half is agreed by phone", facts=facts
    )
    journey.goes()
    return journey.record


def test_a_corrected_plan_asks_again_and_shows_what_was_said() -> None:
    """Another sum is asked for and signed anew; the rejected one stays rejected beside it."""
    world, journey = rejected()
    held = anew(world, journey, amount="100.00 EUR")
    refunds_ = [one for one in held.ledger if one.action == "payments.refund"]
    assert [one.status.value for one in refunds_] == ["rejected", "planned"]
    assert refunds_[1].content()["params"]["amount"]["minor"] == 10_000
    assert held.pending
    assert WHY in describe(observed(held))


def test_its_reason_binds_the_next_plan() -> None:
    """Taken up without a correction: exactly the rejected refund is not planned once more."""
    world, journey = rejected()
    held = anew(world, journey)
    again = [one for one in held.ledger if one.action == "payments.refund"]
    assert [one.status.value for one in again] == ["rejected"]


def test_only_who_is_in_charge_takes_it_up_and_says_why() -> None:
    """A stranger to the process is refused, and so are no words at all."""
    world, journey = rejected()
    assert reopens(journey.record)
    with pytest.raises(NotPermitted):
        take_out(world.deps, journey.job_id, "resume", by="ana", words="please", facts={})
    with pytest.raises(ContractBroken, match="needs a reason"):
        take_out(world.deps, journey.job_id, "resume", by=OWNER, words=" ", facts={})


@pytest.mark.control
def test_control_what_nobody_rejected_is_not_taken_up() -> None:
    """Time decided: the job is a case, not a rejection, and is not offered as one."""
    world = refunds.world()
    journey = refunds.asks_for(world, "1049", 30_000)
    assert not reopens(journey.record)
