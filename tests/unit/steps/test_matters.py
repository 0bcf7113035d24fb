"""The index of matters in whole jobs: what is written, and what rules and people are told by it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from countersign.approvals.views.request import past
from countersign.domain.approvals.approval import Choice
from countersign.domain.jobs.matters import FOLLOWS, Follows, contact_key, mail_key
from countersign.domain.policy.records import EARLIER, Records
from tests.fakes.journey import Journey, accept
from tests.fakes.world import World
from workflows import WORKFLOWS

SENDER = "anna.lindner@hafenwerk.example"


def offline(shown: str) -> Mapping[str, Any]:
    return WORKFLOWS["lead_intake"].offline(shown)


@pytest.fixture
def world() -> World:
    return World(offline)


def mail(text: str, number: int, *more: str) -> bytes:
    """A mail of Anna's that our own receiver vouches for."""
    lines = (
        "Authentication-Results: mx.countersign.example; dmarc=pass header.from=hafenwerk.example",
        f"From: Anna Lindner <{SENDER}>",
        "To: sales@example.com",
        "Subject: Licences",
        f"Message-ID: <{number}@hafenwerk.example>",
        *more,
        "",
        text,
    )
    return "\r\n".join(lines).encode()


def goes(world: World, body: bytes, event: str) -> Journey:
    journey = Journey(world, accept(world, body, event, door="upload"))
    journey.goes()
    return journey


def done(world: World) -> Journey:
    """A first mail, whose job is signed and ends."""
    first = goes(world, mail("We would like a quote for 40 licences, from Germany.", 1), "e1")
    first.is_decided(Choice.APPROVE)
    first.answered()
    assert first.record.job.status == "COMPLETED"
    return first


def earlier(journey: Journey) -> list[Mapping[str, str]]:
    held = journey.record.results["records"].as_(Records).all(EARLIER)
    return [{**one.fields, "id": one.id} for one in held]


def test_a_job_is_found_by_its_sender_and_by_the_mails_on_both_sides(world: World) -> None:
    """Prepare writes what arrived; the state after Act what we sent, under the provider's id."""
    first = done(world)
    sent = first.record.ledger[-1].receipt
    assert sent
    for key in (contact_key(SENDER.upper()), mail_key(f"<{sent.id}@eu-west-1.amazonses.com>")):
        assert [row.job_id for row in world.store.matters(key, 5)] == [first.job_id]


def test_rules_and_approvers_are_told_what_was_before(world: World) -> None:
    """The job that the mail goes back to comes first, and a third mail finds it by the second."""
    first = done(world)
    world.clock.passes(hours=30)
    second = goes(world, mail("Any news?", 2, "In-Reply-To: <1@hafenwerk.example>"), "e2")
    world.clock.passes(hours=30)
    third = goes(world, mail("Any news at all?", 3, "References: <2@hafenwerk.example>"), "e3")
    for later in (second, third):
        assert later.record.results[FOLLOWS].as_(Follows).job_id == first.job_id
        assert (earlier(later)[0]["id"], earlier(later)[0]["follows"]) == (first.job_id, "yes")
        assert any("goes back to it" in str(one.details) for one in shown(later))
    assert first.record.results["records"].as_(Records).all(EARLIER) == ()


def shown(journey: Journey) -> Any:
    return past(journey.record, WORKFLOWS["lead_intake"])
