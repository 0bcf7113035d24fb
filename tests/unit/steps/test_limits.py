"""Steps at their turn: now, after a second, after a wait; breakers park jobs, pauses are kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from countersign.connectors.aws.secrets import missing
from countersign.domain.approvals.approval import Choice
from countersign.domain.errors import (
    NotYourTurn,
    Refused,
    StaleExecution,
    Throttled,
    TurnNotBooked,
    Unavailable,
)
from countersign.domain.jobs.change import Change, Due
from countersign.domain.limits.circuit_breaker import MOST_FAILURES, Breaker
from countersign.domain.limits.pace import RateLimit, Row, Told, Turn
from countersign.entrypoints.tick import tick
from countersign.runtime.deps import Deps
from countersign.runtime.pace import Paced
from countersign.runtime.step import Call, Continued
from countersign.runtime.visits import PacedVisit, kept_as, waiting
from countersign.steps.act.handler import act
from countersign.steps.look import look
from tests.fakes.journey import Journey, accept, form
from tests.fakes.world import START, World
from workflows import WORKFLOWS

HUBSPOT = RateLimit(requests=100, seconds=10)
READ, WRITE = "crm-read", "crm-write"


@pytest.fixture
def world() -> World:
    made = World(WORKFLOWS["lead_intake"].offline)
    limits = dict.fromkeys((READ, WRITE), (HUBSPOT,))
    made.settings = made.settings.model_copy(update={"connector_limits": limits})
    made.deps = made.deps_again()
    return made


def begin(world: World) -> Journey:
    """A web form without mail: three actions of the CRM in one visit."""
    journey = Journey(world, accept(world, form(consent=False)))
    journey.goes()
    return journey


def busy(world: World, key: str, seconds: float) -> None:
    """Arrange: others' turns fill the queue and the lane of a key for so long."""
    world.limits.is_busy(key, world.clock.now(), seconds)


def queue(world: World, key: str) -> Row:
    return world.limits.seen(key).row


def unclaimed(journey: Journey) -> bool:
    """Whether nothing has been tried."""
    return set(journey.statuses().values()) <= {"authorised", "forbidden"}


def rest(world: World, seconds: float, key: str = READ) -> None:
    """Arrange: a key's breaker is open for so long."""
    until = world.clock.now() + timedelta(seconds=seconds)
    world.limits.rests(Breaker(key=key, open_until=until))


def done(journey: Journey) -> bool:
    """Completed, and no turn is left over."""
    return journey.record.job.status == "COMPLETED" and not journey.record.job.turns


def test_who_is_alone_starts_at_once_and_reserves_once(world: World) -> None:
    """One booking for Look and one for Act, no state of waiting; the last requests of a large visit
    are an interval apart."""
    journey = begin(world)
    assert done(journey)
    assert world.clock.now() - START < timedelta(seconds=2)
    assert not {"TurnOfLook", "WaitLook", "WaitAct"} & {*journey.visited}
    assert world.limits.refusals == 0


@pytest.mark.parametrize("key", [READ, WRITE])
def test_a_turn_within_a_second_is_waited_for_in_the_function(world: World, key: str) -> None:
    """It costs no state."""
    busy(world, key, seconds=0.8)
    journey = begin(world)
    assert done(journey)
    assert "WaitLook" not in journey.visited
    assert "WaitAct" not in journey.visited
    assert world.clock.now() - START >= timedelta(seconds=0.8)


def test_a_later_turn_of_look_is_waited_for_by_the_machine(world: World) -> None:
    """Who must wait pays for it: a pass, a wait, and Look again with the turn that it kept."""
    busy(world, READ, seconds=60)
    journey = begin(world)
    assert done(journey)
    at = journey.visited.index("TurnOfLook")
    assert journey.visited[at - 1 : at + 3] == ["Look", "TurnOfLook", "WaitLook", "Look"]
    assert timedelta(seconds=60) <= world.clock.now() - START < timedelta(seconds=63)


def test_a_later_turn_of_act_is_waited_for_by_the_machine(world: World) -> None:
    """Nothing is claimed before it, and it is reserved once."""
    busy(world, WRITE, seconds=60)
    before = queue(world, WRITE).queue
    journey = begin(world)
    assert done(journey)
    assert journey.visited.count("WaitAct") == 1
    waited = [entry for entry in journey.record.audit if entry.event == "waits for its turn"]
    assert len(waited) == 1
    assert queue(world, WRITE).queue - before < 60_000_000


def test_a_signed_job_that_waits_for_its_turn_waits_for_nobody_else(world: World) -> None:
    """Its callback has come: it is under way, and `tick` asks after it no more."""
    journey = Journey(world, accept(world, form()))
    journey.goes()
    journey.is_decided(Choice.APPROVE)
    owed = Due(kind="callback", at=world.clock.now() + timedelta(minutes=1))
    world.deps.commit(journey.record, Change(event="signed", actor="test", due=(owed,)))
    busy(world, READ, seconds=600)
    with pytest.raises(NotYourTurn):
        journey.enters("Look", {})
    assert journey.record.job.status == "PROCESSING"
    world.clock.passes(minutes=5)
    tick(world.deps)
    assert "callback" not in journey.record.due
    assert (world.executions.started, world.executions.succeeded) == ([], [])


def test_a_turn_that_is_far_ahead_is_waited_for_in_the_table(world: World) -> None:
    """Half an hour: parked until a little before it, which counts as no failed try; then the job
    goes on with that turn."""
    busy(world, WRITE, seconds=1800)
    journey = begin(world)
    record = journey.record
    assert (record.job.status, record.job.parked) == ("PARKED", 0)
    assert record.due["parked"].waits_for == ""
    (turn,) = record.job.turns.values()
    assert turn.at - timedelta(seconds=80) < record.due["parked"].at < turn.at
    ends = queue(world, WRITE).queue
    world.clock.passes(seconds=1735)
    tick(world.deps)
    journey.goes()
    assert done(journey)
    assert queue(world, WRITE).queue == ends


def test_a_turn_outlives_the_records(world: World) -> None:
    """Its turn comes after eleven minutes and the records are too old: they are read and judged
    anew, and Act goes on with the turn that it had."""
    busy(world, WRITE, seconds=660)
    journey = begin(world)
    at = journey.visited.index("WaitAct")
    assert journey.visited[at:] == ["WaitAct", "Act", "Look", "Decide", "Act", "Close"]
    assert done(journey)


def test_the_look_of_a_job_whose_turn_has_come_is_under_way(world: World) -> None:
    """Its workflow holds turns at the CRM, and the lane is open to it all the same."""
    busy(world, WRITE, seconds=660)
    journey = Journey(world, accept(world, form(consent=False)))
    journey.goes()
    world.clock.passes(seconds=1)
    world.limits.is_busy(READ, world.clock.now(), 600, holder="lead_intake")
    turns = {kept_as(WRITE, "Act"): Turn(at=world.clock.now(), requests=15)}
    job = journey.record.job.model_copy(update={"turns": turns, "status": "PROCESSING"})
    world.store.put(type(journey.record)(**{**vars(journey.record), "job": job}))
    journey.visited.clear()
    journey.goes("Look", {"connector": "crm"})
    assert "WaitLook" not in journey.visited


def test_a_turn_elsewhere_that_was_lost_is_no_way_round_the_queue(world: World) -> None:
    """A job is under way while its turn is valid; then it waits behind those of its workflow."""
    journey = Journey(world, accept(world, form(consent=False)))
    journey.stops_before("Look")
    world.limits.is_busy(READ, world.clock.now(), 600, holder="lead_intake")
    turns = {kept_as(WRITE, "Act"): Turn(at=world.clock.now(), requests=15)}
    job = journey.record.job.model_copy(update={"turns": turns})
    world.store.put(type(journey.record)(**{**vars(journey.record), "job": job}))
    world.clock.passes(seconds=61)
    world.limits.is_busy(READ, world.clock.now(), 600, holder="lead_intake")
    journey.visited.clear()
    journey.goes("Look", {"connector": "crm"})
    assert "WaitLook" in journey.visited


def test_look_leaves_act_the_turn_that_it_keeps_at_the_same_key(world: World) -> None:
    """Payments has one row for both: a look that used Act's turn up would send Act to the end of
    the queue, where the records grow too old again, for ever."""
    journey = Journey(world, accept(world, form(consent=False)))
    journey.stops_before("Look")
    turns = {kept_as(READ, "Act"): Turn(at=world.clock.now(), requests=15)}
    job = journey.record.job.model_copy(update={"turns": turns})
    record = replace(journey.record, job=job)
    before = queue(world, READ)
    call = Call(job_id=job.job_id, execution=job.execution, state="Look", input={})
    looked = look(world.deps, record, call)
    assert isinstance(looked, Continued)
    assert looked.record.job.turns == turns
    assert queue(world, READ) != before


def again(world: World, journey: Journey, **call: object) -> None:
    """Act is entered with the turn that the job kept."""
    record = journey.record
    given = {"job_id": record.job.job_id, "execution": record.job.execution, "state": "Act"}
    act(world.deps, record, Call.model_validate({**given, "input": {"connector": "crm"}, **call}))


def waits(world: World) -> Journey:
    """A job whose turn comes in a minute."""
    busy(world, WRITE, seconds=60)
    journey = Journey(world, accept(world, form(consent=False)))
    journey.stops_before("WaitAct")
    return journey


def test_a_repeated_attempt_reserves_anew(world: World) -> None:
    """The first one may have used the turn."""
    journey = waits(world)
    ends = queue(world, WRITE).queue
    world.clock.passes(seconds=61)
    again(world, journey, retries=1)
    assert queue(world, WRITE).queue > ends


def test_a_turn_that_was_missed_is_reserved_anew(world: World) -> None:
    """By more than a minute; by less it holds."""
    journey = waits(world)
    ends = queue(world, WRITE).queue
    world.clock.passes(seconds=200)
    again(world, journey)
    assert queue(world, WRITE).queue > ends


def test_a_job_of_another_execution_is_not_told_to_wait(world: World) -> None:
    """Somebody redrove it meanwhile."""
    journey = begin(world)
    call = Call(job_id=journey.job_id, execution="another", state="Act")
    later = NotYourTurn(WRITE, Turn(at=START, requests=1), timedelta(seconds=5))
    with pytest.raises(StaleExecution):
        waiting(world.deps, call, "crm", later)


def test_what_was_not_needed_is_given_back_and_learnt(world: World) -> None:
    """A guess that was too high costs nobody anything, and is lower the next time."""
    kinds = _kinds(world)
    world.deps.memory.usual = dict.fromkeys(kinds, 40)
    Journey(world, accept(world, form(consent=False, email="b@hafenwerk.example"), "e2")).goes()
    assert world.limits.given_back > 40
    assert set(world.deps.memory.usual.values()) == {39}


def test_a_visit_that_needs_more_reserves_for_itself(world: World) -> None:
    """The CRM is quiet: nothing is waited for."""
    world.deps.memory.usual = dict.fromkeys(_kinds(world), 1)
    journey = Journey(world, accept(world, form(consent=False, email="c@hafenwerk.example"), "e3"))
    journey.goes()
    assert done(journey)
    assert "WaitAct" not in journey.visited


def test_a_visit_that_needs_much_more_begins_again_with_enough(world: World) -> None:
    """Others are ahead, in the lane too: it waits for a turn of twice as many, until they do."""
    kinds = _kinds(world)
    world.deps.memory.usual = dict.fromkeys(kinds, 1)
    journey = Journey(world, accept(world, form(consent=False, email="d@hafenwerk.example"), "e4"))
    journey.stops_before("Act")
    world.clock.passes(minutes=1)
    world.limits.is_crowded(WRITE, 30)
    journey.goes("Act", {"connector": "crm"})
    assert done(journey)
    assert journey.visited.count("WaitAct") >= 2


def test_what_was_used_is_not_given_back_although_there_is_no_turn_for_more(world: World) -> None:
    """A day's limit is used up under way: the request that was made goes on counting."""
    kinds = _kinds(world)
    world.deps.memory.usual = dict.fromkeys(kinds, 1)
    few = {READ: (HUBSPOT,), WRITE: (RateLimit(requests=2, seconds=86_400),)}
    settings = world.settings.model_copy(update={"connector_limits": few})
    world.deps.settings = settings
    world.clock.passes(hours=48)
    journey = Journey(world, accept(world, form(consent=False, email="e@hafenwerk.example"), "e5"))
    journey.stops_before("Act")
    before = world.limits.given_back
    asked = len(world.crm.journal)
    journey.goes("Act", {"connector": "crm"})
    assert journey.record.job.status == "PARKED"
    assert journey.record.due["parked"].waits_for == "crm"
    assert (len(world.crm.journal) - asked, world.limits.given_back - before) == (1, 0)


def test_our_own_table_s_trouble_is_not_the_connector_s_whichever_turn_it_meets(
    world: World,
) -> None:
    """A visit under way finds others ahead, and the larger turn that it asks for then cannot be
    booked: nobody was asked, so nobody said "later"."""
    record = Journey(world, accept(world, form(consent=False))).record
    call = Call(job_id=record.job.job_id, execution=record.job.execution, state="Act")
    visit = PacedVisit(Paced(world.deps, WRITE), record.job, call, (WRITE,))
    visit.begins(1)
    visit.before()
    busy(world, WRITE, seconds=30)
    world.limits.is_never_as_guessed(WRITE)
    with pytest.raises(TurnNotBooked):
        visit.before()


def _kinds(world: World) -> list[tuple[str, ...]]:
    """The kinds of visits that a lead makes."""
    begin(world)
    return list(world.deps.memory.usual)


def test_little_that_is_left_is_left_to_others(world: World) -> None:
    """Somebody else uses the account: turns that are to come move, and the job goes on."""
    world.crm.tells(Told(HUBSPOT, left=2))
    assert done(begin(world))
    assert queue(world, WRITE).shift > 0


def test_a_limit_that_the_crm_tells_is_kept(world: World) -> None:
    """It halves: the next visits are twice as far apart, once an answer said so."""
    world.crm.tells(Told(RateLimit(requests=50, seconds=10), left=40))
    begin(world)
    assert world.deps.memory.told[WRITE].requests == 50


def test_an_open_breaker_parks_at_once_and_names_the_key(world: World) -> None:
    """Nothing is asked, nothing is claimed, and the job is due when the breaker closes, not
    earlier than a first wait."""
    rest(world, seconds=300)
    asked = world.crm.reads
    journey = begin(world)
    record = journey.record
    assert (record.job.status, world.crm.reads) == ("PARKED", asked)
    assert record.job.reason.startswith("crm-read rests until 09:05:00 UTC")
    assert record.due["parked"].at == START + timedelta(seconds=300)
    assert record.due["parked"].waits_for == "crm"


def test_a_breaker_that_opened_while_the_job_was_decided_stops_act(world: World) -> None:
    """The reservation itself is refused, whatever this process knew."""
    rest(world, seconds=300, key=WRITE)
    journey = begin(world)
    assert journey.record.job.status == "PARKED"
    assert unclaimed(journey)


def test_a_breaker_that_opened_while_the_job_waited_stops_it(world: World) -> None:
    """Its turn has come, and nobody asks."""
    journey = waits(world)
    world.clock.passes(seconds=61)
    rest(world, seconds=300, key=WRITE)
    assert journey.goes("Act", {"connector": "crm"}) == "Park"
    assert unclaimed(journey)


def test_a_parked_job_goes_on_when_the_breaker_has_closed(world: World) -> None:
    """`tick` starts a new execution, and the job ends."""
    rest(world, seconds=60)
    journey = begin(world)
    world.clock.passes(minutes=4)
    tick(world.deps)
    journey.goes()
    assert journey.record.job.status == "COMPLETED"


def test_failures_open_the_breaker(world: World) -> None:
    """Looks that meet a CRM that is down; after the fifth failure nobody asks it."""
    world.crm.fails_with(Unavailable("down"), times=1000)
    for number in range(6):
        Journey(world, accept(world, form(consent=False), event=f"evt-{number}")).goes()
    assert world.limits.seen(READ).breaker.resting(world.clock.now())
    assert world.crm.reads == MOST_FAILURES


def test_what_the_table_refuses_is_no_failure_of_the_connector(world: World) -> None:
    """Throttled by DynamoDB: the breaker does not hear of it."""
    journey = Journey(world, accept(world, form(consent=False)))
    world.store.fails_with(Throttled("DynamoDB asks to slow down", 90.0))
    journey.goes()
    assert world.limits.seen(READ).breaker.failures == ()


def test_refusals_are_no_failures(world: World) -> None:
    """A 4xx is about our data: the connector is well."""
    world.crm.fails_with(Refused("no"), times=1)
    begin(world)
    assert world.limits.seen(READ).breaker.failures == ()


def test_a_pause_that_fits_is_made_within_the_function(world: World) -> None:
    """Retry-After of 2 s: the same request is made again after it, once, and the job ends."""
    world.crm.fails_with(Throttled("slow down", 2.0), times=1)
    assert done(begin(world))
    assert timedelta(seconds=2) <= world.clock.now() - START < timedelta(seconds=4)


def test_a_longer_pause_is_waited_for_by_the_machine_and_opens_nothing(world: World) -> None:
    """Retry-After of ten minutes: the job waits in its execution; nobody who comes starts sooner,
    and the breaker is for failures alone."""
    world.crm.fails_with(Throttled("slow down", 600.0), times=1)
    journey = begin(world)
    assert done(journey)
    assert journey.visited.count("WaitLook") == 1
    assert queue(world, READ).shift >= 590_000_000
    assert world.limits.seen(READ).breaker == Breaker(key=READ)


def test_a_pause_of_more_than_a_quarter_of_an_hour_parks_the_job(world: World) -> None:
    """It is waited for in the table, and is no failed try."""
    world.crm.fails_with(Throttled("slow down", 1200.0), times=1)
    journey = begin(world)
    record = journey.record
    assert (record.job.status, record.job.parked) == ("PARKED", 0)
    assert record.due["parked"].at > START + timedelta(seconds=1100)


def test_each_pause_moves_the_queue_by_itself(world: World) -> None:
    """Retry-After three times in a row, each after the one before was waited for: by each of them,
    and by no more than now plus what was asked for."""
    world.crm.fails_with(Throttled("slow down", 1.0), times=3)
    assert done(begin(world))
    assert queue(world, READ).shift == 3_000_000


def test_a_pause_of_nothing_ends_too(world: World) -> None:
    """`Retry-After: 0`, for ever: each is a little time, and then the job waits for a turn."""
    world.crm.fails_with(Throttled("slow down", 0.0), times=30)
    journey = begin(world)
    assert done(journey)
    assert "WaitLook" in journey.visited


def test_a_refusal_without_a_time_is_a_pause_too(world: World) -> None:
    """A second, then two: the job ends, and the breaker is for failures alone."""
    world.crm.fails_with(Throttled("slow down"), times=2)
    journey = begin(world)
    assert done(journey)
    assert timedelta(seconds=3) <= world.clock.now() - START < timedelta(seconds=5)
    assert world.limits.seen(READ).breaker == Breaker(key=READ)


def test_refusals_without_a_time_that_do_not_end_park_the_job(world: World) -> None:
    """Each in a row is twice as long as the one before; after some eleven of them it waits in the
    table, and one success forgets them all."""
    world.crm.fails_with(Throttled("slow down"), times=1000)
    reads = world.crm.reads
    journey = begin(world)
    assert (journey.record.job.status, world.crm.reads - reads) == ("PARKED", 11)
    assert world.limits.seen(READ).breaker == Breaker(key=READ)
    world.crm.works_again()
    world.clock.passes(hours=1)
    tick(world.deps)
    journey.goes()
    assert done(journey)
    assert world.deps.memory.refusals == {}


def test_trouble_of_our_own_table_under_way_is_none_of_the_connector(world: World) -> None:
    """A visit needs more than it reserved, and the row of turns cannot be written: nobody was
    asked, and the CRM's breaker hears nothing of it."""
    world.deps.memory.usual = dict.fromkeys(_kinds(world), 1)
    world.limits.is_away(WRITE, after=1)
    journey = Journey(world, accept(world, form(consent=False, email="f@hafenwerk.example"), "e6"))
    journey.goes()
    assert journey.record.job.status == "PARKED"
    assert world.limits.seen(WRITE).breaker == Breaker(key=WRITE)


def test_a_request_that_comes_after_the_functions_time_is_put_off(world: World) -> None:
    """Four a minute: what is left of the visit's turns is kept, and used by the next one."""
    limits = dict.fromkeys((READ, WRITE), (RateLimit(requests=4, seconds=60),))
    world.settings = world.settings.model_copy(update={"connector_limits": limits})
    world.deps = world.deps_again()
    journey = begin(world)
    assert done(journey)
    assert journey.visited.count("WaitAct") >= 1
    assert world.clock.now() - START < timedelta(minutes=4)


@pytest.mark.parametrize("pause", [2.0, 60.0])
def test_a_pause_is_kept_although_it_cannot_be_told(world: World, pause: float) -> None:
    """The table is busy: whoever was asked to wait waits all the same, here or in the machine."""
    world.limits.cannot_be_slowed(READ)
    world.crm.fails_with(Throttled("slow down", pause))
    assert done(begin(world))
    assert world.clock.now() - START >= timedelta(seconds=pause)


def test_a_missing_key_parks_the_job_and_says_what_to_do(world: World) -> None:
    """The model's key: no fallback, no case; the job waits for it, with the command."""
    del world.secrets.held["model"]
    world.deps = Deps(**{**vars(world.deps), "settings": world.settings})
    world.deps.__dict__.pop("model")
    journey = begin(world)
    assert (journey.record.job.status, journey.visited[-1]) == ("PARKED", "Park")
    assert journey.record.job.reason == missing("model-key")
    assert journey.record.due["parked"].waits_for == "model"
    assert "Fallback" not in journey.visited
