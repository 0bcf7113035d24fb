"""Rules: each gives a finding with value and threshold, or nothing."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from countersign.domain.policy import rules
from countersign.domain.policy.rules import Rule, Situation
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
