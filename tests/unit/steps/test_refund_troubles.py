"""The payments account is away, cut off, or lies: money leaves at most once, and nobody is told
of money that did not leave."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from countersign.domain.errors import ContractBroken, Throttled, Unavailable
from countersign.domain.planning.plan import situation
from countersign.domain.policy.rules import findings
from countersign.entrypoints.execution_events import record_end
from countersign.entrypoints.tick import tick
from countersign.jobs.cases import take_out
from tests.fakes.journey import Journey
from tests.fakes.store import Crash
from tests.fakes.world import World
from tests.unit.steps import refunds
from tests.unit.steps.refunds import CONFIRMED, amounts, answers, asks_for, begin, ended, texts
from workflows import WORKFLOWS

RUN_ALONE = {"payments.refund": "run", "email.send_reply": "run"}
WRITES = 9
"""One more than a small refund makes until its reply is sent: a mail cut off there is unknown."""


@pytest.fixture
def world() -> World:
    return refunds.world()


def test_a_provider_that_is_away_parks_the_job_and_it_is_resumed_once(world: World) -> None:
    """Parked with its reason; when it is due a new execution refunds once and confirms once."""
    world.payments.refuses_writes_with(Unavailable("the provider is away"), times=2)
    journey = begin(world)
    assert (journey.record.job.status, amounts(world)) == ("PARKED", [])
    assert "away" in journey.record.job.reason
    world.clock.passes(minutes=3)
    for _ in range(3):
        tick(world.deps)
    assert len(world.executions.started) == 1
    journey.goes()
    assert (ended(journey), amounts(world)) == ("COMPLETED", [4_990])
    assert CONFIRMED in texts(world)[0]
    assert len(texts(world)) == 1


def test_a_provider_that_asks_to_wait_is_waited_for(world: World) -> None:
    """Throttled is no outcome: nothing was applied. A minute and a half is waited for in the same
    execution, and then money moves once."""
    world.payments.refuses_writes_with(Throttled("slow down", 90.0))
    begun, journey = world.clock.now(), begin(world)
    assert (ended(journey), amounts(world)) == ("COMPLETED", [4_990])
    assert journey.visited.count("WaitAct") == 1
    assert world.clock.now() - begun >= timedelta(seconds=90)


def test_a_provider_that_asks_for_a_long_wait_parks_the_job(world: World) -> None:
    """Twenty minutes are waited for in the table."""
    world.payments.refuses_writes_with(Throttled("slow down", 1200.0))
    journey = begin(world)
    assert (journey.record.job.status, amounts(world)) == ("PARKED", [])
    assert journey.record.due["parked"].at >= world.clock.now() + timedelta(seconds=1100)


def test_a_lost_answer_is_found_again_by_its_key(world: World) -> None:
    """The money left and the answer did not come: the next try finds it, and sends nothing."""
    world.payments.loses_the_answer()
    journey = begin(world)
    assert (journey.record.job.status, amounts(world)) == ("PARKED", [4_990])
    world.payments.a_day_passes()
    world.clock.passes(minutes=3)
    tick(world.deps)
    journey.goes()
    assert (ended(journey), amounts(world)) == ("COMPLETED", [4_990])
    assert answers(journey) == RUN_ALONE
    assert len(texts(world)) == 1


def test_a_refund_that_is_not_there_has_failed_and_nobody_is_told_of_it(world: World) -> None:
    """A 200 is no proof: read back, the refund is missing; the job is a case, no mail left."""
    world.payments.lies()
    journey = begin(world)
    assert ended(journey) == "ESCALATED"
    assert journey.statuses() == {"payments.refund": "failed", "email.send_reply": "authorised"}
    assert (amounts(world), texts(world)) == ([], [])


@pytest.mark.parametrize("applied", [False, True])
def test_a_first_500_is_looked_into_before_it_is_asked_again(world: World, applied: bool) -> None:
    """Applied: found by its key and verified. Not applied: the key says 500 again, so unknown."""
    world.payments.saves_an_error(applied=applied)
    journey = begin(world)
    assert journey.record.job.status == "PARKED"
    world.clock.passes(minutes=3)
    tick(world.deps)
    journey.goes()
    assert ended(journey) == ("COMPLETED" if applied else "ESCALATED")
    assert journey.statuses()["payments.refund"] == ("verified" if applied else "unknown")
    assert amounts(world) == ([4_990] if applied else [])
    assert len(texts(world)) == (1 if applied else 0)


def unknown(world: World) -> Journey:
    """A refund whose key goes on saying 500."""
    world.payments.saves_an_error(applied=False)
    journey = begin(world)
    world.clock.passes(minutes=3)
    tick(world.deps)
    journey.goes()
    assert journey.statuses()["payments.refund"] == "unknown"
    return journey


def test_an_unknown_outcome_is_not_tried_again_by_a_resume(world: World) -> None:
    """Only evidence settles it: `resume` is refused, `done` ends the case with what was found."""
    journey = unknown(world)
    with pytest.raises(ContractBroken, match="outcome is unknown"):
        take_out(world.deps, journey.job_id, "resume", by="kim", words="", facts={})
    take_out(world.deps, journey.job_id, "done", by="kim", words="made by hand, re_1", facts={})
    assert (ended(journey), amounts(world)) == ("COMPLETED", [])


@pytest.mark.parametrize("number", range(1, WRITES))
def test_a_process_killed_before_any_write_refunds_once_and_asks_nobody(number: int) -> None:
    """A new execution looks at the order again and finds our own refund: that is no news."""
    world = refunds.world()
    journey = refunds.arrives(world)
    world.store.crashes_before_write(number)
    with suppress(Crash):
        journey.goes()
    if record_end(world.deps, journey.job_id, journey.job_id, "FAILED"):
        take_out(world.deps, journey.job_id, "resume", by="kim", words="", facts={})
        journey.goes()
    assert (ended(journey), amounts(world)) == ("COMPLETED", [4_990])
    assert answers(journey) == RUN_ALONE
    assert len(texts(world)) == 1


def late(world: World) -> Journey:
    """Between refund and reply so much time passes that the order is read again."""
    world.mail.fails_with(Throttled("SES: slow down", 1200.0))
    journey = begin(world)
    assert journey.statuses() == {"payments.refund": "verified", "email.send_reply": "authorised"}
    world.clock.passes(minutes=30)
    tick(world.deps)
    journey.goes()
    return journey


def test_our_own_refund_does_not_make_the_confirmation_ask(world: World) -> None:
    """Looked at again after the refund, order and customer are as they were before it."""
    for number in ("1036", "1039"):
        charge = refunds.has_order(world, number, 2_000)
        world.payments.has_refund(charge, 500)
    journey = late(world)
    assert (ended(journey), answers(journey)) == ("COMPLETED", RUN_ALONE)
    assert len(texts(world)) == 1


def test_a_colleagues_refund_beside_ours_is_news(world: World) -> None:
    """Only our own refund is left out: another one of the same order makes the reply ask."""
    world.mail.fails_with(Throttled("SES: slow down", 1200.0))
    journey = begin(world, amount={"minor": 2_000, "currency": "EUR"})
    world.payments.has_refund(journey.record.ledger[0].content()["target"], 1_000)
    world.clock.passes(minutes=30)
    tick(world.deps)
    journey.goes()
    assert journey.record.job.status == "WAITING_FOR_REVIEW"
    assert answers(journey) == {"payments.refund": "run", "email.send_reply": "ask"}


def test_a_part_of_a_signed_refund_that_came_back_is_no_effect(world: World) -> None:
    """Our refund that the bank sent back is not taken off the order a second time."""
    world.mail.fails_with(Throttled("SES: slow down", 1200.0))
    journey = begin(world)
    receipt = journey.record.ledger[0].receipt
    assert receipt
    world.payments.the_bank_returns(receipt.id)
    world.clock.passes(minutes=30)
    tick(world.deps)
    journey.goes()
    assert answers(journey) == RUN_ALONE


@pytest.mark.control
def test_control_without_its_own_keys_a_job_objects_to_its_own_refund(world: World) -> None:
    """The same records judged without the job's keys: given back before, nothing left."""
    record = late(world).record
    workflow = WORKFLOWS["refund_request"]
    stands = replace(situation(workflow, record, world.clock.now()), ours=frozenset())
    seen = findings(workflow.rules, stands)
    assert {"order.refunded_before", "refund.none"} <= {finding.rule for finding in seen}


def test_a_signed_refund_whose_answer_is_lost_is_not_signed_anew(world: World) -> None:
    """The refund was made under its signature; the order read after it changes nothing."""
    journey = asks_for(world, "1043", 32_000)
    refunds.signs(world, journey, "robin")
    world.payments.loses_the_answer()
    assert journey.answered() == "Park"
    world.clock.passes(minutes=3)
    tick(world.deps)
    journey.goes()
    assert (ended(journey), amounts(world)) == ("COMPLETED", [32_000])
