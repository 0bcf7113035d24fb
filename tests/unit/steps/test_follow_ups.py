"""Writing again about the same: no effect twice, and somebody hears it, whichever way it comes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Literal

import pytest

from countersign.domain.approvals.approval import Choice
from countersign.domain.planning.joining import Later, Way
from tests.answers import mail
from tests.fakes.journey import Journey, accept, form
from tests.fakes.world import World
from tests.unit.steps import refunds
from tests.unit.steps.refunds import ADA, amounts, begin
from workflows import WORKFLOWS

Door = Literal["webhook", "upload"]
ANNA = "anna.lindner@hafenwerk.example"
STILL = (
    "Nobody called about the quote for 40 licences of your dispatch software. "
    "If I hear nothing today, we buy elsewhere."
)


def company() -> World:
    """A company that sells, with the plain heuristics as its model."""
    return World(WORKFLOWS["lead_intake"].offline)


def lead(world: World, event: str, body: bytes, door: Door = "webhook") -> Journey:
    """The job of a message to sales, as far as it goes."""
    journey = Journey(world, accept(world, body, event, door=door))
    journey.goes()
    return journey


def sold(world: World) -> Journey:
    """Anna's form became a lead, and was answered."""
    first = lead(world, "e-1", form())
    if first.record.pending:
        first.is_decided(Choice.APPROVE)
        first.answered()
    assert first.record.job.status == "COMPLETED"
    return first


def tasks(world: World) -> list[str]:
    """What sellers are asked to do, with its notes."""
    held = [one.fields for one in world.crm.all("tasks")]
    return [f"{one['hs_task_subject']} | {one['hs_task_body']}" for one in held]


AGAIN: Mapping[str, tuple[bytes, Door]] = {
    "form": (form(message=STILL), "webhook"),
    "mail": (mail(STILL, sender=ANNA, number=7), "upload"),
    "forged mail": (mail(STILL, sender=ANNA, vouched=False, number=7), "upload"),
}


@pytest.mark.parametrize("way", AGAIN)
def test_who_writes_again_is_called_back_sooner_and_is_no_second_lead(way: str) -> None:
    """Its seller has the very words, due in two hours and not in eight; nothing else is repeated,
    and the first job says that more was written."""
    world = company()
    first = sold(world)
    second = lead(world, "e-2", *AGAIN[way])
    assert second.statuses() == {
        "crm.upsert_contact": "verified",
        "crm.create_lead": "forbidden",
        "crm.request_callback": "verified",
        "email.send_reply": "forbidden",
    }
    _, called = tasks(world)
    assert called.startswith("Wrote again")
    assert "we buy elsewhere" in called
    due = [one.fields["hs_timestamp"] for one in world.crm.all("tasks")]
    assert due[1] < due[0]
    assert len(world.crm.all("deals")) == len(world.mail.to(ANNA)) == 1
    (noted,) = first.record.result("later", Later).words
    assert (noted.way, noted.job_id) == (Way.NOTED, second.job_id)


@pytest.mark.parametrize("times", [2, 5])
def test_the_same_words_again_are_one_call(times: int) -> None:
    """A form that is sent twice, also the second one: one call for it, however often."""
    world = company()
    sold(world)
    for number in range(times):
        lead(world, f"e-{number + 2}", form(message=STILL))
        lead(world, f"f-{number + 2}", form())
    assert len(tasks(world)) == 2


@pytest.mark.control
def test_control_words_that_differ_are_calls_of_their_own() -> None:
    """What is new each time is heard each time: the same run with other words."""
    world = company()
    sold(world)
    for number in range(2):
        lead(world, f"e-{number + 2}", form(message=f"{STILL} Call extension {number + 10}."))
    assert len(tasks(world)) == 3


def test_a_second_word_makes_nobody_elses_company_hers() -> None:
    """“We go to Ostwerk GmbH” does not make Ostwerk her company, though she surely wrote it; her
    own number she may correct."""
    world = company()
    sold(world)
    text = f"{STILL} Ostwerk GmbH sells the same. My number is +49 40 23125 0199."
    lead(world, "e-2", mail(text, sender=ANNA).replace(b"Somebody", b"Anna Lindner"), "upload")
    held = world.crm.find("contacts", "email", ANNA)
    assert held
    assert held.fields["company"] == "Hafenwerk Logistik GmbH"
    assert held.fields["phone"] == "+4940231250199"


def test_what_waits_for_a_signature_is_judged_again_by_both() -> None:
    """The budget is above the limit, and a person was asked: the second form joins that job, whose
    request is replaced by one over both messages."""
    world = company()
    first = lead(world, "e-1", form(message="We want a quote for 900 licences. Budget 98,000 EUR."))
    before = first.record.pending
    assert before
    second = lead(world, "e-2", form(message="The quote for 900 licences: nobody called, hurry."))
    later = first.record.result("later", Later).words
    assert [one.job_id for one in later] == [second.job_id]
    assert first.record.approvals[before.approval_id].superseded
    assert "nobody called" in str(dict(first.record.results)["input"])


REFUND = "The lamp arrived broken, please refund me. Where is my money?"
SECOND = {
    "form": json.dumps({"order": "1042", "email": ADA, "message": REFUND}).encode(),
    "mail": mail(f"Order 1042. {REFUND}", number=9),
}


@pytest.mark.parametrize("way", SECOND)
def test_a_second_request_for_money_joins_the_first_while_somebody_may_sign(way: str) -> None:
    """One request to sign is enough, and it shows both messages: whoever signs sees the second."""
    world = refunds.world()
    first = begin(world, amount=None, message="Order 1042 is broken, refund me. I wrote before.")
    waited = first.record.pending
    assert waited
    door: Door = "webhook" if way == "form" else "upload"
    other = accept(world, SECOND[way], "e-2", door=door, workflow="refund_request")
    second = Journey(world, other)
    second.goes()
    assert (second.record.job.status, second.statuses()) == ("COMPLETED", {})
    assert first.record.approvals[waited.approval_id].superseded
    assert amounts(world) == []
