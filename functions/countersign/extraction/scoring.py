"""How sure we are of a draft, from what can be measured of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from countersign.domain.policy.proposal import ungrounded
from countersign.domain.workflow import Draft
from countersign.extraction.customer import DERIVED, DOUBTED
from countersign.extraction.messages import Source
from countersign.extraction.patterns.injection import order_in

_HIGHEST = 0.95  # nothing that read free text is surer than this
_PER_DEFECT = 0.05
_MAX_DEFECTS = 3
_FOR_ORDERS = 0.25


def score(
    weights: Mapping[str, float], features: Mapping[str, float], message: Source, source: str
) -> Decimal:
    """The weighed features (each 0 to 1), 0 to 0.95 with two decimals. Taken off: the parser's
    repairs of `message`, and orders to a model in `source`."""
    repaired = [one for one in message.defects if not one.startswith((DERIVED, DOUBTED))]
    repairs = min(len(repaired), _MAX_DEFECTS) * _PER_DEFECT
    penalty = repairs + _FOR_ORDERS * bool(order_in(source))
    total = sum(weights[name] * value for name, value in features.items()) - penalty
    return Decimal(str(min(_HIGHEST, max(0.0, total)))).quantize(Decimal("0.01"))


_BY_KEYWORDS = {
    "keywords": 0.30,
    "presence": 0.25,
    "grounded": 0.15,
    "agreement": 0.15,
    "own": 0.15,
}


def by_keywords(
    source: Source,
    text: str,
    draft: Draft,
    *,
    support: float,
    needed: tuple[str, ...],
    stated: Mapping[str, str],
) -> Decimal:
    """Our confidence where key words say what a message is about: how much they support the
    draft's own reading (0 to 1), facts that such a message should have, the share that is grounded
    in `text`, agreement with what the form stated, the model's own number."""
    features = {
        "keywords": support,
        "presence": presence(draft, needed),
        "grounded": grounded(draft, text),
        "agreement": agreement(draft, stated),
        "own": float(draft.confidence),
    }
    return score(_BY_KEYWORDS, features, source, text)


_USUAL = {"presence": 0.30, "grounded": 0.15, "agreement": 0.25, "own": 0.30}
"""Neither without the model's own number nor against the form is anything sure enough to run."""


def usual(
    source_text: Callable[[Source], str], needed: tuple[str, ...], source: Source, draft: Draft
) -> Decimal:
    """Our confidence where a workflow has no measure of its own: the `needed` facts that are there,
    the share that is grounded, agreement with the form's fields, the model's own number."""
    text, stated = source_text(source), getattr(source, "stated", None)
    held = stated if isinstance(stated, Mapping) else {}
    known = {name: value for name, value in held.items() if name in draft.facts}
    features = {
        "presence": presence(draft, needed) if needed else float(bool(draft.facts)),
        "grounded": grounded(draft, text),
        "agreement": agreement(draft, known),
        "own": float(draft.confidence),
    }
    return score(_USUAL, features, source, text)


def presence(draft: Draft, needed: tuple[str, ...]) -> float:
    """The share of `needed` facts that are there; `a|b` is there when either is."""
    there = [any(name in draft.facts for name in either.split("|")) for either in needed]
    return sum(there) / len(there)


def grounded(draft: Draft, source: str) -> float:
    """The share of facts whose quotes stand in `source`; 0 without facts."""
    if not draft.facts:
        return 0.0
    faulty = ungrounded(draft.facts, source)
    return max(0.0, 1 - len(faulty) / len(draft.facts))


def agreement(draft: Draft, stated: Mapping[str, str]) -> float:
    """The share of filled-in form fields that the facts repeat; without any, none contradicts."""
    filled = {name: value for name, value in stated.items() if value}
    if not filled:
        return 1.0
    return sum(_same(draft, name, value) for name, value in filled.items()) / len(filled)


def _same(draft: Draft, name: str, value: str) -> bool:
    fact = draft.facts.get(name)
    return fact is not None and fact.value.casefold() == value.casefold()
