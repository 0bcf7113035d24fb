"""What enters lead_intake, and what the model must answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from countersign.domain.contract import Contract, Value
from countersign.domain.errors import ContractBroken
from countersign.domain.workflow import Raw
from countersign.extraction import messages
from countersign.extraction.answers import (
    Percent,
    Quotes,
    ReplyDraft,
    Said,
    SaidMoney,
    SaidSummary,
    strict_schema,
)
from countersign.extraction.language import code as language_code
from countersign.extraction.messages import Address, Message, Optional, Required, Text
from countersign.extraction.prompts import Prompts
from countersign.parsing.text import one_line, tidy

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
    VERSION: ClassVar[int] = 1

    stated: Stated = Stated()


class SaidIntent(Value):
    """What the sender wants of us."""

    value: Intent
    quotes: Quotes


class SaidUrgency(Value):
    """How soon the sender needs an answer."""

    value: Urgency
    quotes: Quotes


class LeadAnswer(Contract):
    """The model's answer. Null wherever the source does not say."""

    CONTRACT: ClassVar[str] = "lead_intake.answer"
    VERSION: ClassVar[int] = 1

    name: Said | None
    email: Said | None
    phone: Said | None
    company: Said | None
    country: Said | None
    intent: SaidIntent | None
    need: Said | None
    budget: SaidMoney | None
    timeline: Said | None
    urgency: SaidUrgency | None
    language: Said | None
    summary: SaidSummary | None
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

MONEY: Mapping[str, str] = {"budget": "budget"}
"""The sums of the answer, by the word that their facts begin with."""


def schema() -> Mapping[str, Any]:
    """`LeadAnswer` as the JSON schema that strict structured output accepts."""
    return strict_schema(LeadAnswer)


def read(raw: Raw) -> LeadInput:
    """A web form or a mail as input. Raises ContractBroken or Quarantined."""
    return messages.read(raw, LeadInput, _from_form)


def _form(message: LeadInput) -> Mapping[str, str]:
    stated = message.stated
    return {
        "name": message.sender_name,
        "phone": stated.phone,
        "company": stated.company,
        "country": stated.country,
        "language": stated.language,
    }


_PROMPTS: Prompts[LeadInput] = Prompts(_form)
source_text = _PROMPTS.source_text
source_parts = _PROMPTS.source_parts
prompt_text = _PROMPTS.prompt_text


def _from_form(body: bytes) -> LeadInput:
    form = messages.form(WebForm, body)
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
        stated=Stated(
            phone=one_line(form.phone or "", 200),
            company=one_line(form.company or "", 200),
            country=one_line(form.country or "", 200),
            language=language,
            consent=form.consent,
        ),
        language_hints=tuple(filter(None, (language_code(language),))),
    )
