"""What enters lead_intake, and what the model must answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field, StringConstraints

from countersign.domain.contract import Contract, Value

Intent = Literal["sales", "support", "partnership", "job", "spam", "other"]
Urgency = Literal["low", "normal", "high"]
Channel = Literal["form", "mail"]
ActionId = Literal[
    "crm.upsert_contact", "crm.create_lead", "crm.request_callback", "email.send_reply"
]

_MAX_QUOTES = 8
_MAX_PERCENT = 100

Required = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Optional = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Message = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]


class WebForm(Contract):
    """The published form: what a web site posts to the webhook. Empty text and null: not said."""

    CONTRACT: ClassVar[str] = "lead_intake.form"
    VERSION: ClassVar[int] = 1

    name: Required
    email: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=320)]
    message: Message
    phone: Optional | None = None
    company: Optional | None = None
    country: Optional | None = None
    language: Optional | None = None
    consent: bool | None = None
    """Whether the person agreed to be mailed; null when the form does not ask."""


CUT = "The text is longer than what is read; the rest was left out."


class Stated(Value):
    """What the sender filled in beside the text. Empty: not said."""

    phone: str = ""
    company: str = ""
    country: str = ""
    language: str = ""
    consent: bool | None = None


class Attachment(Value):
    """A file that came along. It is listed, never opened. `size` in bytes."""

    name: str
    content_type: str
    size: int


class LeadInput(Contract):
    """One inbound message, whichever door it came through."""

    CONTRACT: ClassVar[str] = "lead_intake.input"
    VERSION: ClassVar[int] = 1

    channel: Channel
    sender: str
    """The address that wrote, domain in lower case; the only recipient a reply can have."""
    sender_name: str = ""
    authenticated: bool = False
    """Whether our own receiver vouches for `sender` (DMARC or aligned DKIM). Never for a form."""
    subject: str = ""
    text: str
    signature: str = ""
    stated: Stated = Stated()
    attachments: tuple[Attachment, ...] = ()
    automatic: str = ""
    """Why nobody wrote this by hand (a sentence); empty when somebody did."""
    message_id: str = ""
    defects: tuple[str, ...] = ()
    """What the parser had to repair, in sentences."""
    language_hints: tuple[str, ...] = ()
    """ISO 639-1 codes that headers or the form declare."""


def _at_most(limit: int) -> AfterValidator:
    # Bounds are validators and not schema keywords: strict output modes refuse the keywords.
    def check(text: str) -> str:
        if len(text) > limit:
            raise ValueError(f"longer than {limit} characters")
        return text

    return AfterValidator(check)


def _percent(number: int) -> int:
    if not 0 <= number <= _MAX_PERCENT:
        raise ValueError("a percentage from 0 to 100")
    return number


def _few(quotes: tuple[str, ...]) -> tuple[str, ...]:
    if len(quotes) > _MAX_QUOTES:
        raise ValueError(f"more than {_MAX_QUOTES} quotes")
    return quotes


Short = Annotated[str, _at_most(300)]
Long = Annotated[str, _at_most(2_000)]
Quotes = Annotated[tuple[Annotated[str, _at_most(1_000)], ...], AfterValidator(_few)]


class Said(Value):
    """A value and the verbatim pieces of the source that say it."""

    value: Short
    quotes: Quotes


class SaidIntent(Value):
    """What the sender wants of us."""

    value: Intent
    quotes: Quotes


class SaidUrgency(Value):
    """How soon the sender needs an answer."""

    value: Urgency
    quotes: Quotes


class SaidSummary(Value):
    """Up to three sentences about the message."""

    value: Long
    quotes: Quotes


class SaidBudget(Value):
    """An amount as plain digits with a point (`12500.00`), and an ISO 4217 code or null."""

    amount: Short
    currency: Short | None
    quotes: Quotes


class ReplyDraft(Value):
    """A reply that a person will read before anybody sends it."""

    subject: Short
    body: Annotated[str, _at_most(4_000)]


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
    budget: SaidBudget | None
    timeline: Said | None
    urgency: SaidUrgency | None
    language: Said | None
    summary: SaidSummary | None
    reply: ReplyDraft | None
    actions: tuple[ActionId, ...]
    confidence: Annotated[int, AfterValidator(_percent)] = Field(...)
    """The model's own number, in per cent."""


def schema() -> Mapping[str, Any]:
    """`LeadAnswer` as the JSON schema that strict structured output accepts.

    Source of the subset: OpenAI's "Structured Outputs" guide (every property required, no
    additional ones, no defaults, none of the string and array bounds).
    """
    stripped: dict[str, Any] = _without_titles(LeadAnswer.model_json_schema())
    return stripped


def _without_titles(node: Any) -> Any:
    if isinstance(node, list):
        return [_without_titles(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _without_titles(item)
        for key, item in node.items()
        if not (key == "title" and isinstance(item, str))
    }
