"""The ways by which a request for signatures comes about, each as the real steps make it: what
holds for a job that came through a door of its own holds for these."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from countersign.domain.approvals.approval import Approval, Person
from tests import answers
from tests.fakes.journey import Journey
from tests.fakes.world import World
from tests.guarantees.signing import Waiting
from tests.guarantees.signing import asked as at_its_door
from tests.unit.jobs.test_rejected import OWN, answered, refused
from tests.unit.jobs.test_rejected_anew import anew, rejected
from tests.unit.steps import refunds, test_front_desk
from tests.unit.web.visitor import Browser

DEAR = "Hello, the lamp arrived broken. Please refund me 300.00 EUR."


@dataclass
class OnRoad(Waiting):
    """A job that waits, whoever is asked; `root` is the job of the message that began it, `asked`
    the id of the request."""

    root: Journey
    asked: str

    @property
    def approval(self) -> Approval:
        """The request that waits, or waited."""
        return self.record.approvals[self.asked]

    @property
    def people(self) -> tuple[Person, ...]:
        """Who may sign: who was asked and has written none of it."""
        editors = {one for found in self.approval.editors.values() for one in found}
        return tuple(one for one in self.approval.approvers if one.id not in editors)

    @property
    def links(self) -> list[dict[str, str]]:
        """All that anybody was mailed, also about earlier requests."""
        members = self.world.people.directory().members
        return [one for member in members for one in self.mailed(member.person)]

    def at(self, person: Person, number: int = -1) -> Browser:
        """A browser at a link that this person was mailed."""
        browser = Browser(self.world, "ana")
        browser.params = self.mailed(person)[number]
        return browser

    def effects(self) -> dict[str, int]:
        """What the journals outside hold, and how many jobs there are."""
        staff = {one.person.address for one in self.world.people.directory().members}
        return {
            "records": len(self.world.crm.journal),
            "mails": sum(mail.to not in staff for mail in self.world.mail.sent),
            "refunds": len(self.world.payments.journal),
            "jobs": len(self.world.store.records()),
        }


def on_road(world: World, journey: Journey, root: Journey | None = None) -> OnRoad:
    """It waits for signatures."""
    pending = journey.record.pending
    assert pending, "the job does not wait"
    return OnRoad(world, journey, root or journey, pending.approval_id)


def _door() -> OnRoad:
    held = at_its_door()
    return on_road(held.world, held.journey)


def _desk() -> OnRoad:
    """Nobody understands the message: where does it belong?"""
    return on_road(*test_front_desk.asked())


def _handed_over() -> OnRoad:
    """The desk's child, in a process that drafts a reply."""
    sale = test_front_desk.SALE
    said = test_front_desk.said(first=("sales", sale[7:]))
    world, parent = test_front_desk.desk(test_front_desk.mail(sale), said)
    child = test_front_desk.child(world, parent)
    assert child.goes() == "Ask"
    return on_road(world, child, parent)


def _answer() -> OnRoad:
    """The customer answers our question; with the order's number the refund is a dear one."""
    world = answers.shop()
    refunds.has_order(world, "1049", 30_000)
    journey = answers.asked(world, DEAR)
    answers.arrives(
        world, answers.mail("Sorry, it is order 1049.", answers.IN_THREAD, number=2), "e-2"
    )
    assert answers.goes_on(world, journey) == "Ask"
    return on_road(world, journey)


def _reopened() -> OnRoad:
    """What was rejected is corrected and planned anew."""
    world, journey = rejected()
    anew(world, journey, amount="100.00 EUR")
    return on_road(world, journey)


def _ended_with_an_answer() -> OnRoad:
    """What was rejected ends with words that somebody typed, and somebody else signs."""
    world, journey = refused()
    answered(world, journey, text=OWN)
    return on_road(world, journey)


ROADS: Mapping[str, Callable[[], OnRoad]] = {
    "its own door": _door,
    "the desk's question": _desk,
    "handed over by the desk": _handed_over,
    "an answer of the sender": _answer,
    "reopened": _reopened,
    "ended with an answer": _ended_with_an_answer,
}
