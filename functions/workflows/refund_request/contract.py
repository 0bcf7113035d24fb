"""What enters refund_request, and what the model must answer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from countersign.domain.contract import Contract, Value
from countersign.domain.errors import ContractBroken
from countersign.domain.money import Money
from countersign.domain.policy.proposal import Fact
from countersign.domain.workflow import Raw
from countersign.extraction import grounding, inbound, messages
from countersign.extraction.answers import Percent, Quotes, ReplyDraft, Said, SaidMoney
from countersign.extraction.kinds import DERIVED, Given, Kind, Language, Summary
from countersign.extraction.kinds import Money as Sum
from countersign.extraction.messages import Address, Message, Optional, Text
from countersign.extraction.patterns import orders
from countersign.extraction.patterns.language import code as language_code
from countersign.extraction.prompts import Prompts
from countersign.parsing.text import one_line, tidy

Wish = Literal["refund", "replacement", "information", "other"]
ReasonClass = Literal[
    "damaged", "wrong_item", "not_arrived", "changed_mind", "duplicate_charge", "fraud", "other"
]
ActionId = Literal["payments.refund", "email.send_reply"]
OrderNumber = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
_MAX_MINOR = 10**15


class ShopAmount(Value):
    """Money as the shop sends it: 45.00 EUR is `{"minor": 4500, "currency": "EUR"}`."""

    minor: Annotated[int, Field(ge=1, le=_MAX_MINOR)]
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


class ShopRefund(Contract):
    """What the shop posts when a customer asks for money back. Null: not said.

    From a sender that vouches for addresses, `email` is the account's and not a guess.
    """

    CONTRACT: ClassVar[str] = "refund_request.shop"
    VERSION: ClassVar[int] = 1

    order: OrderNumber
    email: Address
    message: Text
    amount: ShopAmount | None = None
    reason: ReasonClass | None = None
    language: Optional | None = None


class Stated(Value):
    """What the shop's form says beside the text. Empty or null: not said."""

    order: str = ""
    amount: Money | None = None
    reason: ReasonClass | None = None
    language: str = ""


class RefundInput(Message):
    """One request, whichever door it came through."""

    CONTRACT: ClassVar[str] = "refund_request.input"
    VERSION: ClassVar[int] = 4

    stated: Stated = Stated()


def _order(said: Said, _given: Given) -> Fact | None:
    """The number in the one spelling in which orders are compared."""
    fact = grounding.extracted(said, orders.supports)
    return fact.model_copy(update={"value": orders.normal(fact.value)}) if fact else None


Order = Annotated[Said, Kind(_order)]
Asked = Annotated[SaidMoney, Sum(prefix="asked")]


class SaidWish(Value):
    """What the sender wants of us."""

    KIND: ClassVar[Kind] = DERIVED

    value: Wish
    quotes: Quotes


class SaidReason(Value):
    """Why they want it."""

    KIND: ClassVar[Kind] = DERIVED

    value: ReasonClass
    quotes: Quotes


class RefundAnswer(Contract):
    """The model's answer. Null wherever the source does not say."""

    CONTRACT: ClassVar[str] = "refund_request.answer"
    VERSION: ClassVar[int] = 1

    order: Order | None
    wish: SaidWish | None
    reason: SaidReason | None
    amount: Asked | None
    says: Summary | None
    language: Language | None
    reply: ReplyDraft | None
    actions: tuple[ActionId, ...]
    confidence: Percent = Field(...)


def read(raw: Raw) -> RefundInput:
    """The shop's request or a mail as input. Raises ContractBroken or Quarantined.

    The shop's e-mail field counts as vouched for only when a sender signed it whose row says that
    it knows its customers; the same JSON from anybody else, or dropped as a file, proves nothing.
    """
    from_shop = partial(_from_shop, vouched=raw.vouched)
    return inbound.read(raw, RefundInput, from_shop, ShopRefund.CONTRACT)


def form_shown(message: RefundInput) -> Mapping[str, str]:
    """What the shop stated, as the model and people are shown it."""
    stated = message.stated
    return {
        "order": stated.order,
        "amount": str(stated.amount) if stated.amount else "",
        "reason": stated.reason or "",
        "language": stated.language,
    }


_PROMPTS: Prompts[RefundInput] = Prompts(form_shown)
source_text = _PROMPTS.source_text


def _from_shop(body: bytes, *, vouched: bool) -> RefundInput:
    form = messages.form(ShopRefund, body)
    text, order = tidy(form.message), orders.normal(one_line(form.order, 40))
    if not text or not order:
        raise ContractBroken("refund_request.shop: order and message need visible characters")
    language = one_line(form.language or "", 35)
    return RefundInput(
        channel="form",
        sender=messages.address(form.email, ShopRefund.CONTRACT),
        authenticated=vouched,
        text=text,
        stated=Stated(order=order, amount=_money(form), reason=form.reason, language=language),
        language_hints=tuple(filter(None, (language_code(language),))),
    )


def _money(form: ShopRefund) -> Money | None:
    if form.amount is None:
        return None
    return Money.model_validate({"minor": form.amount.minor, "currency": form.amount.currency})
