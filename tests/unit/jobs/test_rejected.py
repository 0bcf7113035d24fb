"""What becomes of what people rejected: a team takes it on, or an answer that a person signs."""

from __future__ import annotations

import pytest

from countersign.domain.approvals.approval import Choice
from countersign.domain.errors import ContractBroken, NotPermitted
from countersign.domain.jobs.job import Status
from countersign.domain.planning.charge import rejected
from countersign.entrypoints.tick import tick
from countersign.extraction.replies import DECLINED
from countersign.jobs import rejected as ways
from countersign.portal.case_view import job
from tests.fakes.journey import Journey
from tests.fakes.world import World
from tests.unit.steps import refunds
from tests.unit.steps.refunds import ADA

OWN = "Hello Ada, the lamp is past its warranty, so there is no refund."


def refused() -> tuple[World, Journey]:
    """A refund and its reply, which Robin rejected."""
    world = refunds.world()
    journey = refunds.asks_for(world, "1049", 30_000)
    refunds.signs(world, journey, by="robin", choice=Choice.REJECT)
    journey.answered()
    assert journey.record.job.status is Status.REJECTED
    return world, journey


def in_part() -> tuple[World, Journey]:
    """The refund is made, and its reply rejected."""
    world = refunds.world()
    journey = refunds.asks_for(world, "1049", 30_000)
    pending = journey.record.pending
    assert pending
    reply = next(h.digest for h in journey.record.ledger if h.action == "email.send_reply")
    refunds.signs(world, journey, by="robin", but={reply: Choice.REJECT})
    journey.answered()
    assert journey.record.job.status is Status.COMPLETED
    return world, journey


def answered(world: World, journey: Journey, **typed: str) -> None:
    """Robin ends the matter with an answer, which then waits for a signature."""
    fixed = ways.suggested(world.deps, journey.record)
    assert fixed["to"] == ADA
    words = {name: typed.get(name, fixed[name]) for name in ("subject", "text")}
    ways.answer(world.deps, journey.job_id, words, by="robin")
    journey.goes()


@pytest.mark.parametrize("case", [refused, in_part])
def test_an_answer_is_asked_as_it_stands_and_sent_once_signed(case: object) -> None:
    """All or a part was rejected: the fixed no is asked alone, names who ends the matter so, and
    leaves when it is signed; the job is complete, says so, and offers no second answer."""
    world, journey = case()  # type: ignore[operator]
    before, made = len(refunds.texts(world)), refunds.amounts(world)
    answered(world, journey)
    pending, held = journey.record.pending, journey.record.ledger[-1]
    assert pending
    assert pending.digests == (held.digest,)
    assert "Robin ends the matter with this answer" in held.verdict.reasons[0].told
    refunds.signs(world, journey, by="robin")
    journey.answered()
    assert refunds.ended(journey) == "COMPLETED"
    assert refunds.texts(world)[before:] == [DECLINED["en"][1]]
    assert refunds.amounts(world) == made
    assert not rejected(journey.record)
    says = job(journey.record, None, world.clock.now()).status
    assert says.startswith("Completed with an answer; ")
    assert says.endswith(" rejected")
    assert ways.suggested(world.deps, journey.record) == {}


def test_who_wrote_the_answer_does_not_sign_it() -> None:
    """Other words than the fixed ones are an edit: somebody else signs them, to the byte."""
    world, journey = refused()
    answered(world, journey, text=OWN)
    pending = journey.record.pending
    assert pending
    assert pending.editors == {journey.record.ledger[-1].digest: ("robin",)}
    refunds.signs(world, journey, by="jonas")
    journey.answered()
    assert refunds.texts(world)[-1:] == [OWN]


def test_a_rejected_answer_leaves_the_job_open_for_another() -> None:
    """The second no is no end either; the same words do not come again."""
    world, journey = refused()
    answered(world, journey, text=OWN)
    refunds.signs(world, journey, by="jonas", choice=Choice.REJECT)
    journey.answered()
    assert refunds.ended(journey) == "REJECTED"
    with pytest.raises(ContractBroken, match="rejected exactly this"):
        answered(world, journey, text=OWN)
    answered(world, journey)
    assert journey.record.pending


@pytest.mark.parametrize("case", [refused, in_part])
def test_a_team_takes_it_on_as_a_case_in_its_own_time(case: object) -> None:
    """It is due in the team's hours, its people are mailed by the next tick, and the trail says who
    handed it over and why; it can be handed on from there."""
    world, journey = case()  # type: ignore[operator]
    world.people.save(refunds.member("sue", "support", 0))
    there = ways.teams(world.deps, journey.record)
    assert there["support"] == "Customer support"
    ways.hand_to(world.deps, journey.job_id, "support", by="robin", words="a broken lamp")
    tick(world.deps)
    held = journey.record
    assert (held.job.status, held.case and held.case.owner) == (Status.ESCALATED, "support")
    assert "Robin handed it over: a broken lamp" in held.job.reason
    told = [mail.to for mail in world.mail.sent if "broken lamp" in mail.subject]
    assert told == ["sue@countersign.example"]
    assert "support" not in ways.teams(world.deps, held)
    ways.hand_to(world.deps, journey.job_id, "press", by="sue", words="they want to publish")
    assert journey.record.case
    assert journey.record.case.owner == "press"
    assert not rejected(journey.record)


def test_both_need_somebody_in_charge_and_handing_over_a_reason_and_a_team() -> None:
    """Else nothing changes."""
    world, journey = refused()
    with pytest.raises(NotPermitted):
        ways.answer(world.deps, journey.job_id, {"subject": "Re", "text": OWN}, by="ana")
    for team, by, words, error in (
        ("support", "robin", " ", ContractBroken),
        ("the moon", "robin", "why", ContractBroken),
        ("support", "ana", "why", NotPermitted),
    ):
        with pytest.raises(error):
            ways.hand_to(world.deps, journey.job_id, team, by=by, words=words)
    assert journey.record.job.status is Status.REJECTED


@pytest.mark.control
def test_control_what_nobody_rejected_offers_nothing() -> None:
    """A refund that ran by itself, and one that still waits."""
    for begun in (refunds.begin, lambda made: refunds.asks_for(made, "1049", 30_000)):
        world = refunds.world()
        journey = begun(world)
        assert not rejected(journey.record)
        assert ways.suggested(world.deps, journey.record) == {}
        assert ways.teams(world.deps, journey.record) == {}
