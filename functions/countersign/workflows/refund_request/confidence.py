"""How sure we are of a draft: measured features, the model's own number being one of them."""

from __future__ import annotations

from decimal import Decimal

from countersign.domain.workflow import Draft
from countersign.understanding import scoring
from countersign.workflows.refund_request.contract import RefundInput
from countersign.workflows.refund_request.lexicons import WISHES
from countersign.workflows.refund_request.reading import source_text

_WEIGHTS = {
    "wish": 0.30,
    "presence": 0.25,
    "grounded": 0.15,
    "agreement": 0.15,
    "own": 0.15,
}
_NEEDED = {"form": ("wish", "says"), "mail": ("order", "wish", "reason", "says")}


def confidence(message: RefundInput, draft: Draft) -> Decimal:
    """Our confidence in `draft`, 0 to 1 with two decimals.

    Weighed: key words for the wish, facts that such a message should have, the share of facts that
    are grounded, agreement with the form's fields, the model's own number. Taken off: parser
    repairs, and orders to the model in the text.
    """
    source = source_text(message)
    features = {
        "wish": _wish(message, draft),
        "presence": scoring.presence(draft, _NEEDED[message.channel]),
        "grounded": scoring.grounded(draft, source),
        "agreement": scoring.agreement(
            draft, {"order": message.stated.order, "reason": message.stated.reason or ""}
        ),
        "own": float(draft.confidence),
    }
    return scoring.score(_WEIGHTS, features, message, source)


def _wish(message: RefundInput, draft: Draft) -> float:
    """The shop's form is about refunds, so there it takes words to doubt one."""
    fact = draft.facts.get("wish")
    wish, text = fact.value if fact else "other", f"{message.subject}\n{message.text}"
    if message.channel == "form" and wish == "refund":
        return 1.0 if WISHES.likeliest(text)[0] in ("refund", "other") else 0.0
    return WISHES.support(wish, text)
