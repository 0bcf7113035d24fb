"""Budgets of the model stop: a job whose call does not fit waits, says so, and goes on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import lru_cache

import pytest

from countersign.domain.errors import ContractBroken, NotFound, NotPermitted, Throttled, Unavailable
from countersign.domain.jobs.job import Status
from countersign.domain.limits.budgets import ACCOUNT, HOLDS_FOR, NOTHING, Amount, Budgets, Most
from countersign.domain.limits.pace import RateLimit
from countersign.entrypoints.tick import tick
from countersign.jobs.budgets import raise_day, raise_job, standing
from countersign.jobs.cases import take_out
from infra.cli.job_view import waits_for
from tests.fakes.journey import Journey, accept, form
from tests.fakes.world import World
from workflows import WORKFLOWS
from workflows.lead_intake.offline.answer import offline

LEAD = WORKFLOWS["lead_intake"]
USED = 1_200
"""Tokens of an answer of the fake model."""


def world_with(**most: Most) -> World:
    """A world whose lead_intake has these budgets."""
    flow = replace(LEAD, budgets=Budgets(**most))
    return World(offline, {flow.id: flow})


def begin(world: World, event: str = "evt-1") -> Journey:
    """A web form on its way, as far as it comes."""
    journey = Journey(world, accept(world, form(email=f"{event}@hafenwerk.example"), event))
    journey.goes()
    return journey


class Killed(BaseException):
    """SIGKILL while the model is asked."""


def is_killed(world: World, event: str = "evt-1") -> None:
    """A job's function dies under way."""
    world.model.broken = Killed()  # type: ignore[assignment] # no exception that anybody catches
    with pytest.raises(Killed):
        begin(world, event)
    world.model.broken = None


@lru_cache(maxsize=1)
def worst() -> int:
    """Tokens that one call of this form holds while it is under way."""
    world = world_with(day=Most(tokens=1_000_000))
    is_killed(world)
    return world.budgets.counter("2026-03-02").holds(LEAD.id).tokens


def day(world: World) -> Amount:
    """What today's calls of the workflow have cost."""
    return world.budgets.counter(world.clock.now().date().isoformat()).spent(LEAD.id)


def status(journey: Journey) -> Status:
    """The job's, as it is stored now."""
    return journey.record.job.status


def goes_on(world: World, journey: Journey) -> Status:
    """A minute later `tick` comes; the job's state after it."""
    world.clock.passes(minutes=1)
    tick(world.deps)
    if journey.record.job.status is Status.RETRYING:
        journey.goes()
    return journey.record.job.status


def test_a_stage_without_bounds_writes_nothing() -> None:
    """No counter, no request more: the price of a budget is paid by who sets one."""
    world = world_with()
    assert begin(world).record.job.status is Status.WAITING_FOR_REVIEW
    assert world.budgets.writes == 0


def test_a_call_is_held_at_its_worst_and_settled_at_its_cost() -> None:
    """Two writes of one row, for the account and the workflow together."""
    world = world_with(day=Most(tokens=worst()), account=Most(tokens=2 * worst()))
    begin(world)
    row = world.budgets.counter("2026-03-02")
    assert world.budgets.writes == 2
    assert row.spent(ACCOUNT) == row.spent(LEAD.id) == day(world)
    assert (day(world).tokens, row.held) == (USED, {})
    assert day(world).nano_usd > 0


def test_without_room_a_job_waits_for_tomorrow() -> None:
    """It is parked without a question to the model, says what it waits for, and no try is used up;
    `tick` leaves it until the UTC day is over, then it goes on by itself."""
    world = world_with(day=Most(tokens=worst() + USED - 1))
    begin(world)
    second = begin(world, "evt-2")
    job = second.record.job
    assert (job.status, job.parked, len(world.model.asked)) == (Status.PARKED, 0, 1)
    assert "2026-03-02 (UTC) for lead_intake" in job.reason
    assert "countersign budget raise lead_intake" in waits_for(second.record)
    for _ in range(3):
        assert goes_on(world, second) is Status.PARKED
    assert second.visited.count("Propose") == 1
    world.clock.passes(hours=24)
    assert goes_on(world, second) is Status.WAITING_FOR_REVIEW


def test_an_operator_raises_it_and_the_job_goes_on_within_a_minute() -> None:
    """Who and why stay in the day's row, also for the account's budget, which binds all."""
    world = world_with(account=Most(tokens=worst() + USED - 1))
    begin(world)
    second = begin(world, "evt-2")
    assert "for all, " in second.record.job.reason
    raise_day(world.deps, "all", Amount(tokens=1), by="kim", reason="a campaign")
    assert goes_on(world, second) is Status.WAITING_FOR_REVIEW
    (added,) = standing(world.deps)[0].counter.raises
    assert (added.by, added.reason, added.scope) == ("kim", "a campaign", ACCOUNT)


def test_who_may_not_raise_does_not() -> None:
    """A seller, a name that nobody has, no reason, nothing to add: nothing is written."""
    world, one = world_with(day=Most(tokens=1)), Amount(tokens=1)
    job_id = begin(world).job_id
    with pytest.raises(NotPermitted):
        raise_day(world.deps, LEAD.id, one, by="ana", reason="x")
    with pytest.raises(NotPermitted):
        raise_job(world.deps, job_id, one, by="nobody", reason="x")
    with pytest.raises(NotFound, match="all, lead_intake"):
        raise_day(world.deps, "moon", one, by="kim", reason="x")
    with pytest.raises(ContractBroken, match="--reason"):
        raise_day(world.deps, LEAD.id, one, by="kim", reason=" ")
    for nothing in (NOTHING, Amount(tokens=-1), Amount(tokens=5, nano_usd=-1)):
        with pytest.raises(ContractBroken, match="above zero"):
            raise_day(world.deps, LEAD.id, nothing, by="kim", reason="x")
    assert world.budgets.writes == 0


def test_a_killed_call_leaks_nothing() -> None:
    """Its hold is in the way for five minutes; whoever needs the room then frees it."""
    world = world_with(day=Most(tokens=worst() + 10))
    is_killed(world)
    other = begin(world, "evt-2")
    assert other.record.job.status is Status.PARKED
    world.clock.passes(seconds=HOLDS_FOR.total_seconds())
    third = begin(world, "evt-3")
    assert third.record.job.status is Status.WAITING_FOR_REVIEW
    assert day(world).tokens == USED


@pytest.mark.parametrize(
    ("fault", "counted"), [(Unavailable("no answer"), 1), (Throttled("later", 1.0), 0)]
)
def test_what_failed_costs_what_it_may_have_cost(fault: Exception, counted: int) -> None:
    """Turned away: nothing. Without an answer, nobody knows: its worst. The next try counts
    beside it."""
    world = world_with(day=Most(tokens=10 * worst()))
    world.model.answers(fault)
    assert begin(world).record.job.status is Status.WAITING_FOR_REVIEW
    assert abs(day(world).tokens - USED - counted * worst()) < 100


def test_a_busy_table_loses_no_cost() -> None:
    """The settlement is tried for seconds; the answer was paid for and is kept."""
    world = world_with(day=Most(tokens=10 * worst()))
    world.budgets.is_busy(3)
    begin(world)
    assert (day(world).tokens, len(world.model.asked)) == (USED, 1)


def test_a_jobs_own_budget_ends_in_a_case_that_can_be_resumed() -> None:
    """Its calls stand in its own record: no counter. A repair that does not fit is not asked; once
    an operator added to it, the case is resumed and the repair is asked."""
    world = world_with(job=Most(tokens=worst() + USED // 2))
    world.model.answers("{}")
    journey = begin(world)
    assert status(journey) is Status.ESCALATED
    assert f"countersign budget raise {journey.job_id}" in journey.record.job.reason
    assert (len(world.model.asked), world.budgets.writes) == (1, 0)
    raise_job(world.deps, journey.job_id, Amount(tokens=2 * worst()), by="kim", reason="worth it")
    take_out(world.deps, journey.job_id, "resume", by="kim", words="raised", facts={})
    journey.goes()
    assert status(journey) is Status.WAITING_FOR_REVIEW
    assert len(world.model.asked) == 2


def test_as_many_are_woken_as_the_budget_has_room_for() -> None:
    """Ten wait; an operator adds what two calls may cost: two begin, the others do not stir."""
    world = world_with(day=Most(tokens=worst()))
    begin(world)
    waiting = [begin(world, f"evt-{number:02}") for number in range(10)]
    assert {one.record.job.status for one in waiting} == {Status.PARKED}
    more = Amount(tokens=USED + worst() + 200)
    raise_day(world.deps, LEAD.id, more, by="kim", reason="x")
    world.clock.passes(minutes=1)
    tick(world.deps)
    woken = [one for one in waiting if one.record.job.status is Status.RETRYING]
    assert len(woken) == 2


def test_tokens_a_minute_are_reserved_on_the_row_of_the_pace() -> None:
    """A call takes of the queue what it may use: the next one waits in its own execution; where
    requests alone count, nobody does."""
    for limit, waits in (
        (RateLimit(requests=500, seconds=60), False),
        (RateLimit(requests=500, seconds=60, tokens=4 * worst()), True),
    ):
        world = world_with()
        paced = {**world.settings.connector_limits, "model": (limit,)}
        world.settings = world.settings.model_copy(update={"connector_limits": paced})
        world.deps = world.deps_again()
        begin(world)
        second = begin(world, "evt-2")
        assert ("WaitPropose" in second.visited) is waits
        assert status(second) is Status.WAITING_FOR_REVIEW


def test_what_waited_too_long_for_a_workflow_that_is_gone_is_woken() -> None:
    """Its folder was removed meanwhile: nobody sleeps for ever."""
    world = world_with(day=Most(tokens=1))
    journey = begin(world)
    assert status(journey) is Status.PARKED
    world.workflows = {}
    world.deps = world.deps_again()
    world.clock.passes(minutes=1)
    tick(world.deps)
    assert status(journey) is Status.RETRYING
    assert world.clock.now() < journey.record.job.created_at + timedelta(hours=1)
