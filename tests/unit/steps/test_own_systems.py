"""An action on a system of the business's own has the ledger that every action has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from countersign.connectors.aws.secrets import missing
from countersign.domain.approvals.approval import Choice
from countersign.domain.errors import InternalError, SecretMissing
from countersign.domain.jobs.job import Status
from countersign.entrypoints.tick import tick
from countersign.jobs.pausing import pause, paused, resume
from countersign.jobs.rollback import roll_back
from countersign.runtime.deps import Deps
from countersign.runtime.settings import Settings
from infra.settings import load
from tests.fakes.agents import Agent, refund, with_an_order
from tests.fakes.journey import Journey
from tests.fakes.shop import Killed
from tests.fakes.world import World

HTTP_SHOP = "http-shop"


@pytest.fixture
def place() -> tuple[World, Agent]:
    """A shop with an order, and an agent."""
    world, _ = with_an_order()
    world.shop.has_order("1061", "2026-12-14")
    world.shop.has_order("1063", "2026-11-20", "delivered")
    return world, Agent(world)


def moves(order: str = "1061", day: str = "2026-12-18") -> Mapping[str, Any]:
    """Another day for a delivery."""
    return {"action": "shop.move_delivery", "params": {"order": order, "day": day}}


def sends(pieces: int = 2) -> Mapping[str, Any]:
    """A part for an order."""
    return {
        "action": "shop.send_part",
        "params": {"order": "1061", "part": "hinge, left", "pieces": pieces},
    }


def credit(euros: int, order: str = "1061") -> Mapping[str, Any]:
    """Money that is no refund."""
    amount = {"minor": 100 * euros, "currency": "EUR"}
    return {"action": "shop.give_credit", "params": {"order": order, "amount": amount}}


@pytest.mark.parametrize(
    ("euros", "state", "rule"),
    [
        (10, "done", ""),
        (11, "waiting", "caller.over_alone"),
        (100, "waiting", "caller.over_alone"),
        (101, "rejected", "caller.over_most"),
    ],
)
def test_a_caller_s_limits_hold_for_every_sum(
    place: tuple[World, Agent], euros: int, state: str, rule: str
) -> None:
    """Whatever its contract calls money: up to `alone` it runs, up to `most` somebody signs, above
    it nobody can; the rule is named."""
    _, agent = place
    answer = agent.proposes(credit(euros))
    journey, said = agent.goes(answer), agent.reads(answer)
    assert journey.record.job.status is not Status.ESCALATED
    told = {one["rule"] for one in said["actions"][0].get("policy", {}).get("rules", [])}
    assert (said["state"], told & {"caller.over_alone", "caller.over_most"}) == (
        state,
        {rule} - {""},
    )


def test_a_day_of_one_action_is_not_that_of_another(place: tuple[World, Agent]) -> None:
    """Three credits of 10 EUR are more than 25 a day: the third asks, and what was given back by
    the payments account has a day of its own."""
    world, agent = place
    for order in ("1064", "1065"):
        world.shop.has_order(order, "2026-12-14")
    states = []
    for order in ("1061", "1064", "1065"):
        answer = agent.proposes(credit(10, order), key=f"c-{order}")
        agent.goes(answer)
        states.append(agent.reads(answer)["state"])
    assert states == ["done", "done", "waiting"]
    charge = world.payments.has_order("7001", 4_000, "eur", customer="cus_9")
    back = agent.proposes(refund(charge, 15, order="7001", customer="cus_9"), key="r-1")
    agent.goes(back)
    assert agent.reads(back)["state"] == "done"


def test_a_credit_that_is_taken_back_is_the_one_of_before(place: tuple[World, Agent]) -> None:
    """Signed, read back, and undone: the order has what it had."""
    world, agent = place
    journey = agent.goes(agent.proposes(credit(80)))
    journey.is_decided(Choice.APPROVE)
    journey.answered()
    assert world.shop.orders["1061"]["credit"] == {"minor": 8_000, "currency": "EUR"}
    roll_back(world.deps, journey.job_id, by="kim", reason="wrong order")
    journey.goes("TakeBack")
    assert world.shop.orders["1061"]["credit"] == {"minor": 0, "currency": "EUR"}


def test_what_needs_no_signature_runs_and_what_does_waits(place: tuple[World, Agent]) -> None:
    """Each is done once, under its own key, and the caller reads that it is."""
    world, agent = place
    ran, asks = agent.proposes(moves(), key="k1"), agent.proposes(sends(), key="k2")
    first, second = agent.goes(ran), agent.goes(asks)
    assert (agent.reads(ran)["state"], agent.reads(asks)["state"]) == ("done", "waiting")
    second.is_decided(Choice.APPROVE)
    second.answered()
    assert agent.reads(asks)["state"] == "done"
    keys = [held.key for one in (first, second) for held in one.record.ledger]
    assert world.shop.journal == [
        (keys[0], "1061", ("2026-12-18",)),
        (keys[1], "1061", ("hinge, left", 2)),
    ]


def test_what_the_system_refuses_is_a_case_and_nothing_was_done(
    place: tuple[World, Agent],
) -> None:
    """Nothing else would do better: a person has it, with the status and no words of the system."""
    world, agent = place
    answer = agent.proposes(moves("1063"))
    journey = agent.goes(answer)
    assert journey.statuses() == {"shop.move_delivery": "failed"}
    assert journey.record.job.status is Status.ESCALATED
    assert agent.reads(answer)["state"] == "failed"
    assert world.shop.journal == []


@pytest.mark.parametrize("action", [moves(), sends()])
def test_a_lost_answer_is_looked_for_and_made_once(
    place: tuple[World, Agent], action: Mapping[str, Any]
) -> None:
    """It was applied and nobody heard: the next attempt finds it and reads it back."""
    world, agent = place
    journey = _asked(agent, action)
    _next_write(world, "lost")
    _on(journey)
    assert [held.status.value for held in journey.record.ledger] == ["verified"]
    assert len(world.shop.journal) == 1


@pytest.mark.parametrize("action", [moves(), sends()])
def test_killed_between_sending_and_the_answer_it_is_made_once(
    place: tuple[World, Agent], action: Mapping[str, Any]
) -> None:
    """The process died with the claim stored and the effect made; another one takes the job up."""
    world, agent = place
    journey = _asked(agent, action)
    _next_write(world, "killed")
    with pytest.raises(Killed):
        _on(journey)
    assert [held.status.value for held in journey.record.ledger] == ["claimed"]
    again = Journey(world, journey.job_id, world.deps_again())
    again.goes("Act", {"connector": HTTP_SHOP})
    (held,) = again.record.ledger
    assert held.status.value == "verified"
    assert [key for key, *_ in world.shop.journal] == [held.key]


def test_what_is_answered_and_not_done_is_never_verified(place: tuple[World, Agent]) -> None:
    """200 is no proof."""
    world, agent = place
    _next_write(world, "lie")
    journey = agent.goes(agent.proposes(moves()))
    assert journey.statuses() == {"shop.move_delivery": "failed"}
    assert world.shop.day_of("1061") == "2026-12-14"


def test_a_key_that_is_not_taken_parks_all_and_they_go_on(place: tuple[World, Agent]) -> None:
    """No attempt and no case is used up; the breaker of this system opens, and of no other."""
    world, agent = place
    world.shop.does_not_know_us()
    journey = agent.goes(agent.proposes(moves()))
    assert journey.record.job.status is Status.PARKED
    breakers = {key: world.limits.state(key).breaker for key in (HTTP_SHOP, "payments")}
    assert breakers[HTTP_SHOP].misconfigured
    assert not breakers["payments"].misconfigured
    _woken(journey)
    assert journey.statuses() == {"shop.move_delivery": "verified"}


def test_a_wait_that_is_asked_for_is_kept(place: tuple[World, Agent]) -> None:
    """Retry-After is a wait and no failure: the job goes on, and one thing was done."""
    world, agent = place
    began = world.clock.now()
    world.shop.throttles()
    journey = agent.goes(agent.proposes(moves()))
    assert journey.statuses() == {"shop.move_delivery": "verified"}
    assert (world.clock.now() - began).total_seconds() >= 3
    assert len(world.shop.journal) == 1


@pytest.mark.parametrize("action", [moves(), sends()])
def test_what_was_done_is_taken_back(place: tuple[World, Agent], action: Mapping[str, Any]) -> None:
    """The day of before comes back; what was sent is cancelled."""
    world, agent = place
    journey = _asked(agent, action)
    _on(journey)
    roll_back(world.deps, journey.job_id, by="kim", reason="wrong order")
    journey.goes("TakeBack")
    assert [held.status.value for held in journey.record.ledger] == ["undone"]
    assert world.shop.day_of("1061") == "2026-12-14"
    assert world.shop.shipments == {}


def test_what_somebody_changed_since_is_kept(place: tuple[World, Agent]) -> None:
    """Nobody's work is overwritten by an undo."""
    world, agent = place
    journey = agent.goes(agent.proposes(moves()))
    world.shop.somebody_moves("1061", "2026-12-21")
    roll_back(world.deps, journey.job_id, by="kim", reason="wrong order")
    journey.goes("TakeBack")
    assert journey.statuses() == {"shop.move_delivery": "kept"}
    assert world.shop.day_of("1061") == "2026-12-21"


def test_beyond_its_row_and_its_contract_nothing_is_proposed(place: tuple[World, Agent]) -> None:
    """What cannot stand in a path, more pieces than a parcel, a field that nobody declared: 422
    names the field; an action that the caller's row does not name is forbidden by its rule."""
    world, agent = place
    wrong = (moves("../admin"), moves("1061/x"), sends(11), moves(day="soon"))
    for number, one in enumerate(wrong):
        assert agent.proposes(one, key=f"k{number}").status == 422
    extra = {**moves(), "params": {**moves()["params"], "path": "/admin"}}
    assert agent.proposes(extra, key="extra").status == 422
    assert world.shop.asked == []


def test_operators_pause_a_system_by_its_name(place: tuple[World, Agent]) -> None:
    """Its jobs wait, those of other systems do not; then they go on."""
    world, agent = place
    own = {"http_targets": load("local").http_targets}
    world.settings = world.settings.model_copy(update=own)
    world.deps = world.deps_again()
    pause(world.deps, HTTP_SHOP, "kim: stocktaking")
    assert paused(world.deps) == {HTTP_SHOP: "kim: stocktaking"}
    journey = agent.goes(agent.proposes(moves()))
    assert journey.record.job.status is Status.PARKED
    assert world.shop.journal == []
    resume(world.deps, HTTP_SHOP)
    _woken(journey)
    assert journey.statuses() == {"shop.move_delivery": "verified"}


def test_a_function_knows_its_own_system_and_no_other() -> None:
    """One that the stage does not have is no system; one whose secret nobody set says which."""

    class Unset:
        """Nobody has set a secret."""

        def get(self, name: str) -> str:
            raise SecretMissing(missing(name))

    settings = Settings(http_targets=load("local").http_targets)
    deps = Deps(settings, secrets=Unset())
    with pytest.raises(InternalError, match="no system behind http-warehouse"):
        deps.actor_port("http-warehouse")
    with pytest.raises(SecretMissing, match="countersign secrets set http-shop"):
        deps.actor_port(HTTP_SHOP)


def _asked(agent: Agent, action: Mapping[str, Any]) -> Journey:
    """The job, just before its effect."""
    answer = agent.proposes(sends() if action == sends() else moves())
    if action == sends():
        journey = agent.goes(answer)
        journey.is_decided(Choice.APPROVE)
        return journey
    (job_id,) = (one.job_id for one in agent.world.store.live({Status.PENDING}, 10))
    return Journey(agent.world, job_id)


def _on(journey: Journey) -> None:
    """As the machine runs it, and once more an hour later where it parked."""
    journey.goes("Look" if journey.record.ledger else "Prepare")
    if journey.record.job.status is Status.PARKED:
        _woken(journey)


def _woken(journey: Journey) -> None:
    """An hour passes, and whoever waits is woken."""
    world = journey.world
    world.clock.passes(hours=1)
    tick(world.deps)
    journey.goes()


def _next_write(world: World, fault: str) -> None:
    """This befalls the next write: reads before it are none."""
    world.shop.befalls_a_write(fault)
