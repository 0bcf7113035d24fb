"""One contact who writes several times and opts out, on the fake CRM or on the demo server."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, Protocol

from countersign.domain.approvals.approval import Choice
from countersign.domain.jobs.job import ENDED
from countersign.domain.policy.records import Record
from infra.local.crm.store import CrmStore
from tests.contract.crm_sides import server_side
from tests.fakes.crm import FakeCrm
from tests.fakes.journey import Journey, accept, form
from tests.fakes.world import World
from workflows import WORKFLOWS

Event = Literal["form", "reply", "correction", "opt-out", "duplicate"]
EVENTS: tuple[Event, ...] = ("form", "reply", "correction", "opt-out", "duplicate")
ANNA = "anna.lindner@hafenwerk.example"
FIRST_PHONE, RIGHT_PHONE = "+4930231250142", "+4940231250199"
GAPS = (0, 2, 11, 60)
"""Minutes between events: at once, within the time that looks stay fresh, and beyond it."""


class CrmBook(Protocol):
    """The CRM as its own people see it; what was written comes from its own journal."""

    def opts_out(self, email: str) -> None:
        """The contact uses the link below a mail; nobody has to be known yet."""

    def deals(self) -> int:
        """How many deals there are."""

    def contact(self, email: str) -> Mapping[str, str]:
        """The contact's properties."""

    def phones(self) -> list[str]:
        """Every phone number that was written to a contact, in order."""


class FakeBook:
    """FakeCrm."""

    def __init__(self, crm: FakeCrm) -> None:
        self._crm = crm

    def opts_out(self, email: str) -> None:
        """As the protocol."""
        held = self._crm.find("contacts", "email", email)
        if held:
            self._crm.somebody_edits(held.id, hs_email_optout="true")
        else:
            self._crm.has_contact(email, hs_email_optout="true")

    def deals(self) -> int:
        """As the protocol."""
        return len(self._crm.all("deals"))

    def contact(self, email: str) -> Mapping[str, str]:
        """As the protocol."""
        held: Record | None = self._crm.find("contacts", "email", email)
        return held.fields if held else {}

    def phones(self) -> list[str]:
        """As the protocol."""
        return [w.fields["phone"] for w in self._crm.journal if w.fields.get("phone")]


class DemoBook:
    """The demo server."""

    def __init__(self, store: CrmStore) -> None:
        self._store = store

    def opts_out(self, email: str) -> None:
        """As the protocol."""
        with self._store.transaction():
            held = self._store.get("contacts", email, "email")
            self._store.opt_out(held or self._store.create("contacts", {"email": email}))

    def deals(self) -> int:
        """As the protocol."""
        written = [(w["method"], w["type"]) for w in self._store.journal()]
        return written.count(("POST", "deals"))

    def contact(self, email: str) -> Mapping[str, str]:
        """As the protocol."""
        held = self._store.get("contacts", email, "email")
        return dict(held.properties) if held else {}

    def phones(self) -> list[str]:
        """As the protocol."""
        written = [w["properties"].get("phone", "") for w in self._store.journal()]
        return [phone for phone in written if phone]


class Person:
    """Anna: what she does, and what becomes of it. `address` tells one Anna from the next."""

    def __init__(self, world: World, book: CrmBook, address: str = ANNA) -> None:
        self.world, self.book, self.address = world, book, address
        self.journeys: list[Journey] = []
        self.mailed_before: int | None = None
        self.events = 0

    def does(self, event: Event) -> None:
        """One event; a job runs until it waits or ends."""
        self.events += 1
        if event == "opt-out":
            self.book.opts_out(self.address)
            self.mailed_before = len(self.mails())
        elif event in ("form", "duplicate"):
            self.arrives(form(email=self.address), "webhook")
        else:
            self.arrives(MAILS[event](self.address), "upload")

    def arrives(self, body: bytes, door: Literal["webhook", "upload"]) -> None:
        """A message of hers becomes a job."""
        event = f"evt-{self.address}-{self.events}"
        journey = Journey(self.world, accept(self.world, body, event=event, door=door))
        self.journeys.append(journey)
        journey.goes()

    def is_answered(self, likely: float, dealt: random.Random) -> None:
        """Whoever may sign has signed some of what waits; what more was said about is asked anew
        before that."""
        for journey in self.journeys:
            if "callback" in journey.record.due and not journey.record.pending:
                journey.answered()
            if journey.record.pending and dealt.random() < likely:
                journey.is_decided(Choice.APPROVE)
                journey.answered()

    def mails(self) -> list[str]:
        """What she got."""
        return [mail.text for mail in self.world.mail.to(self.address)]

    def faults(self) -> list[str]:
        """What must never be, as CRM and mail provider tell it."""
        phones = self.book.phones()
        held = self.book.contact(self.address)
        right = phones.index(RIGHT_PHONE) if RIGHT_PHONE in phones else len(phones)
        told = {
            "mailed after the opt-out": len(self.mails()) != (self.mailed_before or 0),
            f"{self.book.deals()} leads": self.book.deals() != 1,
            "an older number was written again": FIRST_PHONE in phones[right:],
            f"the number is {held.get('phone')}": held.get("phone") != RIGHT_PHONE,
            "the opt-out is gone": held.get("hs_email_optout") != "true",
            "a job has not ended": any(
                journey.record.job.status not in ENDED for journey in self.journeys
            ),
        }
        return [fault for fault, true in told.items() if true]


def lives(person: Person, order: tuple[Event, ...], dealt: random.Random) -> list[str]:
    """All events in that order, signatures and time in between; the faults at the end."""
    for event in order:
        person.does(event)
        person.world.clock.passes(minutes=dealt.choice(GAPS))
        person.is_answered(0.5, dealt)
    person.is_answered(1.0, dealt)
    return person.faults()


def offline(shown: str) -> Mapping[str, object]:
    """The model: the workflow's plain heuristics."""
    return WORKFLOWS["lead_intake"].offline(shown)


@contextmanager
def demo_world(folder: Path) -> Iterator[Callable[[], tuple[World, CrmBook]]]:
    """Worlds on one demo CRM behind the real adapter, emptied for each."""
    with server_side(folder) as side:

        def again() -> tuple[World, CrmBook]:
            side.empty()
            world = World(offline)
            vars(world)["crm"] = side.crm
            world.deps = world.deps_again()
            return world, DemoBook(side.store)

        yield again


def fake_world() -> tuple[World, CrmBook]:
    """A world on a CRM in memory."""
    world = World(offline)
    return world, FakeBook(world.crm)


def _mail(subject: str, text: str) -> Callable[[str], bytes]:
    lines = (
        "Authentication-Results: mx.countersign.example; dmarc=pass header.from={domain}",
        "From: Anna Lindner <{address}>",
        "To: hello@countersign.example",
        f"Subject: {subject}",
        "Content-Type: text/plain; charset=utf-8",
        "",
        f"Hello, {text}",
        "",
        "Anna Lindner",
        "Hafenwerk Logistik GmbH, Germany",
        "",
    )
    mail = "\r\n".join(lines)
    return lambda address: mail.format(address=address, domain=address.partition("@")[2]).encode()


MAILS: Mapping[str, Callable[[str], bytes]] = {
    "reply": _mail(
        "Re: Quote for dispatch software",
        "one more thing about the quote for 40 licences of your dispatch software: we need them "
        "for three depots in Germany and would like to start by the end of March.",
    ),
    "correction": _mail(
        "Correction: my phone number",
        "we are looking for a quote for 40 licences of your dispatch software, as we wrote. My "
        f"phone number was wrong there. Please call me on {RIGHT_PHONE} instead.",
    ),
}
