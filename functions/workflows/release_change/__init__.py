"""release_change: how far a stored release comes is signed like anything else."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import ClassVar

from countersign.actions.release import PROMOTE
from countersign.domain.ledger.action import ProposedAction
from countersign.domain.policy.proposal import Fact
from countersign.domain.policy.release import Limits
from countersign.domain.workflow import Draft
from countersign.workflow import Answer, Document, Situation, Summary, ask, forbid, run, workflow

STOPS = frozenset({"aborted", "retired"})


class Order(Document):
    """What `countersign release promote | abort | retire` asks for."""

    CONTRACT: ClassVar[str] = "release_change.input"
    VERSION: ClassVar[int] = 1


class Says(Answer):
    """Nothing that a model would add."""

    CONTRACT: ClassVar[str] = "release_change.answer"
    VERSION: ClassVar[int] = 1

    why: Summary | None


def signs(order: Order, _limits: Limits) -> Draft:
    """All is said in the order itself."""
    facts = {name: Fact(value=said, quotes=(said,)) for name, said in order.parts.items()}
    return Draft(facts=facts, wishes=(), drafts={}, confidence=Decimal(1))


def propose(s: Situation[Order]) -> Iterator[ProposedAction]:
    """The one change."""
    said = s.input.parts
    yield PROMOTE.proposed(
        target=said["workflow"],
        workflow=said["workflow"],
        release=said["release"],
        to=said["to"],
        share=Decimal(said.get("share", "0")),
        by=said["by"],
        why=said["why"],
    )


def goes_on(s: Situation[Order]) -> tuple[str, str] | None:
    """Jobs will come to it that did not before."""
    to = s.input.parts["to"]
    return None if to in STOPS else (to, "stopped")


def canary(s: Situation[Order]) -> tuple[str, str] | None:
    """What its canary has said so far."""
    said = s.input.parts.get("canary")
    return (said, "what it concludes") if said else None


def alone(s: Situation[Order]) -> tuple[str, str] | None:
    """Its author alone is to sign it, and nobody has seen it in shadow or evaluated it."""
    said = s.input.parts
    if said["to"] != "live" or not said.get("sole_owner") or said.get("seen"):
        return None
    return ("its author signs alone", "shadow and an evaluation before")


def owners(order: Order) -> tuple[str, ...]:
    """The roles that answer for what the change touches: somebody of each signs what goes on."""
    going = order.parts["to"] not in STOPS
    return tuple(order.parts.get("owners", "").split()) if going else ()


WORKFLOW = workflow(
    "release_change",
    title="Change of a release",
    owner="operations",
    tiers=["sales-lead"],
    source=Order,
    answer=Says,
    actions=[PROMOTE],
    propose=propose,
    signs=signs,
    # An order comes from an operator's terminal, through no door.
    without=["sender.unauthenticated"],
    cosigners=owners,
    policy=[
        run(PROMOTE, "what stops a release runs by itself"),
        ask(PROMOTE, "new jobs will run under it: {value}", goes_on),
        ask(PROMOTE, "so far, {value}", canary),
        forbid(PROMOTE, "{value}, and nobody has seen it in shadow or evaluated it", alone),
    ],
)
