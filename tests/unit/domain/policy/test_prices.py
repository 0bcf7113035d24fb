"""What a call costs is tokens times price, to the last billionth of a dollar."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from countersign.domain.policy.prices import Price, Rates
from countersign.domain.policy.proposal import Usage
from countersign.domain.policy.release import Size


def rates(plain: str, cached: str, written: str, output: str) -> Rates:
    """USD per million tokens."""
    return Rates(
        input=Decimal(plain),
        cached=Decimal(cached),
        written=Decimal(written),
        output=Decimal(output),
    )


SHORT, LONG = rates("0.1", "0.01", "0.125", "0.5"), rates("0.2", "0.02", "0.25", "0.75")
PRICE = Price(
    provider="p",
    model="m",
    endpoint="api",
    rates=SHORT,
    source="the tests",
    long_above=272_000,
    long_rates=LONG,
    retires=date(2027, 1, 14),
)
PLAIN = PRICE.model_copy(update={"long_above": 0, "long_rates": None, "retires": None})


def test_a_size_is_known_by_its_models_name() -> None:
    """As the endpoint calls it."""
    assert Size(name="small", max_output_tokens=100, price=PRICE).model == PRICE.model


def exactly(usage: Usage, of: Rates) -> Fraction:
    """The same by fractions, which never round."""
    parts = (
        (usage.input_tokens - usage.cached_tokens - usage.written_tokens, of.input),
        (usage.cached_tokens, of.cached),
        (usage.written_tokens, of.written),
        (usage.output_tokens, of.output),
    )
    return sum((tokens * Fraction(rate) for tokens, rate in parts), Fraction()) / 1_000_000


def generated(seed: int, count: int) -> list[Usage]:
    """Usages on both sides of the long tier, cached and written in part."""
    dice, found = random.Random(seed), list[Usage]()  # noqa: S311 - a seed makes it replayable
    for _ in range(count):
        sent = dice.choice((dice.randrange(5_000), dice.randrange(250_000, 300_000)))
        cached = dice.randrange(sent + 1)
        written = dice.randrange(sent - cached + 1)
        found.append(
            Usage(
                calls=1,
                input_tokens=sent,
                output_tokens=dice.randrange(9_000),
                cached_tokens=cached,
                written_tokens=written,
            )
        )
    return found


@pytest.mark.untraced
def test_the_cost_of_ten_thousand_calls_is_exact() -> None:
    """One by one and all together, for a price with a long tier and for one without."""
    usages = generated(15, 10_000)
    for price in (PRICE, PLAIN):
        total, expected = Decimal(), Fraction()
        for usage in usages:
            above = price.long_rates and usage.input_tokens > price.long_above
            of = LONG if above else SHORT
            assert Fraction(price.cost(usage)) == exactly(usage, of)
            total, expected = total + price.cost(usage), expected + exactly(usage, of)
        assert Fraction(total) == expected


@pytest.mark.control
@pytest.mark.untraced
def test_control_floats_are_not_exact() -> None:
    """The same sum in floats is off by more than a billionth of a dollar."""
    usages = generated(15, 10_000)
    naive = sum(float(PLAIN.cost(one)) for one in usages)
    exact = sum((PLAIN.cost(one) for one in usages), Decimal())
    assert Fraction(naive) != Fraction(exact)


def test_no_call_costs_more_than_the_most() -> None:
    """Whatever part of its input was cached or written, and where fewer tokens came than bytes."""
    for usage in generated(16, 300):
        upper = Usage(input_tokens=usage.input_tokens + 40, output_tokens=usage.output_tokens)
        for price in (PRICE, PLAIN):
            assert price.cost(usage) <= price.most(upper)


def test_the_heuristics_cost_nothing() -> None:
    """Their tokens count all the same."""
    usage = Usage(calls=1, input_tokens=1_000_000)
    assert PLAIN.priced(usage, offline=False).usd == Decimal("0.1")
    assert PLAIN.priced(usage, offline=True) == usage


def test_the_long_tier_is_by_all_of_the_input() -> None:
    """One token more makes all of them dearer."""
    last, next_ = Usage(input_tokens=272_000), Usage(input_tokens=272_001)
    assert PRICE.cost(last) == Decimal("0.0272")
    assert PRICE.cost(next_) == Decimal("0.0544002")


@pytest.mark.parametrize(
    ("today", "soon", "over"),
    [
        (date(2026, 10, 15), False, False),
        (date(2026, 10, 16), True, False),
        (date(2027, 1, 13), True, False),
        (date(2027, 1, 14), True, True),
    ],
)
def test_a_model_retires_on_its_day(today: date, soon: bool, over: bool) -> None:
    """Ninety days before it is told."""
    assert (PRICE.retires_soon(today), PRICE.retired(today)) == (soon, over)
    assert not PLAIN.retires_soon(today)
    assert not PLAIN.retired(today)
