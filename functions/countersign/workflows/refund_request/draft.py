"""The model's answer as facts: normalised, and each kept only with quotes that really say it."""

from __future__ import annotations

from decimal import Decimal

from countersign.domain.proposal import Fact
from countersign.domain.workflow import Draft
from countersign.understanding import grounding
from countersign.understanding.answers import Said
from countersign.workflows.refund_request import orders
from countersign.workflows.refund_request.contract import MONEY, RefundAnswer, RefundInput

_PER_CENT = Decimal(100)


def draft(message: RefundInput, answer: RefundAnswer) -> Draft:  # noqa: ARG001 - a workflow's shape
    """Facts, wishes and drafts out of the answer.

    A quote that does not name the order, or the amount, is dropped; a fact whose last quote is
    dropped has none, which the grounding check reports as a fault.
    """
    facts = {
        "order": _order(answer.order),
        "wish": grounding.derived(answer.wish),
        "reason": grounding.derived(answer.reason),
        **grounding.money(answer.amount, MONEY["amount"]),
        "says": grounding.derived(answer.says),
        "language": grounding.spoken(answer.language),
    }
    return Draft(
        facts={name: fact for name, fact in facts.items() if fact is not None},
        wishes=tuple(dict.fromkeys(answer.actions)),
        drafts=grounding.drafts(answer.reply),
        confidence=Decimal(answer.confidence) / _PER_CENT,
    )


def _order(said: Said | None) -> Fact | None:
    fact = grounding.extracted(said, orders.supports)
    return fact.model_copy(update={"value": orders.normal(fact.value)}) if fact else None
