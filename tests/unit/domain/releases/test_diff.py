"""Two releases are told apart by name, and the prompt by its lines."""

from __future__ import annotations

from decimal import Decimal

from countersign.domain.money import Money
from countersign.domain.releases.diff import Changed, difference
from tests.flows import limits, release, size

EUR = Money(amount=Decimal(50), currency="EUR")


def test_the_same_release_differs_in_nothing() -> None:
    """However it was made."""
    assert difference(release(), release(limits=limits(longest="80.0"))).is_empty


def test_values_are_named_by_what_they_are_called() -> None:
    """A limit by its name, an amount by its currency, a model by its size; lists as they stand."""
    held = limits(longest="81").model_copy(
        update={"amounts": {"most": (EUR,)}, "lists": {"words": ("a", "b")}}
    )
    found = difference(release(), release(limits=held, sizes=(size(tokens=501),)))
    names = {one.name: one for one in found.values}
    assert Changed("limits.numbers.longest", "80", "81") in found.values
    assert names["limits.amounts.most.EUR.currency"].after == "EUR"
    assert names["limits.lists.words"] == Changed("limits.lists.words", "", "a, b")
    assert any(name.endswith(".max_output_tokens") for name in names)
    assert found.prompt == ()


def test_a_prompt_is_compared_line_by_line() -> None:
    """With the lines around what changed."""
    found = difference(release(prompt="one\ntwo\nthree"), release(prompt="one\n2\nthree"))
    assert [one for one in found.prompt if one[:1] in "-+"][2:] == ["-two", "+2"]
    assert found.values == ()
