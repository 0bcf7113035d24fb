"""Whether a rulebook means what it says: its labels exist, its rules find their own examples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from countersign.rulebook.judging import subject_of
from countersign.rulebook.schema import Example, Rule, Rulebook
from countersign.rulebook.subject import Fault

_LABELLED = ("needs", "never", "of")
"""Parameters of checks that name labels."""


def faults(rulebook: Rulebook) -> Iterator[str]:
    """A sentence for each thing that cannot be meant."""
    times = Counter(rule.id for rule in rulebook.rules)
    yield from (f"{id_}: {count} rules have this id" for id_, count in times.items() if count > 1)
    spellings = Counter(
        spelling for name, one in rulebook.labels.items() for spelling in (name, *one.also)
    )
    yield from (f"label {name}: stands twice" for name, count in spellings.items() if count > 1)
    for rule in rulebook.rules:
        yield from (f"{rule.id}: {one} is no label" for one in _unknown(rulebook, rule))
        yield from _examples(rulebook, rule)
    yield from _overruled(rulebook)


def unproven(rulebook: Rulebook) -> Iterator[str]:
    """Rules with a check that no example breaks or none keeps."""
    for rule in rulebook.rules:
        if rule.check and not (rule.examples.keeps and rule.examples.breaks):
            missing = "breaks" if rule.examples.keeps else "keeps"
            yield f"{rule.id}: no example {missing} it"


def found(rulebook: Rulebook, rule: Rule, example: Example) -> tuple[Fault, ...]:
    """What a rule's check says of an example; nothing, where it has none."""
    subject = subject_of(rulebook, rule, example.item, example.repeats)
    return tuple(rule.check.faults(subject)) if rule.check else ()


def _examples(rulebook: Rulebook, rule: Rule) -> Iterator[str]:
    if rule.check is None:
        return
    for number, one in enumerate(rule.examples.breaks, start=1):
        if not found(rulebook, rule, one):
            yield f"{rule.id}: example {number} of `breaks` breaks nothing"
    for number, one in enumerate(rule.examples.keeps, start=1):
        for fault in found(rulebook, rule, one)[:1]:
            yield f"{rule.id}: example {number} of `keeps` is found broken: {fault.said}"


def _overruled(rulebook: Rulebook) -> Iterator[str]:
    """Cases that people decided otherwise than the rule's check does."""
    rules = {rule.id: rule for rule in rulebook.rules}
    for number, one in enumerate(rulebook.overruled, start=1):
        said = f"overruled {number}, by {one.by} on {one.on}"
        if one.rule not in rules:
            yield f"{said}: {one.rule} is no rule"
            continue
        for fault in found(rulebook, rules[one.rule], one.item)[:1]:
            yield f"{said}: {one.rule} still finds it broken: {fault.said} ({one.why})"


def _unknown(rulebook: Rulebook, rule: Rule) -> list[str]:
    named = [*rule.scope.labels]
    for name in _LABELLED:
        named += getattr(rule.check, name, ())
    return [one for one in named if one not in rulebook.labels]
