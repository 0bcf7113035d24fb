"""Corrections: which parts a person may set, how a sum is said, and what rules read of it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Annotated, Any, ClassVar

import pytest
from hypothesis import given

from countersign.domain.contract import Contract, Value
from countersign.domain.errors import ContractBroken
from countersign.domain.money import Money
from countersign.domain.planning.corrections import facts_of, is_sum, parts, said
from countersign.domain.workflow import Workflow
from tests.builders import fact, proposal
from tests.flows import workflow
from tests.unit.domain.strategies import money


class Said(Value):
    """A part that becomes a fact."""

    value: str
    quotes: tuple[str, ...]


class Wish(Value):
    """A part that nobody quotes."""

    value: str


class Answer(Contract):
    """A model's answer: two facts, a sum, and three parts that are none."""

    CONTRACT: ClassVar[str] = "test.answer"
    VERSION: ClassVar[int] = 1

    name: Said
    company: Annotated[Said, "of some kind"] | None = None
    budget: Said | None = None
    money: Money | None = None
    wish: Wish | None = None
    drafts: tuple[str, ...] = ()


def flow() -> Workflow[Any]:
    """A workflow whose budget is kept as an amount and a currency."""
    return replace(workflow(), answer=Answer, money={"budget": "cost"})


def test_what_has_quotes_becomes_a_fact() -> None:
    """Parts without quotes are drafts, wishes or plain values, and nobody corrects those."""
    assert parts(flow()) == {"name": Said, "company": Said, "budget": Said}


def test_a_part_is_said_as_a_person_would_type_it() -> None:
    """A sum is its amount and its currency, whatever of them is known; an unknown part is empty."""
    known = proposal({"name": fact("Kim"), "cost_amount": fact("5"), "cost_currency": fact("EUR")})
    assert [said(flow(), known, name) for name in ("name", "company", "budget")] == [
        *("Kim", "", "5 EUR"),
    ]
    assert said(flow(), proposal({"cost_amount": fact("5")}), "budget") == "5"


def test_corrections_come_under_the_names_that_rules_read() -> None:
    """A sum is two facts; a fact's own name is taken as well; nothing else is touched."""
    assert facts_of(flow(), {"budget": "1250.00 EUR", "name": "Kim"}) == {
        "cost_amount": "1250.00",
        "cost_currency": "EUR",
        "name": "Kim",
    }
    assert facts_of(flow(), {"cost_amount": "7"}) == {"cost_amount": "7"}
    assert facts_of(flow(), {}) == {}


def test_an_emptied_sum_empties_both_its_facts() -> None:
    """No amount keeps the currency of the one that was taken away."""
    assert facts_of(flow(), {"budget": ""}) == {"cost_amount": "", "cost_currency": ""}


@pytest.mark.parametrize("name", ["kim", "cost", "drafts", "money", "wish"])
def test_a_name_that_nothing_reads_is_refused_with_those_there_are(name: str) -> None:
    """A correction that would do nothing is an error, not a silent success."""
    with pytest.raises(ContractBroken, match=f"nothing reads a fact {name}; there are name, com"):
        facts_of(flow(), {name: "7"})


@pytest.mark.control
@pytest.mark.parametrize("text", ["1250", "EUR 1250", "1,250.00 EUR", "1250.00 eur", "1.005 EUR"])
def test_a_sum_that_is_none_is_refused(text: str) -> None:
    """Control: splitting the text at its space would let rules read an amount nobody meant."""
    with pytest.raises(ContractBroken, match="budget is digits with a point and a currency"):
        facts_of(flow(), {"budget": text})


@given(money())
def test_every_sum_that_is_not_negative_can_be_said(amount: Money) -> None:
    """Up to fifteen digits before the point, in the decimals of its currency."""
    fits = 0 <= amount.amount < Decimal(10) ** 15
    assert is_sum(f"{amount.amount:f} {amount.currency}") is fits
