"""Mails in threads, and the jobs that come of them: what tests about questions and answers say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from countersign.entrypoints.tick import tick
from tests.fakes.journey import Journey, accept
from tests.fakes.world import World
from tests.unit.steps import refunds
from tests.unit.steps.refunds import ADA

ORDER = "1042"


def shop() -> World:
    """The shop of the refund tests, with an address for answers."""
    world = refunds.world()
    world.settings = world.settings.model_copy(update={"mail_inbound": "answers@example.com"})
    world.deps = world.deps_again()
    return world


def mail(
    text: str,
    *headers: str,
    sender: str = ADA,
    vouched: bool = True,
    to: str = "help@example.com",
    number: int = 1,
) -> bytes:
    """A mail; our own receiver vouches for it, or does not."""
    domain = sender.rpartition("@")[2]
    said = f"dmarc=pass header.from={domain}" if vouched else "dmarc=none"
    lines = (
        f"Authentication-Results: mx.countersign.example; {said}",
        f"From: Somebody <{sender}>",
        f"To: {to}",
        "Subject: Broken lamp",
        f"Message-ID: <{number}@{domain}>",
        "Content-Type: text/plain; charset=utf-8",
        *headers,
        "",
        text,
    )
    return "\r\n".join(lines).encode()


def arrives(world: World, body: bytes, event: str, workflow: str = "refund_request") -> Journey:
    """The job of a mail, as far as it goes."""
    journey = Journey(world, accept(world, body, event, door="upload", workflow=workflow))
    journey.goes()
    return journey


WITHOUT_ORDER = "Hello, the lamp arrived broken. Please refund me 45.90 EUR."


def asked(world: World, text: str = WITHOUT_ORDER) -> Journey:
    """A job that has asked Ada which order she means."""
    journey = arrives(world, mail(text), "e-1")
    assert (journey.record.job.status, journey.visited[-1]) == ("WAITING_FOR_SENDER", "Park")
    return journey


IN_THREAD = "In-Reply-To: <mail-1@eu-central-1.amazonses.com>"
"""How an answer to our first mail begins."""


def goes_on(world: World, journey: Journey) -> str:
    """Time comes round: the execution that an answer or a deadline asks for, if any."""
    tick(world.deps)
    name, _ = world.executions.started[-1]
    assert name == journey.record.job.execution
    return journey.goes()


def params(journey: Journey, action: str) -> Mapping[str, Any]:
    """The parameters of the action's last entry."""
    held = [one for one in journey.record.ledger if one.action == action]
    found: Mapping[str, Any] = json.loads(held[-1].body)["params"]
    return found
