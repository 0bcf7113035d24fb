"""What is known about a job's message, record before form, form before free text."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal, InvalidOperation

from countersign.domain.money import Money, exponent
from countersign.domain.policy.proposal import Fact, Proposal
from countersign.domain.policy.records import Record, Records
from countersign.domain.policy.release import Limits
from countersign.domain.policy.rules import Situation
from countersign.domain.workflow import Dealing, Draft
from countersign.extraction import grounding, scoring
from countersign.extraction.amounts import ISO
from countersign.extraction.answers import Said
from countersign.extraction.grounding import all_words, derived, extracted
from workflows.lead_intake.contract import MONEY, LeadAnswer, LeadInput, source_text
from workflows.lead_intake.keywords import INTENTS
from workflows.lead_intake.places import codes, country_code, mentioned

Lead = Situation[LeadInput]


def intent(proposal: Proposal) -> str:
    """The intent, `other` when nothing says it."""
    return proposal.value("intent") or "other"


def is_surely_spam(situation: Lead) -> bool:
    """Whether it is spam by more than a model's word: else a person looks at it."""
    least = situation.limits.number("confidence.min")
    return intent(situation.proposal) == "spam" and situation.proposal.confidence >= least


def stated_country(situation: Lead) -> str:
    """The country that a person corrected, the form, or else the text states: as a code or, if
    unknown, as said."""
    corrected = situation.proposal.corrected("country")
    form = corrected or situation.input.stated.country
    return country_code(form) or form or situation.proposal.value("country") or ""


def country(situation: Lead) -> str:
    """The code of the country that is stated, else of the contact's record; empty if unknown."""
    stated = stated_country(situation)
    if stated:
        return stated if stated in codes() else ""
    record = situation.records.first("contact")
    return country_code(record.fields.get("country", "")) if record else ""


def all_countries(situation: Lead) -> frozenset[str]:
    """Every country code that form, text or record connect with the sender."""
    record = situation.records.first("contact")
    said = (
        "" if situation.proposal.corrected("country") else situation.input.stated.country,
        situation.proposal.value("country") or "",
        record.fields.get("country", "") if record else "",
    )
    return frozenset(code for code in map(country_code, said) if code)


def served(limits: Limits) -> frozenset[str]:
    """All countries that some seller looks after."""
    owners = (name for name in limits.lists if name.startswith("owner.") and name != _DEFAULT)
    return frozenset(code for name in owners for code in limits.list(name))


def owner(situation: Lead) -> str:
    """The seller's id in the CRM whom the routing table by country names; where no country is
    known, the one who owns the contact already."""
    code = country(situation)
    limits = situation.limits
    for name in limits.lists:
        if name.startswith("owner.") and code and code in limits.list(name):
            return name.removeprefix("owner.")
    record = situation.records.first("contact")
    held = record.fields.get("hubspot_owner_id", "") if record and not code else ""
    return held if f"owner.{held}" in limits.lists else limits.list(_DEFAULT)[0]


def budget(proposal: Proposal) -> Money | None:
    """The budget as money, in whole minor units; None when none or no known currency is named."""
    amount, currency = proposal.value("budget_amount"), proposal.value("budget_currency") or ""
    if amount is None or currency not in ISO:
        return None
    unit = Decimal(1).scaleb(-exponent(currency))
    try:
        return Money(amount=Decimal(amount).quantize(unit), currency=currency)
    except InvalidOperation:
        return None


_DEFAULT = "owner.default"


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
    from workflows.lead_intake import phones  # noqa: PLC0415 - as said above

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
    from workflows.lead_intake import phones  # noqa: PLC0415 - as in _phone

    domain = "uk" if code == "GB" else code.lower()
    number = phones.e164(quote)
    return quote.strip().lower().endswith(f".{domain}") or phones.region_of(number) == code


def history(records: Records, ours: Collection[str]) -> tuple[Dealing, ...]:  # noqa: ARG001 - a workflow's shape
    """The contact's deals, as Look found them."""
    return tuple(_deal(deal) for deal in records.all("deals"))


def _deal(deal: Record) -> Dealing:
    held = deal.fields.get
    amount = f"{held('amount', '')} {held('deal_currency_code', '')}".strip()
    closed, stage = held("closedate", "")[:10], held("dealstage", "").replace("_", " ")
    parts = (stage[:1].upper() + stage[1:], amount, f"close date {closed}" if closed else "")
    return Dealing(
        title=held("dealname", "") or f"Deal {deal.id}",
        details=tuple(part for part in parts if part),
    )
