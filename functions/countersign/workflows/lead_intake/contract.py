"""What enters lead_intake, and what the model must answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from countersign.domain.contract import Contract, Value
from countersign.understanding.answers import (
    Percent,
    Quotes,
    ReplyDraft,
    Said,
    SaidMoney,
    SaidSummary,
    strict_schema,
)
from countersign.understanding.messages import Address, Message, Optional, Required, Text

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
