"""Two machines that answer each other: our fixed texts come to an end, for the day."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from countersign.domain.policy.records import TEXTS_RULE, Records
from tests.fakes.journey import Journey, accept
from tests.fakes.world import World
from tests.unit.steps.test_journeys import offline

THEM = "helpdesk@portlogix.example"
LIMIT = 3


def ticket(number: int, sender: str = THEM) -> bytes:
    """A mail of a ticket system that says nowhere that it is one: each with a number of its own."""
    mail = EmailMessage()
    mail["From"] = f"Port Help <{sender}>"
    mail["To"] = "hello@example.com"
    mail["Subject"] = f"Request {number} is with us"
    mail["Message-ID"] = f"<{number}.{sender}>"
    mail["Authentication-Results"] = (
        "mx.countersign.example; dmarc=pass header.from=portlogix.example"
    )
    mail.set_content(
        "Guten Tag,\n\nwir sind die Portlogix GmbH aus Österreich und möchten Ihr Vertriebspartner "
        "werden. Wir suchen eine Partnerschaft als Wiederverkäufer für Ihre Produkte. Vorgang "
        f"{number}.\n\nMit freundlichen Grüßen\nPortlogix GmbH\n"
    )
    return mail.as_bytes()


def writes(world: World, number: int, sender: str = THEM) -> Journey:
    """One mail, through the whole process."""
    body = ticket(number, sender)
    journey = Journey(world, accept(world, body, event=f"mail-{number}", door="upload"))
    journey.goes()
    return journey


def loop(world: World, rounds: int) -> list[Journey]:
    """Each text of ours is answered by their machine at once."""
    found = []
    for number in range(1, rounds + 1):
        found.append(writes(world, number))
        world.clock.passes(minutes=1)
    return found


def test_a_loop_of_two_machines_stops_at_the_limit_and_stays_stopped() -> None:
    """Thirty rounds: three texts leave, however far the first ones lie behind; what the machine
    wrote is still handed on, and each job says why nothing was sent."""
    world = World(offline)
    jobs = loop(world, 30)
    assert len(world.mail.to(THEM)) == LIMIT
    for journey in jobs[LIMIT:]:
        assert journey.statuses()["email.send_reply"] == "forbidden"
        assert journey.statuses()["notify.push"] == "verified"
        (reason,) = [
            one.told
            for held in journey.record.ledger
            for one in held.verdict.reasons
            if one.rule == TEXTS_RULE
        ]
        assert reason == (
            "This correspondent had enough of our fixed texts: 3 today, at most 3 a day."
        )


def test_the_next_day_begins_anew_and_others_are_answered() -> None:
    """Somebody else gets their text on the same day; the same one gets it on the next."""
    world = World(offline)
    loop(world, LIMIT + 2)
    other = "kim.berg@portlogix.example"
    writes(world, 100, other)
    assert len(world.mail.to(other)) == 1
    world.clock.passes(days=1)
    writes(world, 101)
    assert len(world.mail.to(THEM)) == LIMIT + 1


@pytest.mark.control
def test_control_without_the_memory_of_a_held_back_text_it_goes_on() -> None:
    """Five earlier jobs are looked at: were only their texts counted, the loop would begin again
    once the first three lie behind them."""
    world = World(offline)
    jobs = loop(world, 30)
    last = jobs[-1].record.result("records", Records).found["matters"]
    assert not any(one.fields.get("texts") for one in last)
    assert all(one.fields.get("enough texts") for one in last)
