"""How many requests a job costs at the outside systems: limits are per request."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from countersign.connectors.hubspot.client import HubSpot
from countersign.connectors.stripe.client import StripePayments
from tests.contract import crm_sides, payments_sides
from tests.fakes.journey import Journey, accept, form
from tests.fakes.wire import CountedWire
from tests.fakes.world import START, World
from tests.unit.steps import refunds
from workflows import WORKFLOWS

WHO = "anna.lindner@hafenwerk.example"
CRM = ("crm.upsert_contact", "crm.create_lead", "crm.request_callback")
ORDER = {"customer": "cus_AdaQuill", "email": refunds.ADA}
pytestmark = pytest.mark.enable_socket


@pytest.fixture
def crm(tmp_path: Path) -> Iterator[crm_sides.ServerSide]:
    """The demo CRM behind HTTP."""
    with crm_sides.server_side(tmp_path) as side:
        yield side


@pytest.fixture
def payments(tmp_path: Path) -> Iterator[payments_sides.ServerSide]:
    """The demo payments account behind HTTP."""
    with payments_sides.server_side(tmp_path) as side:
        side.now[0] = START.timestamp()
        yield side


def lead(side: crm_sides.ServerSide, adapter: str = "visited_crm") -> list[str]:
    """A form whose three writes in the CRM run; the requests that it took."""
    wire = CountedWire()
    both = [HubSpot(side.url, key, timeout=lambda: 5.0, transport=wire) for key in KEYS]
    world = World(WORKFLOWS["lead_intake"].offline)
    world.deps.__dict__.update(crm=both[0], crm_reader=both[1])
    if adapter == "crm":
        world.deps.__dict__["visited_crm"] = both[0]
    journey = Journey(world, accept(world, form()))
    journey.goes()
    for one in both:
        one.close()
    assert [journey.statuses()[action] for action in CRM] == ["verified"] * 3
    return wire.requests


KEYS = ("writing", "reading")


def test_a_new_lead_takes_eight_requests(crm: crm_sides.ServerSide) -> None:
    """One look; the contact is looked for, made and read; deal and task are made and read."""
    made = lead(crm)
    assert len(made) <= 8, made
    assert [one.split()[0] for one in made].count("POST") == 3


def test_a_known_contact_takes_ten_requests(crm: crm_sides.ServerSide) -> None:
    """Its deals and mails are read in one batch each, and it is read right before its change."""
    contact = crm.has_contact(WHO, firstname="Anna", lastname="Lindner")
    crm.has_deal(WHO, dealstage="closedlost", closedate="2025-02-20T00:00:00.000Z")
    crm.has_email(WHO, START - timedelta(days=300))
    made = lead(crm)
    assert len(made) <= 10, made
    change = made.index(f"PATCH /crm/v3/objects/contacts/{contact}")
    assert made[change - 1] == f"GET /crm/v3/objects/contacts/{WHO}"


@pytest.mark.control
def test_without_the_visits_memory_more_is_asked(crm: crm_sides.ServerSide) -> None:
    """Control: the same job over the CRM itself asks again what it has read."""
    assert len(lead(crm, adapter="crm")) > 10


def refund(side: payments_sides.ServerSide, **order: Any) -> list[str]:
    """A small refund that runs alone; the requests that it took."""
    side.has_order("1042", 4_990, "eur", **ORDER, **order)
    side.now[0] += 60  # its search has seen the order
    wire = CountedWire()
    both = [StripePayments(side.url, key, timeout=lambda: 5.0, transport=wire) for key in KEYS]
    world = refunds.world()
    world.deps.__dict__.update(payments=both[0], payments_reader=both[1])
    journey = refunds.begin(world)
    for one in both:
        one.close()
    assert journey.statuses()["payments.refund"] == "verified", json.dumps(journey.statuses())
    return wire.requests


def test_a_refund_takes_four_requests(payments: payments_sides.ServerSide) -> None:
    """The order and its customer's charges are read; the refund is made, and read by its id."""
    made = refund(payments)
    assert len(made) <= 4, made


def test_a_refund_that_is_searched_for_takes_six(payments: payments_sides.ServerSide) -> None:
    """An order without a transfer group is asked for twice, and read by the id that was found."""
    made = refund(payments, grouped=False)
    assert len(made) <= 6, made
