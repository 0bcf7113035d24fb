"""Rules: each gives a finding with value and threshold, or nothing."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from countersign.domain.policy import rules
from countersign.domain.policy.rules import Finding, Rule, Situation
from tests.flows import Letter, situation


def too_long(seen: Situation[Letter]) -> tuple[object, object] | None:
    """A rule's predicate."""
    length, most = len(seen.input.text), seen.limits.number("longest")
    return (length, most) if length > most else None


def no_text(seen: Situation[Letter]) -> tuple[object, object] | None:
    """Another."""
    return None if seen.input.text else (0, 1)


RULE = Rule("letter.long", "the letter is too long", too_long)


def test_a_finding_tells_value_and_threshold() -> None:
    """A finding says as text what the rule saw and what it compared it with."""
    found = RULE.find(situation("x" * 81))
    assert found
    assert (found.rule, found.sentence) == ("letter.long", "the letter is too long")
    assert (found.value, found.threshold) == ("81", "80")


@pytest.mark.parametrize(
    ("sentence", "value", "threshold", "told", "bare"),
    [
        (
            "{value|this} is above {threshold|it}",
            "6 EUR",
            "5 EUR",
            "6 EUR is above 5 EUR.",
            "this is above it",
        ),
        ("It names: {value}", "a sum", "", "It names: a sum.", "It names"),
        ("it names: {value}.", "", "", "It names.", "it names"),
        ("says {value|nothing}", "{threshold}", "9", "Says {threshold}.", "says nothing"),
        ("Somebody reads it.", "7", "8", "Somebody reads it.", "Somebody reads it"),
        ("", "7", "8", "", ""),
    ],
)
def test_a_sentence_is_whole_with_its_values_and_without(
    sentence: str, value: str, threshold: str, told: str, bare: str
) -> None:
    """It is filled in once, with one full stop; bare, it holds nothing of the message."""
    found = Finding(rule="x", sentence=sentence, value=value, threshold=threshold)
    assert (found.told, found.bare) == (told, bare)


def test_rules_answer_in_their_order() -> None:
    """Rules with nothing to say leave no trace; the others keep the table's order."""
    short: Rule[Letter] = Rule("letter.empty", "no text", no_text)
    always: Rule[Letter] = Rule("letter.any", "a letter came", lambda _: ("", ""))
    found = rules.findings((always, short, RULE), situation("x" * 99))
    assert [finding.rule for finding in found] == ["letter.any", "letter.long"]
    assert rules.findings((short, RULE), situation("hello")) == ()


def test_a_situation_cannot_be_changed_by_a_rule() -> None:
    """Rules look; they do not touch."""
    seen = situation()
    with pytest.raises(FrozenInstanceError):
        seen.job_id = "j-another"  # type: ignore[misc] # that it is frozen is the point
