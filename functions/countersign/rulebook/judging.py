"""One item judged by a rulebook: findings, scores, and what is certainly meant instead."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from typing import NamedTuple

from countersign.parsing.annotations.item import Annotation, Item
from countersign.rulebook.schema import Rule, Rulebook
from countersign.rulebook.subject import Change, Fault, Severity, Subject

FULL = 100
_TENTH = Decimal("0.1")


class Finding(NamedTuple):
    """A rule that an item breaks. `annotator` is empty where it is nobody's alone."""

    rule: str
    severity: Severity
    annotator: str
    annotations: tuple[str, ...]
    said: str
    quote: str
    changes: tuple[Change, ...]


class Asked(NamedTuple):
    """A question of the rulebook about one item, or about one annotation of it."""

    rule: Rule
    annotation: Annotation | None


class Verdict(NamedTuple):
    """A model's answer: whether the rule is broken, and the words of the item that show it."""

    broken: bool
    why: str = ""
    quote: str = ""


class Judged(NamedTuple):
    """What is known of an item afterwards. Scores are of a hundred, per annotator too."""

    item: str
    score: Decimal
    scores: Mapping[str, int]
    findings: tuple[Finding, ...]
    unanswered: int


Answer = Callable[[Item, Asked], Verdict | None]
"""None of what nobody could answer."""


def judge(
    rulebook: Rulebook, item: Item, repeated: str = "", answer: Answer | None = None
) -> Judged:
    """`repeated` names an earlier item with the same text. Without `answer` questions stay open."""
    findings, unanswered = [], 0
    for rule in rulebook.rules:
        subject = subject_of(rulebook, rule, item, repeated)
        if rule.check:
            findings += [_finding(rule, fault) for fault in rule.check.faults(subject)]
            continue
        for asked in questions(rule, subject):
            said = answer(item, asked) if answer else None
            unanswered += said is None
            if said and said.broken:
                findings.append(_answered(asked, said))
    scores = {name: _score(rulebook, findings, name) for name in item.annotators}
    return Judged(item.id, _whole(rulebook, findings, scores), scores, tuple(findings), unanswered)


def subject_of(rulebook: Rulebook, rule: Rule, item: Item, repeated: str = "") -> Subject:
    """The item as one rule sees it."""
    return Subject(item, frozenset(rule.scope.labels), rulebook.offsets, rulebook.known, repeated)


def questions(rule: Rule, subject: Subject) -> Iterator[Asked]:
    """What a rule asks about an item: nothing, where its scope is of labels that are not there."""
    if rule.question is None:
        return
    if rule.question.about == "annotation":
        yield from (Asked(rule, one) for one in subject.annotations)
    elif subject.annotations or not rule.scope.labels:
        yield Asked(rule, None)


def corrections(findings: Iterable[Finding]) -> Mapping[tuple[str, str], Change]:
    """One change for each field of an annotation: that of the rule that stands first."""
    found: dict[tuple[str, str], Change] = {}
    for change in (change for one in findings for change in one.changes):
        found.setdefault((change.annotation, change.field), change)
    return found


def _finding(rule: Rule, fault: Fault) -> Finding:
    who = {one.annotator for one in fault.annotations}
    ids = tuple(one.id for one in fault.annotations)
    name = next(iter(who)) if len(who) == 1 else fault.annotator
    return Finding(rule.id, rule.severity, name, ids, fault.said, fault.quote, fault.changes)


def _answered(asked: Asked, said: Verdict) -> Finding:
    one = asked.annotation
    who, ids = (one.annotator, (one.id,)) if one else ("", ())
    return Finding(asked.rule.id, asked.rule.severity, who, ids, said.why, said.quote, ())


def _score(rulebook: Rulebook, findings: list[Finding], name: str) -> int:
    return max(0, FULL - _cost(rulebook, (one for one in findings if one.annotator == name)))


def _whole(rulebook: Rulebook, findings: list[Finding], scores: Mapping[str, int]) -> Decimal:
    """The mean of its annotators, less what is nobody's alone."""
    mean = Decimal(sum(scores.values())) / len(scores) if scores else Decimal(FULL)
    own = (one for one in findings if one.annotator not in scores)
    return rounded(max(Decimal(0), mean - _cost(rulebook, own)))


def _cost(rulebook: Rulebook, findings: Iterable[Finding]) -> int:
    weights = rulebook.weights.model_dump()
    return sum(weights[one.severity] for one in findings)


def rounded(score: Decimal) -> Decimal:
    """One digit behind the point, halves to the even one: the same on every machine."""
    return score.quantize(_TENTH, rounding=ROUND_HALF_EVEN)
