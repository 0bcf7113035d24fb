"""The model's answer as facts: normalised, and each kept only with quotes that really say it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation

from countersign.domain.proposal import Fact, flat
from countersign.domain.workflow import Draft
from countersign.workflows.lead_intake import amounts, language
from countersign.workflows.lead_intake.contract import (
    LeadAnswer,
    LeadInput,
    Said,
    SaidBudget,
    SaidIntent,
    SaidSummary,
    SaidUrgency,
)
from countersign.workflows.lead_intake.countries import codes, country_code, mentioned

_PER_CENT = Decimal(100)
_Supports = Callable[[str, str], bool]
"""(quote, value) → whether the quote says the value."""


def draft(message: LeadInput, answer: LeadAnswer) -> Draft:
    """Facts, wishes and drafts out of the answer.

    A quote that does not hold its value (a phone's digits, an amount, a name) is dropped; a fact
    whose last quote is dropped has none, which the grounding check reports as a fault. A phone
    that is no number and an amount that is no decimal give no fact at all.
    """
    country = _country(answer.country)
    region = country_code(message.stated.country) or (country.value if country else "")
    facts = {
        "name": _extracted(answer.name, _all_words),
        "email": _extracted(answer.email, _contains),
        "phone": _phone(answer.phone, region),
        "company": _extracted(answer.company, _all_words),
        "country": country,
        "intent": _derived(answer.intent),
        "need": _derived(answer.need),
        **_budget(answer.budget),
        "timeline": _extracted(answer.timeline, _all_words),
        "urgency": _derived(answer.urgency),
        "language": _language(answer.language),
        "summary": _derived(answer.summary),
    }
    return Draft(
        facts={name: fact for name, fact in facts.items() if fact is not None},
        wishes=tuple(dict.fromkeys(answer.actions)),
        drafts=_drafts(answer),
        confidence=Decimal(answer.confidence) / _PER_CENT,
    )


def _extracted(said: Said | None, supports: _Supports) -> Fact | None:
    if said is None or not said.value.strip():
        return None
    value = flat(said.value)
    return Fact(value=value, quotes=tuple(quote for quote in said.quotes if supports(quote, value)))


def _derived(said: Said | SaidIntent | SaidUrgency | SaidSummary | None) -> Fact | None:
    if said is None or not said.value.strip():
        return None
    return Fact(value=flat(said.value), quotes=said.quotes, derived=True)


def _language(said: Said | None) -> Fact | None:
    fact = _derived(said)
    known = language.code(fact.value) if fact else ""
    return fact.model_copy(update={"value": known}) if fact and known else None


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
        return _extracted(said, _all_words)
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


def _budget(said: SaidBudget | None) -> Mapping[str, Fact | None]:
    amount = _amount(said.amount) if said else None
    if said is None or amount is None:
        return {}
    quotes = tuple(quote for quote in said.quotes if amounts.supports(quote, amount))
    currency = said.currency or ""
    code = amounts.currency_code(currency) or flat(currency).upper()
    money = {"budget_amount": Fact(value=format(amount, "f"), quotes=quotes)}
    return {**money, "budget_currency": Fact(value=code, quotes=quotes)} if code else money


def _amount(text: str) -> Decimal | None:
    try:
        amount = Decimal(text.strip())
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and amount > 0 else None


def _drafts(answer: LeadAnswer) -> Mapping[str, str]:
    if answer.reply is None or not answer.reply.body.strip():
        return {}
    subject = flat(answer.reply.subject)
    return {"reply_subject": subject, "reply_body": answer.reply.body.strip()}


def _contains(quote: str, value: str) -> bool:
    return flat(value).lower() in flat(quote).lower()


def _all_words(quote: str, value: str) -> bool:
    hay = flat(quote).lower()
    return all(word in hay for word in flat(value).lower().replace(",", " ").split())
