"""T10: in whatever order one contact writes, corrects and opts out, it ends the same."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from pathlib import Path
from typing import Literal

import pytest

from countersign.domain.approvals.approval import Choice
from countersign.domain.mail import Email
from tests.fakes.journey import Journey, form
from tests.fakes.world import World
from tests.guarantees.one_contact import (
    ANNA,
    EVENTS,
    FIRST_PHONE,
    RIGHT_PHONE,
    CrmBook,
    Event,
    Person,
    demo_world,
    fake_world,
    lives,
)
from tests.seeds import dealt_by, drawn_seed

Figure = Callable[[str, int], None]
Worlds = Callable[[], tuple[World, CrmBook]]
pytestmark = [pytest.mark.timeout(1800)]

ORDERS: tuple[tuple[Event, ...], ...] = tuple(permutations(EVENTS))
SEEDS = 20
IN_MEMORY, ON_THE_SERVER = 20, 3
"""Of the orders in the short form; the long one plays all of them on both."""


def in_order(worlds: Worlds, order: tuple[Event, ...], seed: int, number: int = 0) -> Person:
    """One contact's events in that order; nothing was wrong."""
    world, book = worlds()
    person = Person(world, book, ANNA.replace("@", f".{number}@"))
    dealt = dealt_by(seed)
    found = lives(person, order, dealt)
    assert not found, f"seed {seed}, {', '.join(order)}: {found}"
    return person


def all_orders(worlds: Worlds, seeds: list[int], orders: tuple[tuple[Event, ...], ...]) -> int:
    """Every order with every seed; how many contacts were mailed before they opted out."""
    mailed = 0
    for number, seed in enumerate(seeds):
        for place, order in enumerate(orders):
            person = in_order(worlds, order, seed + place, number * len(orders) + place)
            mailed += bool(person.mails())
    return mailed


@pytest.mark.guarantee("T10")
def test_whatever_the_order_it_ends_the_same(figure: Figure) -> None:
    """Every fourth order, drawn by a seed: no mail after the opt-out, one lead, no older number
    over a newer one."""
    seed = drawn_seed()
    some = tuple(dealt_by(seed).sample(ORDERS, IN_MEMORY))
    mailed = all_orders(fake_world, [seed], some)
    assert mailed, "nobody was mailed before: the proof would see nothing"
    figure(
        f"{IN_MEMORY} of 120 orders: 0 mails after the opt-out, 1 lead each "
        f"({mailed} mailed before)",
        IN_MEMORY,
    )


@pytest.mark.guarantee("T10")
def test_some_orders_end_the_same_on_the_demo_crm(tmp_path: Path, figure: Figure) -> None:
    """Some of the orders through the real adapter, on the demo server."""
    seed = drawn_seed()
    some = tuple(dealt_by(seed).sample(ORDERS, ON_THE_SERVER))
    with demo_world(tmp_path) as worlds:
        all_orders(worlds, [seed], some)
    figure(f"{ON_THE_SERVER} of the orders on the demo CRM", ON_THE_SERVER)


@pytest.mark.soak
@pytest.mark.guarantee("T10")
def test_all_orders_twenty_times_and_once_on_the_demo_crm(tmp_path: Path, figure: Figure) -> None:
    """Each order 20 times on the CRM in memory, and once on the demo server."""
    mailed = all_orders(fake_world, [1_000 * n for n in range(SEEDS)], ORDERS)
    assert mailed > 0.1 * SEEDS * len(ORDERS)
    with demo_world(tmp_path) as worlds:
        all_orders(worlds, [10], ORDERS)
    figure(f"120 orders × {SEEDS} ({mailed} mailed before), × 1 on the demo CRM", 120 * (SEEDS + 1))


class LastWriteWins(Person):
    """The naive intake: whatever a message says is written, opened and answered at once."""

    def arrives(self, body: bytes, door: Literal["webhook", "upload"]) -> None:  # noqa: ARG002 - both doors alike
        """No look, no claim, no signature."""
        phone = RIGHT_PHONE if RIGHT_PHONE.encode() in body else FIRST_PHONE
        crm = self.world.crm
        held = crm.find("contacts", "email", self.address)
        contact = held.id if held else crm.create("contacts", {"email": self.address}).id
        crm.update("contacts", contact, {"phone": phone})
        crm.create("deals", _DEAL, contact)
        self.world.mail.send(Email(to=self.address, subject="Thank you", text="We call you."))


_DEAL = {"dealname": "A lead", "pipeline": "default", "dealstage": "appointmentscheduled"}


@pytest.mark.control
@pytest.mark.guarantee("T10")
@pytest.mark.parametrize(
    "fault", ["mailed after the opt-out", "4 leads", "an older number was written again"]
)
def test_control_last_write_wins_breaks_each_promise(fault: str) -> None:
    """The same check finds each fault, in some orders, when messages are taken as they come."""
    found: list[str] = []
    for order in ORDERS:
        found += lives(LastWriteWins(*fake_world()), order, dealt_by(1))
    assert fault in found


def waiting_reply() -> tuple[Person, Journey]:
    """A reply of ours that was signed and looked at again, and is about to be sent."""
    person = Person(*fake_world())
    person.does("form")
    (journey,) = person.journeys
    journey.is_decided(Choice.APPROVE)
    for state in ("Look", "Decide"):
        journey._enter(state, {}, journey.job_id)
    return person, journey


@pytest.mark.guarantee("T10")
def test_an_opt_out_is_seen_once_the_look_is_ten_minutes_old() -> None:
    """However long a job hangs between its look and its mail: it looks again after ten minutes."""
    person, journey = waiting_reply()
    person.does("opt-out")
    person.world.clock.passes(minutes=10, seconds=1)
    journey.goes("Act", {"connector": "mail"})
    assert "mailed after the opt-out" not in person.faults()


def test_an_opt_out_between_look_and_mail_is_seen() -> None:
    """A minute after the look the contact opts out; the mail does not go out."""
    person, journey = waiting_reply()
    person.does("opt-out")
    person.world.clock.passes(minutes=1)
    journey.goes("Act", {"connector": "mail"})
    assert "mailed after the opt-out" not in person.faults()


def test_an_old_plan_does_not_overwrite_a_correction() -> None:
    """A form that waits for a signature knew no number; the correction comes first, then the
    signature: the corrected number stays."""
    person = Person(*fake_world())
    person.arrives(
        form(email=ANNA, message="We need a quote for 40 licences. We have a depot in Iran."),
        "webhook",
    )
    person.world.clock.passes(minutes=11)
    person.does("correction")
    person.is_answered(1.0, dealt_by(1))
    assert "an older number was written again" not in person.faults()
