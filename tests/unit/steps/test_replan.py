"""After a failed check the observation goes back to Propose; nothing happens twice, and what people
said binds the new plan."""

from __future__ import annotations

import json

import pytest

from countersign.domain.approvals.approval import Choice
from countersign.domain.errors import Ambiguous, Unavailable
from countersign.domain.planning.replan import MOST_PLANS, Observations
from tests.fakes.journey import Journey, accept, form
from tests.fakes.trimming_crm import TrimmingCrm
from tests.fakes.world import World
from tests.unit.steps.replans import (
    CALLBACK,
    IN_HONG_KONG,
    LEAD,
    ONCE,
    REPLY,
    SENDER,
    asked,
    attentive,
    decides,
    edits,
    made,
    pending,
)
from tests.unit.steps.test_journeys import ends, offline


def test_a_field_that_the_crm_refuses_is_left_out_by_the_second_plan() -> None:
    """The lead was refused for its currency: the next plan has none, is signed, and runs."""
    world = attentive()
    journey = asked(world)
    decides(world, journey)
    assert journey.answered() == "Ask"
    assert journey.statuses()[LEAD] == "planned"
    decides(world, journey)
    assert journey.answered() == "Close"
    assert ends(journey)[0] == "COMPLETED"
    (deal,) = world.crm.all("deals")
    assert "amount" not in deal.fields
    assert made(world) == ONCE
    assert len(world.mail.to(SENDER)) == 1


def test_the_model_reads_what_was_observed_as_data_beside_the_message() -> None:
    """A second user message, one JSON object: the action, what it wanted, what the target said."""
    world = attentive()
    journey = asked(world)
    decides(world, journey)
    journey.answered()
    first, second = world.model.asked
    assert second.messages[:2] == first.messages
    ((role, text),) = second.messages[2:]
    seen = json.loads(text)["observed"]
    assert role == "user"
    assert seen[0][0]["action"] == LEAD
    assert seen[0][0]["outcome"] == "refused"
    assert {"field": "deal_currency_code", "wanted": "", "seen": "INVALID_OPTION"} in seen[0][0][
        "fields"
    ]


def test_signatures_never_carry_over_to_a_new_plan() -> None:
    """Everything that was approved and did not run is asked again, in other bytes."""
    world = attentive()
    journey = asked(world)
    old = pending(journey)
    decides(world, journey)
    journey.answered()
    new = pending(journey)
    assert {new.actions[one] for one in new.digests} == {LEAD, CALLBACK, REPLY}
    assert set(new.digests).isdisjoint(old.digests)
    dropped = [held for held in journey.record.ledger if held.status == "dropped"]
    assert {held.action for held in dropped} == {LEAD, CALLBACK, REPLY}
    assert world.mail.to(SENDER) == []


def test_what_took_effect_is_not_wanted_again() -> None:
    """The contact of the first plan stands: the second has no contact, and its numbers go on."""
    world = attentive()
    journey = asked(world)
    decides(world, journey)
    journey.answered()
    second = [held for held in journey.record.ledger if held.plan == 1]
    assert [held.index for held in second] == [4, 5, 6]
    assert "crm.upsert_contact" not in {held.action for held in second}
    assert journey.statuses()["crm.upsert_contact"] == "verified"


def test_what_a_person_rejected_stays_rejected() -> None:
    """No to the callback is a constraint on the new plan: it is neither asked nor done again."""
    world = attentive()
    journey = asked(world)
    decides(world, journey, callback=Choice.REJECT)
    journey.answered()
    assert {pending(journey).actions[one] for one in pending(journey).digests} == {LEAD, REPLY}
    decides(world, journey)
    journey.answered()
    assert ends(journey)[0] == "COMPLETED"
    assert made(world) == {"contacts": 1, "deals": 1}
    assert journey.statuses()[CALLBACK] == "rejected"


def test_what_a_person_changed_stays_changed_and_is_signed_again_by_somebody_else() -> None:
    """The edited title is in the new plan's bytes, shown as an edit, and its author cannot sign."""
    world = attentive()
    journey = asked(world)
    edits(world, journey, LEAD, title="Dispatch, 40 seats")
    decides(world, journey, by="ben")
    journey.answered()
    (lead,) = [held for held in journey.record.ledger if held.plan == 1 and held.action == LEAD]
    assert lead.content()["params"]["title"] == "Dispatch, 40 seats"
    assert lead.content()["params"]["budget"] is None
    assert (lead.edited_by, lead.status) == ("ana", "planned")
    assert pending(journey).editors == {lead.digest: ("ana",)}
    decides(world, journey, by="ben")
    journey.answered()
    assert world.crm.all("deals")[0].fields["dealname"] == "Dispatch, 40 seats"


def test_what_was_left_at_the_target_is_undone_before_the_new_plan() -> None:
    """A deal without the amount that was signed goes first; the second plan makes another one."""
    crm = TrimmingCrm()
    world = attentive(crm)
    journey = Journey(world, accept(world, form()))
    crm.drops("amount")
    assert journey.goes() == "Ask"
    states = journey.visited
    assert states[states.index("Act") :][:3] == ["Act", "Act", "Propose"]
    assert len(world.crm.all("deals")) == 1
    undone = [held for held in journey.record.ledger if held.action == LEAD]
    assert [held.status for held in undone] == ["undone", "verified"]
    assert undone[0].key != undone[1].key


def test_a_lie_is_planned_anew_and_after_two_new_plans_a_person_gets_it() -> None:
    """A target that says yes and does nothing gets two more tries, and no fourth."""
    world = World(offline)
    journey = Journey(world, accept(world, form()))
    world.crm.lies(times=10)
    assert journey.goes() == "Escalate"
    assert ends(journey) == ("ESCALATED", "an action failed")
    assert len(world.model.asked) == 1 + MOST_PLANS
    rounds = journey.record.results["observations"].as_(Observations).rounds
    assert len(rounds) == MOST_PLANS
    assert world.crm.journal == []


def test_what_was_refused_is_not_sent_again_as_it_was() -> None:
    """A model that does not listen: the same parameters fail at once, and a person gets the job."""
    world = World(offline)
    journey = asked(world)
    decides(world, journey)
    assert journey.answered() == "Escalate"
    lead = [held for held in journey.record.ledger if held.action == LEAD][-1]
    assert (lead.plan, lead.status) == (1, "failed")
    assert "refused" in lead.note
    assert world.crm.all("deals") == ()
    assert world.mail.to(SENDER) == []


def test_an_unknown_outcome_is_never_planned_anew() -> None:
    """The mail may have left: a new plan could send another one, so a person gets it."""
    world = World(offline)
    journey = Journey(world, accept(world, form()))
    journey.goes()
    journey.is_decided(Choice.APPROVE)
    world.mail.fails_with(Ambiguous("the answer was lost"), after_sending=True)
    assert journey.answered() == "Escalate"
    assert "observations" not in journey.record.results
    assert len(world.model.asked) == 1


def test_when_the_model_is_down_at_the_second_plan_everything_is_asked() -> None:
    """The heuristics heed the observation too, and nothing of theirs runs by itself."""
    world = World(offline)
    journey = asked(world)
    decides(world, journey)
    world.model.broken = Unavailable("the model is down")
    assert journey.answered() == "Ask"
    second = [held for held in journey.record.ledger if held.plan == 1]
    assert {held.status for held in second} == {"planned"}
    lead = next(held for held in second if held.action == LEAD)
    assert lead.content()["params"]["budget"] is None


@pytest.mark.control
def test_control_a_second_plan_that_forgets_the_first_does_things_twice() -> None:
    """The naive design plans from nothing: its plan has the contact again, and no no."""
    world = attentive()
    journey = asked(world)
    decides(world, journey, callback=Choice.REJECT)
    journey.answered()
    another = form(**IN_HONG_KONG, email="bo.lindner@hafenwerk.example")
    anew = Journey(world, accept(world, another, event="evt-2"))
    anew.goes()
    bound = {held.action for held in journey.record.ledger if held.plan == 1}
    naive = {held.action for held in anew.record.ledger}
    assert naive - bound == {"crm.upsert_contact", CALLBACK}
