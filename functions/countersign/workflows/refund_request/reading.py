"""Bytes from either door into one request, and that request as the text which a model may see."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from countersign.domain.errors import ContractBroken
from countersign.domain.money import Money
from countersign.domain.workflow import Raw
from countersign.parsing.clean import one_line, tidy
from countersign.understanding import reading
from countersign.understanding.language import code as language_code
from countersign.understanding.prompts import Prompts
from countersign.workflows.refund_request import orders
from countersign.workflows.refund_request.contract import RefundInput, ShopRefund, Stated


def read(raw: Raw) -> RefundInput:
    """The shop's request or a mail as input. Raises ContractBroken or Quarantined.

    The shop's e-mail field counts as vouched for only when it came through the webhook, whose
    signature was checked at the door; the same JSON dropped as a file proves nothing.
    """
    return reading.read(raw, RefundInput, partial(_from_shop, is_signed=raw.door == "webhook"))


def _form(message: RefundInput) -> Mapping[str, str]:
    stated = message.stated
    return {
        "order": stated.order,
        "amount": str(stated.amount) if stated.amount else "",
        "reason": stated.reason or "",
        "language": stated.language,
    }


_PROMPTS: Prompts[RefundInput] = Prompts(_form)
source_text = _PROMPTS.source_text
source_parts = _PROMPTS.source_parts
prompt_text = _PROMPTS.prompt_text


def _from_shop(body: bytes, *, is_signed: bool) -> RefundInput:
    form = reading.form(ShopRefund, body)
    text, order = tidy(form.message), orders.normal(one_line(form.order, 40))
    if not text or not order:
        raise ContractBroken("refund_request.shop: order and message need visible characters")
    language = one_line(form.language or "", 35)
    return RefundInput(
        channel="form",
        sender=reading.address(form.email, ShopRefund.CONTRACT),
        authenticated=is_signed,
        text=text,
        stated=Stated(order=order, amount=_money(form), reason=form.reason, language=language),
        language_hints=tuple(filter(None, (language_code(language),))),
    )


def _money(form: ShopRefund) -> Money | None:
    if form.amount is None:
        return None
    return Money.model_validate({"minor": form.amount.minor, "currency": form.amount.currency})
