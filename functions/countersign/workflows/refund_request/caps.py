"""The caps of refund_request: what may leave in a day without a signature."""

from __future__ import annotations

from decimal import Decimal

from countersign.actions.payments import Refund
from countersign.domain.canonical import digest
from countersign.domain.caps import Cap, day_of
from countersign.domain.contract import Contract
from countersign.domain.money import Money
from countersign.workflows.refund_request import facts
from countersign.workflows.refund_request.facts import Request

_WHOLE = "the day's refunds without a signature have reached their sum"
_CUSTOMER = "this customer's refunds without a signature have reached their sum of the day"


def caps(situation: Request, params: Contract) -> tuple[Cap, ...]:
    """The workflow's day and the customer's day, each in the refund's own currency. A currency
    without a cap has room for nothing."""
    if not isinstance(params, Refund):
        return ()
    currency, day = params.amount.currency, day_of(situation.now)
    nothing = Money(amount=Decimal(0), currency=currency)
    rows = (("cap.daily", "", _WHOLE), ("cap.customer", _customer(situation, params), _CUSTOMER))
    return tuple(
        Cap(
            key="/".join(filter(None, ("refund_request", name, who, currency))),
            day=day,
            most=situation.limits.amount(name, currency) or nothing,
            sentence=sentence,
        )
        for name, who, sentence in rows
    )


def _customer(situation: Request, refund: Refund) -> str:
    """An opaque name of the customer; a guest is known by the order's address."""
    order = facts.order(situation)
    guest = order.email.casefold() if order else ""
    return digest((refund.customer or guest).encode())[:32]
