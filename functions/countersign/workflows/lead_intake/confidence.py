"""How sure we are of a draft: measured features, the model's own number being one of them."""

from __future__ import annotations

from decimal import Decimal

from countersign.domain.proposal import ungrounded
from countersign.domain.workflow import Draft
from countersign.workflows.lead_intake import intents
from countersign.workflows.lead_intake.contract import LeadInput
from countersign.workflows.lead_intake.countries import country_code
from countersign.workflows.lead_intake.injection import order_in
from countersign.workflows.lead_intake.reading import source_text

_WEIGHTS = {
    "intent": 0.30,
    "presence": 0.25,
    "grounded": 0.15,
    "agreement": 0.15,
    "own": 0.15,
}
_HIGHEST = 0.95  # nothing that read free text is surer than this
_PER_DEFECT = 0.05
_MAX_DEFECTS = 3
_FOR_ORDERS = 0.25
_NEEDED = {"sales": ("name", "need", "phone|company", "summary"), "": ("name", "summary")}


def confidence(message: LeadInput, draft: Draft) -> Decimal:
    """Our confidence in `draft`, 0 to 1 with two decimals.

    Weighed: key words for the intent, facts that such a message should have, the share of facts
    that are grounded, agreement with the form's fields, the model's own number. Taken off: parser
    repairs, and orders to the model in the text.
    """
    features = {
        "intent": intents.support(_intent(draft), f"{message.subject}\n{message.text}"),
        "presence": _presence(draft),
        "grounded": _grounded(message, draft),
        "agreement": _agreement(message, draft),
        "own": float(draft.confidence),
    }
    score = sum(_WEIGHTS[name] * value for name, value in features.items()) - _penalty(message)
    return Decimal(str(min(_HIGHEST, max(0.0, score)))).quantize(Decimal("0.01"))


def _intent(draft: Draft) -> str:
    fact = draft.facts.get("intent")
    return fact.value if fact else "other"


def _presence(draft: Draft) -> float:
    needed = _NEEDED.get(_intent(draft), _NEEDED[""])
    there = [any(name in draft.facts for name in either.split("|")) for either in needed]
    return sum(there) / len(there)


def _grounded(message: LeadInput, draft: Draft) -> float:
    if not draft.facts:
        return 0.0
    faulty = ungrounded(draft.facts, source_text(message))
    return max(0.0, 1 - len(faulty) / len(draft.facts))


def _agreement(message: LeadInput, draft: Draft) -> float:
    """The share of filled-in form fields that the facts repeat; a mail has none to contradict."""
    stated = {
        "name": message.sender_name if message.channel == "form" else "",
        "company": message.stated.company,
        "country": country_code(message.stated.country) or message.stated.country,
    }
    filled = {name: value for name, value in stated.items() if value}
    if not filled:
        return 1.0
    return sum(_same(draft, name, value) for name, value in filled.items()) / len(filled)


def _same(draft: Draft, name: str, value: str) -> bool:
    fact = draft.facts.get(name)
    return fact is not None and fact.value.casefold() == value.casefold()


def _penalty(message: LeadInput) -> float:
    repairs = min(len(message.defects), _MAX_DEFECTS) * _PER_DEFECT
    orders = bool(order_in(source_text(message)))
    return repairs + _FOR_ORDERS * orders
