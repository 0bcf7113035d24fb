"""What enters lead_intake, and what the model must answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from countersign.domain.contract import Contract, Value
from countersign.domain.errors import ContractBroken
from countersign.domain.policy.proposal import Fact
from countersign.domain.workflow import Raw
from countersign.extraction import grounding, inbound, messages, whose
from countersign.extraction.answers import Percent, Quotes, ReplyDraft, Said, SaidMoney
from countersign.extraction.kinds import (
    DERIVED,
    Given,
    Kind,
    Language,
    Money,
    Prose,
    Summary,
    quoted,
)
from countersign.extraction.mail_hosts import is_anybodys, names_provider
from countersign.extraction.messages import Address, Message, Optional, Required, Text
from countersign.extraction.patterns.language import code as language_code
from countersign.extraction.prompts import Prompts
from countersign.parsing.text import one_line, tidy
from workflows.lead_intake import budgets
from workflows.lead_intake.places import codes, country_code, domain_country, mentioned

Intent = Literal["sales", "support", "partnership", "job", "spam", "other"]
Urgency = Literal["low", "normal", "high"]
ActionId = Literal[
    "crm.upsert_contact", "crm.create_lead", "crm.request_callback", "email.send_reply"
]


class WebForm(Contract):
    """The published form: what a web site posts to the webhook. Empty text and null: not said."""

    CONTRACT: ClassVar[str] = "lead_intake.form"
    VERSION: ClassVar[int] = 1

    name: Required
    email: Address
    message: Text
    phone: Optional | None = None
    company: Optional | None = None
    country: Optional | None = None
    language: Optional | None = None
    consent: bool | None = None
    """Whether the person agreed to be mailed; null when the form does not ask."""


class Stated(Value):
    """What the sender filled in beside the text. Empty: not said."""

    phone: str = ""
    company: str = ""
    country: str = ""
    language: str = ""
    consent: bool | None = None


class LeadInput(Message):
    """One inbound message, whichever door it came through."""

    CONTRACT: ClassVar[str] = "lead_intake.input"
    VERSION: ClassVar[int] = 4

    stated: Stated = Stated()


def _phone(said: Said, given: Given) -> Fact | None:
    """The number in E.164, read as dialled in the country that form or text state."""
    # Loaded here: the tables of numbering plans take 50 ms, and only Propose reads phones.
    from workflows.lead_intake import phones  # noqa: PLC0415 - as said above

    country = _country(given.answer.country, given)
    region = country_code(given.source.stated.country) or (
        country.value if country else domain_country(given.source.sender)
    )
    number = phones.e164(said.value, region if region in codes() else "")
    if not number:
        return None
    quotes = tuple(quote for quote in said.quotes if phones.supports(quote, number))
    return Fact(value=number, quotes=quotes)


def _country(said: Said | None, given: Given) -> Fact | None:  # noqa: ARG001 - a kind's shape
    """The ISO code; a country that the table does not know stays as said, and a rule sees it."""
    if said is None or not said.value.strip():
        return None
    code = country_code(said.value)
    if not code:
        return grounding.extracted(said, grounding.all_words)
    named = tuple(quote for quote in said.quotes if _names(quote, code))
    if named:
        return Fact(value=code, quotes=named)
    hinted = tuple(quote for quote in said.quotes if _hints(quote, code))
    return Fact(value=code, quotes=hinted, derived=True)


def _company(said: Said, given: Given) -> Fact | None:
    """A company of the sender's: no mail provider, no one that they only speak of."""
    fact = grounding.extracted(said, grounding.all_words)
    if fact is None or fact.value == given.source.stated.company:
        return fact
    message = given.source
    own = f"{message.subject}\n\n{message.text}\n\n{message.signature}"
    _, _, domain = message.sender.partition("@")
    quotes = tuple(one for one in fact.quotes if not (one in domain and is_anybodys(domain)))
    is_none = names_provider(fact.value) or whose.is_others(fact.value, own)
    return fact.model_copy(update={"quotes": () if is_none else quotes})


def _names(quote: str, code: str) -> bool:
    return country_code(quote) == code or any(found == code for found, _ in mentioned(quote))


def _hints(quote: str, code: str) -> bool:
    """Whether the quote is a phone number with the country's prefix, or ends in its domain."""
    from workflows.lead_intake import phones  # noqa: PLC0415 - as in _phone

    domain = "uk" if code == "GB" else code.lower()
    number = phones.e164(quote)
    return quote.strip().lower().endswith(f".{domain}") or phones.region_of(number) == code


Words = Annotated[Said, quoted(grounding.all_words)]
"""A value of which every word stands in its quote, in whatever order."""
Mailbox = Annotated[Said, quoted(grounding.contains)]


@dataclass(frozen=True)
class _Budget(Money):
    """What the sender would spend: a quote that names somebody's price says nothing for it."""

    def facts(self, name: str, said: Any, given: Given) -> Mapping[str, Fact | None]:
        found = super().facts(name, said, given)
        return {one: fact and _spent(fact, given.source.text) for one, fact in found.items()}


def _spent(fact: Fact, text: str) -> Fact:
    quotes = tuple(one for one in fact.quotes if not budgets.is_price(one, text))
    return fact.model_copy(update={"quotes": quotes})


Budget = Annotated[SaidMoney, _Budget()]
Company = Annotated[Said, Kind(_company)]
Phone = Annotated[Said, Kind(_phone)]
Country = Annotated[Said, Kind(_country)]


class SaidIntent(Value):
    """What the sender wants of us."""

    KIND: ClassVar[Kind] = DERIVED

    value: Intent
    quotes: Quotes


class SaidUrgency(Value):
    """How soon the sender needs an answer."""

    KIND: ClassVar[Kind] = DERIVED

    value: Urgency
    quotes: Quotes


class LeadAnswer(Contract):
    """The model's answer. Null wherever the source does not say."""

    CONTRACT: ClassVar[str] = "lead_intake.answer"
    VERSION: ClassVar[int] = 2

    name: Words | None
    email: Mailbox | None
    phone: Phone | None
    company: Company | None
    country: Country | None
    intent: SaidIntent | None
    need: Prose | None
    budget: Budget | None
    timeline: Words | None
    urgency: SaidUrgency | None
    call_at: Words | None
    call_whom: Words | None
    language: Language | None
    summary: Summary | None
    reply: ReplyDraft | None
    actions: tuple[ActionId, ...]
    confidence: Percent = Field(...)


HEEDS: Mapping[str, str] = {
    "phone": "phone",
    "company": "company",
    "hs_language": "language",
    "language": "language",
    "amount": "budget",
    "deal_currency_code": "budget",
    "budget": "budget",
}
"""Which part of the answer a field of the CRM is filled from. Not the country: what decides who may
be served is never left out because a target would not take it."""


def read(raw: Raw) -> LeadInput:
    """A web form or a mail as input. Raises ContractBroken or Quarantined."""
    return inbound.read(raw, LeadInput, _from_form, WebForm.CONTRACT)


def form_shown(message: LeadInput) -> Mapping[str, str]:
    """What the form stated, as the model and people are shown it."""
    stated = message.stated
    return {
        "name": message.sender_name,
        "phone": stated.phone,
        "company": stated.company,
        "country": stated.country,
        "language": stated.language,
    }


_PROMPTS: Prompts[LeadInput] = Prompts(form_shown)
source_text, source_parts = _PROMPTS.source_text, _PROMPTS.source_parts


def _from_form(body: bytes) -> LeadInput:
    form, more = messages.form_and_more(WebForm, body)
    text = tidy(form.message)
    name = one_line(form.name, 200)
    if not text or not name:
        raise ContractBroken("lead_intake.form: name and message need visible characters")
    language = one_line(form.language or "", 35)
    return LeadInput(
        channel="form",
        sender=messages.address(form.email, WebForm.CONTRACT),
        sender_name=name,
        text=text,
        more=more,
        stated=Stated(
            phone=one_line(form.phone or "", 200),
            company=one_line(form.company or "", 200),
            country=one_line(form.country or "", 200),
            language=language,
            consent=form.consent,
        ),
        language_hints=tuple(filter(None, (language_code(language),))),
    )
