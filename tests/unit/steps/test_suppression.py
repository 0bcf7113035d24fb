"""One list for all workflows: heard in words in one of them, nobody mails there from any."""

from __future__ import annotations

import json

import pytest

from countersign.domain.approvals.approval import Choice
from countersign.domain.jobs.suppression import suppressed
from tests.fakes.journey import Journey, accept, form
from tests.fakes.world import World
from tests.unit.steps import refunds
from workflows import WORKFLOWS

ANNA = "anna.lindner@hafenwerk.example"
STOP = "Please stop mailing me and take me off your list."


@pytest.fixture
def world() -> World:
    return World(WORKFLOWS["lead_intake"].offline)


def why(world: World) -> list[str]:
    return [row.why for row in world.suppression.rows()]


def test_an_opt_out_between_look_and_dispatch_is_seen_at_dispatch(world: World) -> None:
    """The reply is signed, the opt-out comes by another message: the signed reply is forbidden in
    the write that would claim it, what ran before stays, and nothing is mailed."""
    signed = Journey(world, accept(world, form()))
    signed.goes()
    other = Journey(world, accept(world, form(message=STOP, consent=None), "evt-2"))
    other.goes()
    assert why(world) == ["opt-out"]
    signed.is_decided(Choice.APPROVE)
    assert signed.answered() == "Close"
    assert signed.statuses()["email.send_reply"] == "forbidden"
    assert signed.record.job.status == "COMPLETED"
    assert world.mail.to(ANNA) == []


@pytest.mark.control
def test_control_without_the_list_the_signed_reply_leaves(world: World) -> None:
    """The same two messages; the row taken out again, the mail goes."""
    signed = Journey(world, accept(world, form()))
    signed.goes()
    Journey(world, accept(world, form(message=STOP, consent=None), "evt-2")).goes()
    world.suppression.remove(world.suppression.rows()[0].key)
    signed.is_decided(Choice.APPROVE)
    signed.answered()
    assert len(world.mail.to(ANNA)) == 1


def test_what_one_workflow_hears_binds_the_others() -> None:
    """The list knows no workflow: a refund runs, and its confirmation does not leave."""
    world = refunds.world()
    world.suppression.add(suppressed(refunds.ADA.upper(), "opt-out", world.clock.now(), "j-1"))
    journey = refunds.arrives(world)
    journey.goes()
    assert journey.statuses()["payments.refund"] == "verified"
    assert journey.statuses()["email.send_reply"] == "forbidden"
    assert world.mail.to(refunds.ADA) == []


@pytest.mark.parametrize(
    ("message", "reasons"),
    [
        (STOP, ["opt-out"]),
        ("Bitte keine weiteren E-Mails mehr an mich.", ["opt-out"]),
        ("Please delete all my personal data.", ["erasure"]),
        ("Please send me a quote for 40 licences.", []),
    ],
)
def test_it_is_heard_in_words(world: World, message: str, reasons: list[str]) -> None:
    """In the languages of the fixed texts; a plain wish puts nobody on the list."""
    Journey(world, accept(world, form(message=message, consent=None))).goes()
    assert why(world) == reasons
    assert ANNA not in json.dumps([one.model_dump(mode="json") for one in world.suppression.rows()])
