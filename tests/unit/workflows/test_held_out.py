"""How much of what the plain heuristics say is right, on messages that they do not know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

import pytest

from countersign.domain.workflow import Workflow
from tests.unit.workflows.bench import Bench
from tests.unit.workflows.held_out import LEADS, REFUNDS, HeldOut
from workflows import WORKFLOWS

LEAST = 0.98
"""Of a hundred facts that they state so many are what the message says."""
_PROSE = frozenset({"says", "need", "summary", "email"})
"""Copied from the message as it stands."""
ALL = (("refund_request", REFUNDS), ("lead_intake", LEADS))


def measured(workflow: Workflow[Any], texts: Sequence[HeldOut]) -> tuple[list[str], Counter[str]]:
    """The facts that are stated and not said; and how many of each are right, or are missing."""
    wrong, counted = list[str](), Counter[str]()
    for text in texts:
        said = _stated(workflow, text)
        for name, value in said.items():
            right = _is(value, text.facts.get(name, text.header if name == "name" else ""))
            counted[f"{name} right"] += right
            wrong += [] if right else [f"{name} {value!r}: {text.text}"]
        counted.update(f"{name} missing" for name in text.facts.keys() - said.keys())
    return wrong, counted


def _stated(workflow: Workflow[Any], text: HeldOut) -> dict[str, str]:
    head = f"From: {text.header} <{text.sender}>\r\nSubject: Hello"
    kind = "Content-Type: text/plain; charset=utf-8"
    bench = Bench(workflow)
    given = bench.read(f"{head}\r\n{kind}\r\n\r\n{text.text}".encode(), "upload")
    outcome = bench.judge(given, offline=True)
    assert outcome.faults == [], text.text
    return {name: value for name, value in outcome.facts.items() if name not in _PROSE}


def _is(value: str, said: str) -> bool:
    return any(value == one or _number(value) == _number(one) for one in said.split("|"))


def _number(text: str) -> object:
    try:
        return Decimal(text)
    except InvalidOperation:
        return text


@pytest.mark.parametrize(("name", "texts"), ALL)
def test_what_the_heuristics_say_is_right(name: str, texts: Sequence[HeldOut]) -> None:
    """Of the facts that they state at least 98 of 100 are what the message says; where they see
    little they say less, and that is printed too."""
    wrong, counted = measured(WORKFLOWS[name], texts)
    right = sum(times for what, times in counted.items() if what.endswith("right"))
    missing = counted.total() - right
    print(  # noqa: T201 - the figures of the run
        f"\n{name}: {right} of {right + len(wrong)} facts right, {missing} not stated:"
        f" {', '.join(f'{what} {times}' for what, times in sorted(counted.items()))}"
    )
    assert right > len(texts) * 2
    assert right / (right + len(wrong)) >= LEAST, wrong


@pytest.mark.parametrize(("name", "texts"), ALL)
def test_nothing_of_them_runs_that_pays_or_sells_unless_it_says_so(
    name: str, texts: Sequence[HeldOut]
) -> None:
    """No money is asked for, and no sale wished, in a message of which they say so wrongly."""
    wished = {"refund_request": ("wish", "refund"), "lead_intake": ("intent", "sales")}[name]
    for text in texts:
        said = _stated(WORKFLOWS[name], text)
        if said.get(wished[0]) == wished[1]:
            assert wished[1] in text.facts[wished[0]].split("|"), text.text


@pytest.mark.control
def test_control_a_reader_that_guesses_is_seen() -> None:
    """Control: where nothing is said a bold reader says the commonest; that falls below."""
    flow = WORKFLOWS["refund_request"]

    def bold(prompt: str) -> dict[str, Any]:
        said = dict(flow.offline(prompt))
        first = said["says"]["quotes"][:1]
        return {**said, "wish": said["wish"] or {"value": "refund", "quotes": first}}

    wrong, counted = measured(replace(flow, offline=bold), REFUNDS)
    assert 1 - len(wrong) / counted.total() < LEAST
