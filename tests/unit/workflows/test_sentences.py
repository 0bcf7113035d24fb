"""What every rule says to the person who signs: its own sentence, its value in its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest

from countersign.domain.policy.rules import Found, Rule
from tests.unit.workflows.case_files import unsaid
from workflows import WORKFLOWS


def faults(rules: Iterable[Rule[Any]]) -> list[str]:
    """Rules without a sentence of their own that somebody outside could read."""
    said = {rule.id: rule.sentence for rule in rules}
    often = Counter(said.values())
    return [
        f"{rule}: “{sentence}”"
        for rule, sentence in said.items()
        if often[sentence] > 1 or len(sentence.split()) < 3 or _stray(sentence)
    ]


def _stray(sentence: str) -> bool:
    """Whether a place is misspelt, and would stand on the page as it is."""
    filled = Found(rule="x", sentence=sentence, value="v", threshold="t").told
    return "{" in filled or "|" in filled


@pytest.mark.parametrize("name", WORKFLOWS)
def test_every_rule_has_its_own_sentence(name: str) -> None:
    """No two rules of a workflow say the same, none says a word only, every place is one."""
    assert faults(WORKFLOWS[name].rules) == []


@pytest.mark.control
def test_control_a_rule_without_a_sentence_is_found() -> None:
    """The same check names a code as a sentence, a misspelt place, and a sentence used twice."""
    bad = (
        ("a", "budget.over_limit"),
        ("b", "the budget is {valeu}"),
        ("c", "it is too much"),
        ("d", "it is too much"),
    )
    rules = [Rule[Any](rule, sentence, lambda _: None) for rule, sentence in bad]
    assert [one.partition(":")[0] for one in faults(rules)] == ["a", "b", "c", "d"]


@pytest.mark.control
def test_control_a_value_that_the_sentence_leaves_out_is_found() -> None:
    """Every case file is checked so: a figure without a place is named, a word is not."""
    lost = Found(rule="a", sentence="it is too much", value="60 EUR", threshold="50 EUR")
    kept = Found(rule="b", sentence="it is {value}, above the limit", value="60 EUR")
    word = Found(rule="c", sentence="it is no sale", value="support")
    assert unsaid([lost, kept, word]) == ["a: 60 EUR"]
