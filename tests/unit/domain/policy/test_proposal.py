"""Proposals: every fact stands in its source, verbatim, or is named as not standing there."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from countersign.domain.policy.proposal import Fact, Usage, flat, grounded, ungrounded
from tests.builders import fact, proposal

SOURCE = "Dear team,\r\n\r\nwe are Zoë & Sons from Köln;\tour budget\nis 12,500 EUR until May."
words = st.text(st.characters(codec="utf-8", exclude_categories=["Z", "C"]), min_size=1, max_size=6)
spaces = st.sampled_from([" ", "\n", "\r\n", "\t", "  ", "\u00a0"])


@given(st.lists(words, min_size=1, max_size=8), st.data())
def test_quotes_survive_line_breaks(told: list[str], data: st.DataObject) -> None:
    """Any run of the source's words is grounded, however source and quote are wrapped."""
    start = data.draw(st.integers(0, len(told) - 1))
    end = data.draw(st.integers(start + 1, len(told)))
    source = data.draw(spaces).join(told)
    quote = data.draw(spaces).join(told[start:end])
    assume(not re.search(r"[\u0300-\u036f]", unicodedata.normalize("NFD", quote)[:1]))
    assert ungrounded({"a": fact("x", quote)}, source) == []


@pytest.mark.parametrize(
    "quote",
    [
        "our budget is 12,500 EUR",
        "budget\r\n  is",
        "Zoe\u0308 & Sons",
        "  Köln; ",
        SOURCE,
    ],
)
def test_verbatim_pieces_are_grounded(quote: str) -> None:
    """White space and Unicode composition are no part of a quote."""
    assert ungrounded({"company": fact("Zoë & Sons", quote)}, SOURCE) == []


@pytest.mark.parametrize(
    "quote",
    [
        "our budget is 125,000 EUR",
        "our Budget is 12,500 EUR",
        "our budget ... 12,500 EUR",
        "ourbudget",
        "Zoe & Sons",
        "budget: 12,500 EUR",
        "[Köln]",
        ".*",
    ],
)
def test_what_is_not_verbatim_is_found(quote: str) -> None:
    """Another number, case, letter or word, a gap, or a pattern is no quote."""
    assert ungrounded({"budget": fact("x", quote)}, SOURCE) == [
        "fact budget: a quote is not verbatim"
    ]


@pytest.mark.parametrize("quotes", [(), ("",), (" \n",), ("", "\t")])
def test_a_fact_needs_a_quote(quotes: tuple[str, ...]) -> None:
    """No quote, or quotes of nothing, support nothing; derived facts need one just so."""
    for derived in (False, True):
        bare = fact("x", derived=derived).model_copy(update={"quotes": quotes})
        assert ungrounded({"name": bare}, SOURCE) == ["fact name has no quote"]


def test_every_fault_is_told() -> None:
    """The repair round hears of every fact and every quote that does not stand."""
    told = ungrounded(
        {"a": fact("x", "Köln", "Bonn", "Ulm"), "b": fact("y", "Köln"), "c": fact("z", "Rome")},
        SOURCE,
    )
    assert told == ["fact a: a quote is not verbatim"] * 2 + ["fact c: a quote is not verbatim"]


def test_faults_do_not_quote() -> None:
    """The sentences name facts and no content, so that they may be logged."""
    assert "Rome" not in "".join(ungrounded({"city": fact("Rome", "Rome")}, SOURCE))


@pytest.mark.control
def test_a_plain_search_misses_wrapped_quotes() -> None:
    """Control: `in` alone calls a true quote invented as soon as a line breaks within it."""
    assert "our budget is 12,500 EUR" not in SOURCE
    assert ungrounded({"budget": fact("x", "our budget is 12,500 EUR")}, SOURCE) == []


@given(st.text())
def test_flat_text_is_flat(text: str) -> None:
    """Flattening once is enough, and leaves single spaces only."""
    assert flat(flat(text)) == flat(text)
    assert not re.search(r"\s{2}|[\t\r\n]", flat(text))


def test_a_fact_that_the_source_does_not_say_is_none() -> None:
    """Missing and empty are different: an empty value was said."""
    held = proposal({"name": fact("Zoë"), "phone": fact("", "no phone")})
    assert (held.value("name"), held.value("phone"), held.value("city")) == ("Zoë", "", None)


def test_usage_adds_up() -> None:
    """The cost of a repair round is added to that of the first, exactly."""
    one = Usage(calls=1, input_tokens=900, output_tokens=10, usd=Decimal("0.1"))
    two = Usage(calls=1, input_tokens=1, output_tokens=2, usd=Decimal("0.2"))
    assert one.plus(two) == Usage(calls=2, input_tokens=901, output_tokens=12, usd=Decimal("0.3"))
    assert one.plus(Usage()) == one


@pytest.mark.parametrize("quote", ["500 EUR", "2,500 EUR", "12,50", "Galway \u241e Ireland"])
def test_a_quote_cuts_no_number_and_spans_no_parts(quote: str) -> None:
    """A piece of a longer number is another number; what stands apart was not said together."""
    source = "it is 12,500 EUR \u241e Galway \u241e Ireland"
    said = Fact(value="x", quotes=(quote,))
    assert ungrounded({"sum": said}, source) == ["fact sum: a quote is not verbatim"]
    whole = Fact(value="x", quotes=("12,500 EUR", "Galway"))
    assert ungrounded({"sum": whole}, source) == []


def test_one_bad_quote_costs_one_fact() -> None:
    """Facts whose quotes all stand in the source stay, whatever stands beside them."""
    facts = {"good": fact("x", "our budget"), "bad": fact("x", "never written")}
    assert set(grounded(facts, SOURCE)) == {"good"}
