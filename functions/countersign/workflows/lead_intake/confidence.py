"""How sure we are of a draft: measured features, the model's own number being one of them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from countersign.domain.workflow import Draft
from countersign.understanding import scoring
from countersign.workflows.lead_intake.contract import LeadInput
from countersign.workflows.lead_intake.countries import country_code
from countersign.workflows.lead_intake.intents import INTENTS
from countersign.workflows.lead_intake.reading import source_text

_WEIGHTS = {
    "intent": 0.30,
    "presence": 0.25,
    "grounded": 0.15,
    "agreement": 0.15,
    "own": 0.15,
}
_NEEDED = {"sales": ("name", "need", "phone|company", "summary"), "": ("name", "summary")}


def confidence(message: LeadInput, draft: Draft) -> Decimal:
    """Our confidence in `draft`, 0 to 1 with two decimals.

    Weighed: key words for the intent, facts that such a message should have, the share of facts
    that are grounded, agreement with the form's fields, the model's own number. Taken off: parser
    repairs, and orders to the model in the text.
    """
    source = source_text(message)
    intent = _intent(draft)
    features = {
        "intent": INTENTS.support(intent, f"{message.subject}\n{message.text}"),
        "presence": scoring.presence(draft, _NEEDED.get(intent, _NEEDED[""])),
        "grounded": scoring.grounded(draft, source),
        "agreement": scoring.agreement(draft, _stated(message)),
        "own": float(draft.confidence),
    }
    return scoring.score(_WEIGHTS, features, message, source)


def _intent(draft: Draft) -> str:
    fact = draft.facts.get("intent")
    return fact.value if fact else "other"


def _stated(message: LeadInput) -> Mapping[str, str]:
    return {
        "name": message.sender_name if message.channel == "form" else "",
        "company": message.stated.company,
        "country": country_code(message.stated.country) or message.stated.country,
    }
