"""Whole refund jobs against the day's caps: what runs alone is counted, what is over asks."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal

import pytest

from countersign.domain.canonical import digest
from countersign.domain.errors import Refused, StoreConflict, Unavailable
from countersign.domain.ledger.entry import ActionStatus
from countersign.domain.limits.caps import REACHED, Cap, reserving
from countersign.domain.money import Money
from countersign.domain.policy.rules import Finding, Findings
from countersign.entrypoints.execution_events import record_end
from countersign.entrypoints.tick import tick
from countersign.runtime.step import Call
from countersign.steps.decide import check_stopped, decide
from tests.builders import AT, EXPIRES, held
from tests.fakes.journey import Journey
from tests.fakes.store import Crash
from tests.fakes.world import World
from tests.unit.steps import refunds
from tests.unit.steps.refunds import CONFIRMED, amounts, answers, begin, ended, signs

WRITES = 10
"""One more than a small refund makes until it is closed."""


@pytest.fixture
def world() -> World:
    return refunds.world()


def asks(world: World, number: str, amount: int = 4_990, customer: str = "cus_Ada") -> Journey:
    """A small refund of a new order of one customer."""
    email = f"{customer.lower()}@example.com"
    world.payments.has_order(number, amount, "eur", customer=customer, email=email)
    money = {"minor": amount, "currency": "EUR"}
    return begin(world, f"evt-{number}", order=number, email=email, amount=money)


def reasons(journey: Journey) -> dict[str, tuple[str, str]]:
    """Value and threshold behind each rule of the refund's verdict."""
    return {r.rule: (r.value, r.threshold) for r in journey.record.ledger[0].verdict.reasons}


def test_what_runs_alone_is_counted_and_settled_when_the_job_is_closed(world: World) -> None:
    """Counted for the workflow and for the customer; nothing is left for tick to do."""
    journey = asks(world, "2001")
    assert ended(journey) == "COMPLETED"
    assert (world.caps.total("cap.daily"), world.caps.total("cap.customer")) == (4_990, 4_990)
    assert journey.record.due == {}


def test_the_customers_cap_asks_and_says_why(world: World) -> None:
    """100 EUR a day and customer: the third 49.90 waits for a person, who reads the total."""
    for number in ("2001", "2002"):
        assert ended(asks(world, number)) == "COMPLETED"
    third = asks(world, "2003")
    assert third.record.job.status == "WAITING_FOR_REVIEW"
    assert answers(third) == {"payments.refund": "ask", "email.send_reply": "ask"}
    assert reasons(third) == {REACHED: ("149.70 EUR", "100.00 EUR")}
    stored = third.record.results["findings"].as_(Findings)
    assert [one.rule for one in stored.found] == [REACHED]
    assert amounts(world) == [4_990, 4_990]
    assert ended(asks(world, "2004", customer="cus_Bea")) == "COMPLETED"


def test_what_waits_because_of_a_cap_is_not_confirmed_beforehand(world: World) -> None:
    """The reply that the person reads does not say that money was sent."""
    for number in ("2001", "2002", "2003"):
        last = asks(world, number)
    assert CONFIRMED not in last.record.ledger[1].content()["params"]["text"]


def test_the_workflows_cap_stops_all_that_runs_alone_until_the_next_day(world: World) -> None:
    """2,000 EUR a day: forty customers get their 49.90, the next waits, and tomorrow runs."""
    for at in range(40):
        assert ended(asks(world, f"30{at:02d}", customer=f"cus_{at:02d}")) == "COMPLETED"
    late = asks(world, "3100", customer="cus_late")
    assert reasons(late) == {REACHED: ("2,045.90 EUR", "2,000.00 EUR")}
    world.clock.passes(days=1)
    assert ended(asks(world, "3101", customer="cus_next")) == "COMPLETED"


def test_a_signed_refund_is_neither_stopped_nor_counted(world: World) -> None:
    """The cap is for what nobody looks at: a person's yes goes through and takes no room."""
    for number in ("2001", "2002"):
        asks(world, number)
    third = asks(world, "2003")
    signs(world, third, "robin")
    assert third.answered() == "Close"
    assert ended(third) == "COMPLETED"
    assert amounts(world) == [4_990] * 3
    assert world.caps.total("cap.daily") == 9_980
    stored = third.record.results["findings"].as_(Findings)
    assert REACHED in [one.rule for one in stored.found]


@pytest.mark.parametrize("number", range(1, WRITES))
def test_a_process_killed_before_any_write_counts_once_and_refunds_once(number: int) -> None:
    """Between reserving and storing the plan too: the same job finds its own reservation."""
    world = refunds.world()
    world.store.crashes_before_write(number + 1)  # the first write stores the event
    with suppress(Crash):
        begin(world)
    world.deps = world.deps_again()
    (record,) = world.store.records()
    Journey(world, record.job.job_id).goes()
    assert amounts(world) == [4_990]
    assert world.caps.total("cap.daily") == 4_990


@pytest.mark.control
def test_control_a_key_that_holds_the_expiry_counts_a_killed_decide_twice(world: World) -> None:
    """The same plan, made a second later: its bytes differ, so by their digest it is another."""
    first = held()
    later = first.body.replace(EXPIRES.strftime("%H:%M:%S"), "09:00:01")
    again = first.model_copy(update={"body": later, "digest": digest(later.encode())})
    cap = Cap("naive", "2026-03-02", Money(amount=Decimal(100), currency="EUR"), "")
    for attempt, plan in (("a-1", first), ("a-2", again)):
        right = reserving(plan, [cap], Money(amount=Decimal(20), currency="EUR"), attempt, AT)
        world.caps.reserve([cap], right)
    assert world.caps.total("naive") == 2_000
    for attempt, plan in (("a-1", first), ("a-2", again)):
        naive = right.model_copy(update={"key": plan.key, "attempt": attempt})
        world.caps.reserve([cap], naive)
    assert world.caps.total("naive") == 6_000


def test_a_refund_that_the_provider_refuses_gives_its_part_back(world: World) -> None:
    """It becomes a case; tick frees what was reserved, once, and stops looking."""
    world.payments.refuses_writes_with(Refused("the card is closed"))
    journey = asks(world, "2001")
    assert ended(journey) == "ESCALATED"
    assert world.caps.total("cap.daily") == 4_990
    for _ in range(3):
        world.clock.passes(minutes=11)
        tick(world.deps)
    assert world.caps.total("cap.daily") == 0
    assert set(journey.record.due) == {"overdue"}
    assert ended(journey) == "ESCALATED"


def test_an_unknown_outcome_stays_counted(world: World) -> None:
    """Read back as something else, the refund may have moved: its part is not given away."""
    world.payments.lies()
    journey = asks(world, "2001")
    assert ended(journey) == "ESCALATED"
    world.clock.passes(minutes=11)
    tick(world.deps)
    assert world.caps.total("cap.daily") == 4_990


def test_a_plan_that_was_never_stored_is_freed_by_tick(world: World) -> None:
    """Decide died after it reserved and its job ended: ten minutes later the room is there."""
    world.payments.has_order("2001", 4_990, "eur", customer="c", email=refunds.ADA)
    world.store.crashes_before_write(6)  # stored, prepared, proposed, looked, reserved
    with suppress(Crash):
        begin(world, order="2001")
    (record,) = world.store.records()
    assert (record.ledger, len(record.reservations)) == ((), 1)
    assert record_end(world.deps, record.job.execution, record.job.job_id, "FAILED")
    world.clock.passes(minutes=11)
    tick(world.deps)
    assert world.caps.total("cap.daily") == 0
    assert world.store.load(record.job.job_id).reservations == {}


def test_a_decide_that_was_paused_stores_no_plan_whose_part_was_freed(world: World) -> None:
    """Freeing writes the job first: whoever read it before finds another version."""
    world.store.crashes_before_write(5)
    with suppress(Crash):
        begin(world)
    (before,) = world.store.records()
    call = Call(job_id=before.job.job_id, execution=before.job.execution, state="Decide")
    change = decide(world.deps, before, call)
    assert world.caps.total("cap.daily") == 4_990
    world.clock.passes(minutes=11)
    tick(world.deps)
    assert world.caps.total("cap.daily") == 0
    with pytest.raises(StoreConflict):
        world.deps.commit(before, change)


def test_what_may_still_run_keeps_its_part_until_the_day_is_over(world: World) -> None:
    """A parked refund was claimed and waits; tick looks again, and then not any more."""
    world.payments.refuses_writes_with(Unavailable("the provider is away"), times=2)
    journey = asks(world, "2001")
    assert journey.record.job.status == "PARKED"
    for hours, looks_again in ((1, True), (2, True), (24, False)):
        world.clock.passes(hours=hours)
        tick(world.deps)
        assert ("reservation" in journey.record.due) is looks_again
    assert world.caps.total("cap.daily") == 4_990


def test_a_policy_without_a_line_for_its_caps_runs_nothing() -> None:
    """A cap that no line speaks of hands the job to a person: it never just runs."""
    full = {0: Finding(rule=REACHED, sentence="full")}
    with pytest.raises(Refused, match="no line of the policy"):
        check_stopped([held()], full)
    check_stopped([held(status=ActionStatus.PLANNED)], full)
