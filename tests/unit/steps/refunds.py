"""Whole refund jobs: the account's orders, the people who sign, and words for what they do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from countersign.domain.approvals.approval import Approval, Choice, Decision, Person, apply_decision
from countersign.domain.approvals.authority import sign
from countersign.domain.approvals.directory import Member, SigningLimit
from countersign.domain.approvals.working_hours import Hours
from countersign.domain.jobs.audit import verify
from countersign.domain.jobs.change import Change
from countersign.domain.money import Money
from tests.fakes.journey import Journey, accept
from tests.fakes.world import World
from workflows import WORKFLOWS

ADA = "ada.quill@example.com"
CONFIRMED = "we have refunded"


def offline(shown: str) -> Mapping[str, Any]:
    """The model: the workflow's plain heuristics."""
    return WORKFLOWS["refund_request"].offline(shown)


def world() -> World:
    """Order 1042 of 49.90 EUR; two who sign up to 200 and 500, two leads who sign up to 5,000."""
    made = World(offline)
    for key, role, most in (
        ("jonas", "refunds", 200),
        ("robin", "refunds", 500),
        ("ines", "refunds-lead", 5_000),
        ("sam", "refunds-lead", 5_000),
    ):
        made.people.save(member(key, role, most))
    has_order(made, "1042", 4_990)
    return made


def has_order(made: World, number: str, amount: int, **more: Any) -> str:
    """Ada paid `amount` cents for an order; its charge."""
    return made.payments.has_order(
        number, amount, "eur", customer="cus_AdaQuill", email=ADA, **more
    )


def arrives(made: World, event: str = "evt-1", **parts: object) -> Journey:
    """The shop posts a request for all of order 1042, with `parts` changed."""
    form = {
        "order": "1042",
        "email": ADA,
        "message": "The lamp arrived broken, please refund me.",
        "amount": {"minor": 4_990, "currency": "EUR"},
        **parts,
    }
    body = json.dumps({name: value for name, value in form.items() if value is not None}).encode()
    return Journey(made, accept(made, body, event, workflow="refund_request"))


def begin(made: World, event: str = "evt-1", **parts: object) -> Journey:
    """Such a request, and its job runs until it waits or ends."""
    journey = arrives(made, event, **parts)
    journey.goes()
    return journey


def asks_for(made: World, number: str, amount: int) -> Journey:
    """A request for all of a new order of `amount` cents."""
    has_order(made, number, amount)
    return begin(made, order=number, amount={"minor": amount, "currency": "EUR"})


def signs(
    made: World,
    journey: Journey,
    by: str,
    choice: Choice = Choice.APPROVE,
    *,
    but: Mapping[str, Choice] | None = None,
) -> Approval:
    """Somebody decides on everything, `but` some otherwise, as the door does it: judged by
    authority, in one write.

    Raises NotAuthorised.
    """
    pending = journey.record.pending
    assert pending, "nothing waits for a decision"
    decision = Decision(
        by=by,
        at=made.clock.now(),
        choices=dict.fromkeys(pending.digests, choice) | dict(but or {}),
        reason="" if choice is Choice.APPROVE and not but else "not this one",
    )
    signed = sign(made.people.directory(), pending, decision)
    made.deps.commit(
        journey.record,
        Change(
            event="signed by a person",
            actor=f"person:{by}",
            approvals=(signed,),
            ledger=apply_decision(signed, journey.record.ledger) if signed.decision else (),
            done=("approval",) if signed.decision else (),
        ),
    )
    return signed


def ended(journey: Journey) -> str:
    """The job's status, with its chain of entries checked."""
    job = journey.record.job
    assert verify(journey.record.audit, length=job.audit_length, head=job.audit_head) == []
    return job.status.value


def amounts(made: World) -> list[int]:
    """What left the account, in cents."""
    return [effect.amount for effect in made.payments.journal]


def texts(made: World, address: str = ADA) -> list[str]:
    """What a customer was told."""
    return [email.text for email in made.mail.to(address)]


def answers(journey: Journey) -> dict[str, str]:
    """What policy says to each action now."""
    return {held.action: held.verdict.answer.value for held in journey.record.ledger}


def member(key: str, role: str, most: int) -> Member:
    return Member(
        person=Person(id=key, name=key.title(), address=f"{key}@countersign.example"),
        roles=(role,),
        limits=(
            SigningLimit(actions="payments.*", most=Money(amount=Decimal(most), currency="EUR")),
        ),
        hours=Hours(days=tuple(range(7)), opens=0, closes=24 * 60),
    )
