"""A sum that a person corrects is the new plan's, on the page and from the command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from countersign.entrypoints.tick import tick
from tests.fakes.journey import Journey, accept, form
from tests.fakes.world import World
from tests.unit.cli.terminal import Terminal
from tests.unit.steps import refunds
from tests.unit.steps.test_journeys import offline
from tests.unit.web.member import MemberBrowser

Corrects = Callable[[World, str, str, Mapping[str, str]], None]
"""(world, job, the owner's role, what is typed)"""

MINOR = 21_000


def on_the_page(world: World, job: str, role: str, typed: Mapping[str, str]) -> None:
    """The owner corrects on the case's page."""
    person = world.people.directory().members[0].person
    world.people.becomes(person, roles=(role,))
    owner = MemberBrowser(world).signs_in(person.address)
    path = f"/approvals/cases/{job}"
    owner.opens(path)
    facts = {f"fact-{name}": text for name, text in typed.items()}
    sent = {**owner.hidden(), "way": "resume", "words": "", "code": owner.code(), **facts}
    assert owner.posts(path, sent).status == 303


@pytest.fixture(params=["page", "command line"])
def corrects(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> Corrects:
    """Both ways."""

    def at_a_terminal(world: World, job: str, role: str, typed: Mapping[str, str]) -> None:
        terminal = Terminal(capsys)
        terminal.world = world
        person = world.people.directory().members[0].person
        world.people.becomes(person, roles=(role,))
        given = [word for fact in typed.items() for word in ("--set", "=".join(fact))]
        terminal.forgets()
        assert terminal.types("case", job, "resume", "--by", person.id, *given)[0] == 0

    return on_the_page if request.param == "page" else at_a_terminal


def planned(journey: Journey, action: str) -> Mapping[str, Any]:
    """The parameters of an action in the newest plan."""
    held = next(one for one in journey.record.ledger if one.action == action)
    params: dict[str, Any] = held.content()["params"]
    return params


def expired(world: World, **parts: Any) -> Journey:
    """A request for 300 EUR of an order of 320 that nobody signed in time."""
    refunds.has_order(world, "1043", 32_000)
    journey = refunds.begin(world, order="1043", **parts)
    for _ in range(3):
        world.clock.passes(hours=9)
        tick(world.deps)
    journey.answered()
    assert journey.record.job.status == "ESCALATED"
    return journey


@pytest.mark.parametrize("stated", [None, {"minor": 30_000, "currency": "EUR"}])
def test_a_corrected_amount_is_what_is_refunded(corrects: Corrects, stated: object) -> None:
    """Whether the text or the shop's form said 300 EUR, a person's 210 EUR is planned anew."""
    world = refunds.world()
    message = "The lamp arrived broken, please refund me 300 EUR."
    journey = expired(world, amount=stated, message=message)
    assert planned(journey, "payments.refund")["amount"]["minor"] == 30_000
    corrects(world, journey.job_id, "payments-ops", {"amount": "210.00 EUR"})
    journey.goes()
    assert planned(journey, "payments.refund")["amount"] == {"minor": MINOR, "currency": "EUR"}


def test_a_corrected_budget_is_what_the_lead_gets(corrects: Corrects) -> None:
    """12,500 EUR in the text; the lead is created with the budget that a person set."""
    world = World(offline)
    journey = Journey(world, accept(world, form(country="Elbonia")))
    journey.goes()
    typed = {"country": "DE", "budget": "210.00 EUR"}
    corrects(world, journey.job_id, "sales-ops", typed)
    journey.goes()
    assert planned(journey, "crm.create_lead")["budget"] == {"minor": MINOR, "currency": "EUR"}


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        ("amuont=1.00 EUR", "nothing reads a fact amuont"),
        ("amount=lots", "digits with a point and a currency"),
        ("amount=1.005 EUR", "digits with a point and a currency"),
    ],
)
def test_a_correction_that_nothing_would_read_is_refused(
    capsys: pytest.CaptureFixture[str], fact: str, said: str
) -> None:
    """Nothing is stored that changes nothing: the case stays open, and the message says why."""
    world = refunds.world()
    journey = expired(world)
    terminal = Terminal(capsys)
    terminal.world = world
    person = world.people.directory().members[0].person
    world.people.becomes(person, roles=("payments-ops",))
    version = journey.record.job.version
    typed = ("case", journey.job_id, "resume", "--by", person.id, "--set", fact)
    code, _, complaint = terminal.types(*typed)
    assert (code, journey.record.job.version) == (1, version)
    assert said in complaint
