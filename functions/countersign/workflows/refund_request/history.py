"""What a refund makes of its order, and what was refunded to the customer before."""

from __future__ import annotations

from collections.abc import Collection

from countersign.actions.payments import Refund
from countersign.domain.actions import Difference
from countersign.domain.money import Money
from countersign.domain.records import Record, Records
from countersign.domain.workflow import Dealing
from countersign.understanding.instants import instant
from countersign.workflows.refund_request.facts import KEY, money


def changes(refund: Refund, records: Records) -> tuple[Difference, ...] | None:
    """What is refunded of the order, and what is left of it: as Look found it, and after this one.
    None when the order was not found or is in another currency."""
    order = next((one for one in records.all("order") if one.id == refund.charge), None)
    paid = money(order, "amount_minor") if order else None
    gone = money(order, "refunded_minor") if order else None
    if paid is None or gone is None or paid.currency != refund.amount.currency:
        return None
    after = gone.model_copy(update={"amount": gone.amount + refund.amount.amount})
    return (
        Difference(name="refunded", before=f"{gone} of {paid}", after=f"{after} of {paid}"),
        Difference(name="left_to_refund", before=_left(paid, gone), after=_left(paid, after)),
    )


def history(records: Records, ours: Collection[str]) -> tuple[Dealing, ...]:
    """The customer's refunds, newest first as the account gives them."""
    earlier = (one for one in records.all("refunds") if one.fields.get(KEY) not in ours)
    return tuple(_dealing(one) for one in earlier)


def _left(paid: Money, gone: Money) -> str:
    return str(paid.model_copy(update={"amount": paid.amount - gone.amount}))


def _dealing(refund: Record) -> Dealing:
    held = refund.fields.get
    amount, made = money(refund, "amount_minor"), instant(held("created", ""))
    when = f"{made.day} {made:%b %Y}" if made else ""
    parts = (str(amount) if amount else "", held("status", ""), when)
    order = held("order", "")
    return Dealing(
        title=f"Refund of order {order}" if order else f"Refund {refund.id}",
        details=tuple(part for part in parts if part),
    )
