"""The refund events: what policy says to each action is what its hand-written expectation needs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.local.payments.store import ORDERS, DemoOrder
from tests.unit.workflows.bench import NOW, Bench, Rows
from tests.unit.workflows.refunds import BENCH, Outcome, judge
from workflows.refund_request.contract import RefundInput

EVENTS = Path(__file__).parents[3] / "events"


def expectation(name: str) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads((EVENTS / name / "expect.json").read_text("utf-8"))
    return parsed


def _answer(name: str) -> dict[str, Any] | None:
    """What a model says to the event, if it brings that along."""
    file = EVENTS / name / "answer.json"
    found: dict[str, Any] | None = json.loads(file.read_text("utf-8")) if file.exists() else None
    return found


NAMES = sorted(
    folder.name
    for folder in EVENTS.iterdir()
    if folder.is_dir()
    and expectation(folder.name)["workflow"] == "refund_request"
    and "answered" not in expectation(folder.name)
)
"""What is answered first is judged anew from both parts: its first plan is a question."""
_NEEDS = {
    ("verified", None): {"run"},
    ("authorised", None): {"run"},
    ("failed", None): {"run"},
    ("verified", "approve"): {"ask"},
    ("rejected", "reject"): {"ask"},
    ("verified", "reject"): {"ask"},  # rejected, and what it ended with was signed
    ("forbidden", "approve"): {"forbid"},
    ("forbidden", "reject"): {"forbid"},
    ("dropped", "approve"): {"ask"},
}


def _order(order: DemoOrder, more: int = 0) -> Mapping[str, str]:
    created = NOW - timedelta(days=order.days)
    return {
        "number": order.number,
        "customer": order.customer,
        "email": order.email,
        "name": order.name,
        "bought": order.item,
        "amount_minor": str(order.amount if order.status == "succeeded" else 0),
        "currency": order.currency.upper(),
        "refunded_minor": str(sum(amount for amount, _ in order.back) + more),
        "paid": str(order.status == "succeeded").lower(),
        "disputed": str(order.disputed).lower(),
        "created": created.isoformat(),
    }


def _refunds(customer: str) -> Sequence[Mapping[str, str]]:
    return [
        {"status": "succeeded", "created": (NOW - timedelta(days=days)).isoformat()}
        for order in ORDERS
        if order.customer == customer
        for _, days in order.back
    ]


def _records(number: str, *, after: bool, more: int = 0) -> Rows:
    """What the demo account holds of an order, as its first record that took money."""
    held = [order for order in ORDERS if order.number == number and order.status != "failed"]
    spent = held[0].amount if held and after else more
    return {
        "order": [_order(order, spent) for order in held],
        "refunds": _refunds(held[0].customer) if held and held[0].customer else [],
        "claim_holder": [{}] if after else [],
    }


def judged(
    name: str, *, meanwhile: bool = False, on: Bench[RefundInput] = BENCH
) -> tuple[dict[str, Any], Outcome]:
    """The event's expectation, and what policy says to it on this bench."""
    expected = expectation(name)
    body = next((EVENTS / name).glob("event.*")).read_bytes()
    given = on.read(body, expected["door"])
    said = on.workflow.offline(on.workflow.prompt_text(given))["order"]
    number = said["value"] if said else ""
    more = expected["meanwhile"]["refund"]["minor"] if meanwhile else 0
    held = _records(number, after=bool(expected["after"]), more=more)
    answer = _answer(name)
    return expected, on.judge(given, held, answer, offline=not answer)


@pytest.mark.parametrize("name", NAMES)
def test_policy_allows_exactly_what_theexpectation_needs(name: str) -> None:
    """Each action of an event gets the verdict from which its expected end can follow."""
    expected, outcome = judged(name)
    assert outcome.faults == []
    assert set(outcome.verdicts) == set(expected["actions"])
    for action, end in expected["actions"].items():
        if "meanwhile" in expected and end == "forbidden":
            end = "verified"  # noqa: PLW2901 - until the record changes it could be signed
        assert outcome.verdicts[action] in _NEEDS[(end, expected["decision"])], action


@pytest.mark.parametrize("name", [name for name in NAMES if _answer(name)])
def test_an_answer_is_a_models_and_needed(name: str) -> None:
    """An answer beside an event is whole, and without it the refund would ask."""
    expected, outcome = judged(name)
    assert outcome.answer == _answer(name)
    assert outcome.verdicts["payments.refund"] == "run"
    given = BENCH.read(next((EVENTS / name).glob("event.*")).read_bytes(), expected["door"])
    alone = judge(given, _records(outcome.facts["order"], after=False), offline=True)
    assert alone.verdicts["payments.refund"] == "ask"
    assert "offline.over_limit" in alone.rules


@pytest.mark.parametrize("name", [name for name in NAMES if "signers" in expectation(name)])
def test_as_many_sign_as_policy_needs(name: str) -> None:
    """Four eyes are two signers, everything else is one."""
    expected, outcome = judged(name)
    needed = {"one": 1, "two": 2}[outcome.quorums["payments.refund"]]
    assert len(set(expected["signers"])) == needed


@pytest.mark.parametrize("name", [name for name in NAMES if "meanwhile" in expectation(name)])
def test_the_change_while_it_waits_is_what_forbids(name: str) -> None:
    """With the record as it was the refund could be signed; with the record as it is, not."""
    assert judged(name, meanwhile=True)[1].verdicts["payments.refund"] == "forbid"
