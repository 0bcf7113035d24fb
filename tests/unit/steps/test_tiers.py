"""Time while people decide: reminders, tiers, deputies, expiry. All of it is rows for tick."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from countersign.domain.approvals.approval import Choice
from countersign.domain.approvals.directory import Away
from countersign.domain.approvals.working_hours import Hours
from countersign.domain.errors import NotAuthorised
from countersign.entrypoints.tick import tick
from tests.fakes.journey import Journey, accept, form
from tests.fakes.world import ANA, BEN, CLEO, START, World
from tests.unit.steps.test_journeys import SENDER, offline
from workflows import WORKFLOWS


@pytest.fixture
def world() -> World:
    return World(offline)


@pytest.fixture
def waiting(world: World) -> Journey:
    journey = Journey(world, accept(world, form()))
    journey.goes()
    return journey


def mailed(world: World) -> list[str]:
    """Whom a request was mailed to, in order, the newest last."""
    return [mail.to for mail in world.mail.sent if mail.to != SENDER]


def passes(world: World, **time: float) -> None:
    """Time passes, and tick runs."""
    world.clock.passes(**time)
    tick(world.deps)


@pytest.mark.usefixtures("waiting")
def test_the_first_tier_is_asked_and_reminded_once_at_half_of_its_time(
    world: World,
) -> None:
    """Two mails each in eight hours, however often tick runs."""
    assert mailed(world) == [ANA.address, BEN.address]
    passes(world, hours=4, minutes=1)
    for _ in range(5):
        tick(world.deps)
    assert mailed(world) == [ANA.address, BEN.address] * 2


@pytest.mark.usefixtures("waiting")
def test_a_crash_while_reminding_loses_a_reminder_rather_than_repeating_it(
    world: World,
) -> None:
    """The row goes before the mail: nobody is ever reminded twice of one deadline."""
    world.mail.fails_with(RuntimeError("the provider is away"))
    passes(world, hours=4, minutes=1)
    tick(world.deps)
    assert mailed(world) == [ANA.address, BEN.address]


def test_after_its_time_the_next_tier_is_asked_too(world: World, waiting: Journey) -> None:
    """The digests stay what they were, the first tier's links still work, the deadline moves."""
    before = waiting.record.pending
    passes(world, hours=8, minutes=1)
    after = waiting.record.pending
    assert before
    assert after
    assert mailed(world)[-1] == CLEO.address
    assert (after.digests, after.approval_id) == (before.digests, before.approval_id)
    assert after.deadline > before.deadline
    waiting.is_decided(Choice.APPROVE, by="ana")
    assert waiting.answered() == "Close"
    assert len(world.mail.to(SENDER)) == 1


def test_a_deputy_is_asked_straight_away_and_signs_in_the_place_of_the_absent(
    world: World,
) -> None:
    """Out of office: Cleo is asked for Ana at once; the record says for whom."""
    away = Away(since=START, until=START + timedelta(days=2), deputy="cleo")
    world.people.becomes(ANA, away=(away,))
    journey = Journey(world, accept(world, form()))
    journey.goes()
    assert set(mailed(world)) == {BEN.address, CLEO.address}
    assert journey.record.pending
    assert journey.record.pending.instead_of == {"cleo": "ana"}
    journey.is_decided(Choice.APPROVE, by="cleo")
    assert journey.answered() == "Close"


def test_a_deadline_counts_only_hours_at_work(world: World) -> None:
    """Asked on Friday afternoon, eight working hours end on Monday."""
    for person in (ANA, BEN):
        world.people.becomes(person, hours=Hours())
    world.clock.passes(days=4, hours=6)  # Friday 15:00
    journey = Journey(world, accept(world, form()))
    journey.goes()
    pending = journey.record.pending
    assert pending
    assert f"{pending.deadline:%a %H:%M}" == "Mon 15:00"


def test_when_nobody_may_decide_a_person_gets_the_job_at_once(world: World) -> None:
    """An empty tier is passed over; with no tier left the job becomes a case that says why."""
    for person in (ANA, BEN, CLEO):
        world.people.leaves(person)
    journey = Journey(world, accept(world, form()))
    assert journey.goes() == "Escalate"
    assert "nobody may decide" in journey.record.job.reason


def test_an_empty_tier_is_passed_over(world: World) -> None:
    """Without sellers the lead is asked first."""
    for person in (ANA, BEN):
        world.people.leaves(person)
    Journey(world, accept(world, form())).goes()
    assert mailed(world) == [CLEO.address]


def test_whoever_sent_the_message_is_not_asked_about_it(world: World) -> None:
    """Requester and approver are different people."""
    journey = Journey(world, accept(world, form(email=ANA.address)))
    journey.goes()
    assert ANA.address not in mailed(world)
    with pytest.raises(NotAuthorised, match="not asked"):
        journey.is_decided(Choice.APPROVE, by="ana")


def test_a_holiday_of_the_company_is_nobodys_working_time() -> None:
    """A tier's hours begin on Tuesday when the Monday on which it is asked is a holiday."""
    lead = WORKFLOWS["lead_intake"]
    limits = lead.release.limits
    free = {**limits.lists, "company.holidays": (START.date().isoformat(),)}
    release = lead.release.model_copy(update={"limits": limits.model_copy(update={"lists": free})})
    ends = []
    for flow in (lead, replace(lead, release=release)):
        world = World(offline, workflows={"lead_intake": flow})
        journey = Journey(world, accept(world, form()))
        journey.goes()
        assert journey.record.pending
        ends.append(journey.record.pending.deadline)
    assert [end.date() - START.date() for end in ends] == [timedelta(0), timedelta(days=1)]
