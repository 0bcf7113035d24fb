"""The model's answer as facts: normalised, and each kept only with quotes that really say it."""

from __future__ import annotations

from decimal import Decimal

from countersign.domain.proposal import Fact
from countersign.domain.workflow import Draft
from countersign.understanding import grounding
from countersign.understanding.answers import Said
from countersign.understanding.grounding import all_words, derived, extracted
from countersign.workflows.lead_intake.contract import MONEY, LeadAnswer, LeadInput
from countersign.workflows.lead_intake.countries import codes, country_code, mentioned

_PER_CENT = Decimal(100)


def draft(message: LeadInput, answer: LeadAnswer) -> Draft:
    """Facts, wishes and drafts out of the answer.

    A quote that does not hold its value (a phone's digits, an amount, a name) is dropped; a fact
    whose last quote is dropped has none, which the grounding check reports as a fault. A phone
    that is no number and an amount that is no decimal give no fact at all.
    """
    country = _country(answer.country)
    region = country_code(message.stated.country) or (country.value if country else "")
    facts = {
        "name": extracted(answer.name, all_words),
        "email": extracted(answer.email, grounding.contains),
        "phone": _phone(answer.phone, region),
        "company": extracted(answer.company, all_words),
        "country": country,
        "intent": derived(answer.intent),
        "need": derived(answer.need),
        **grounding.money(answer.budget, MONEY["budget"]),
        "timeline": extracted(answer.timeline, all_words),
        "urgency": derived(answer.urgency),
        "language": grounding.spoken(answer.language),
        "summary": derived(answer.summary),
    }
    return Draft(
        facts={name: fact for name, fact in facts.items() if fact is not None},
        wishes=tuple(dict.fromkeys(answer.actions)),
        drafts=grounding.drafts(answer.reply),
        confidence=Decimal(answer.confidence) / _PER_CENT,
    )


def _phone(said: Said | None, region: str) -> Fact | None:
    if said is None:
        return None
    # Loaded here: the tables of numbering plans take 50 ms, and only Propose reads phones.
    from countersign.workflows.lead_intake import phones  # noqa: PLC0415 - as said above

    number = phones.e164(said.value, region if region in codes() else "")
    if not number:
        return None
    quotes = tuple(quote for quote in said.quotes if phones.supports(quote, number))
    return Fact(value=number, quotes=quotes)


def _country(said: Said | None) -> Fact | None:
    """The ISO code; a country that the table does not know stays as said, and a rule sees it."""
    if said is None or not said.value.strip():
        return None
    code = country_code(said.value)
    if not code:
        return extracted(said, all_words)
    named = tuple(quote for quote in said.quotes if _names(quote, code))
    if named:
        return Fact(value=code, quotes=named)
    hinted = tuple(quote for quote in said.quotes if _hints(quote, code))
    return Fact(value=code, quotes=hinted, derived=True)


def _names(quote: str, code: str) -> bool:
    return country_code(quote) == code or any(found == code for found, _ in mentioned(quote))


def _hints(quote: str, code: str) -> bool:
    """Whether the quote is a phone number with the country's prefix, or ends in its domain."""
    from countersign.workflows.lead_intake import phones  # noqa: PLC0415 - as in _phone

    domain = "uk" if code == "GB" else code.lower()
    number = phones.e164(quote)
    return quote.strip().lower().endswith(f".{domain}") or phones.region_of(number) == code
