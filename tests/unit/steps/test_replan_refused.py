"""What a target refuses goes back to Propose only when it says what it would not take."""

from __future__ import annotations

import json

from countersign.domain.approvals.approval import Choice
from countersign.domain.errors import Refused
from tests.fakes.journey import Journey, accept, form
from tests.fakes.world import World
from tests.unit.steps.replans import ONCE, SENDER, decides, made
from tests.unit.steps.test_journeys import offline


def test_a_refused_mail_goes_back_and_a_new_draft_is_signed() -> None:
    """What cannot be undone and was refused did nothing: where the target names what it would not
    take, the next plan may try other words."""
    world = World(offline)
    journey = Journey(world, accept(world, form()))
    journey.goes()
    journey.is_decided(Choice.APPROVE)
    world.mail.fails_with(Refused("the provider refused the message", {"subject": "SPAM"}))
    other = json.loads(json.dumps(offline(world.model.asked[0].messages[1][1])))
    other["reply"]["subject"] = "Your request, again"
    world.model.answers(json.dumps(other))
    assert journey.answered() == "Ask"
    decides(world, journey)
    assert journey.answered() == "Close"
    (mail,) = world.mail.to(SENDER)
    assert "again" in mail.subject
    assert made(world) == ONCE


def test_a_key_without_the_right_is_no_new_plan() -> None:
    """No other plan would fit it (401, 403): the job waits, and the model is not asked again."""
    world = World(offline)
    world.crm.read_only = True
    journey = Journey(world, accept(world, form()))
    assert journey.goes() == "Park"
    assert "observations" not in journey.record.results
    assert len(world.model.asked) == 1
    assert journey.statuses()["crm.upsert_contact"] == "claimed"
