"""Actions on payments: a refund, found again by the key that it carries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar, Literal, Protocol

from pydantic import ValidationError

from countersign.actions.field_map import Field, Fields
from countersign.domain.contract import Contract
from countersign.domain.errors import NotFound
from countersign.domain.ledger.action import Action, Difference, Receipt
from countersign.domain.money import Money
from countersign.domain.policy.records import Record, Records

Reason = Literal["requested_by_customer", "duplicate", "fraudulent"]
"""Stripe's reasons. `fraudulent` also puts the card and the address on its block lists."""
SETTLE = timedelta(seconds=5)
"""How long a read by id may lag behind a refund. Stripe's reads follow at once as a rule, and its
documents promise no time; a refund that is not seen yet must not become a case."""
ORDER = "order"
"""The metadata in which the order's number stands: on a charge the shop writes it, on a refund we
do."""
OrderPlace = Literal["transfer_group", "charge", "payment_intent", "receipt_number"]
"""Where a shop leaves the order's number: in the charge's transfer group, in the metadata of the
charge or of its payment intent; or nowhere, and customers quote the receipt that Stripe mails."""
USUAL_PLACES: tuple[OrderPlace, ...] = ("transfer_group", "charge")
FIELDS: Fields = {"charges": (Field(ORDER, "string"),)}
_KEY = "action_key"
_ON_ITS_WAY = frozenset({"succeeded", "pending"})
"""Stripe's states of a refund that has left; the others are failed, canceled, requires_action."""


class Payments(Protocol):
    """Writing access to the payments account."""

    def refund(self, charge: str, amount: Money, reason: str, key: str, order: str) -> Record:
        """Give back `amount` of a charge, once per `key`. Stripe takes an amount without a
        currency, so that `unfit` has judged it by what Look found.

        Raises Throttled or Unavailable when nothing was applied, Refused, or Ambiguous when it may
        have been: then look for the key among `refunds_of` before asking again under it.
        """

    def refunds_of(self, charge: str) -> tuple[Record, ...]:
        """All refunds of a charge, in whatever state, newest first."""

    def read(self, refund_id: str) -> Record:
        """The refund by id. Raises NotFound."""


class Charges(Protocol):
    """What a check of the account asks."""

    def newest(self) -> Mapping[str, str]:
        """The newest charges by id, each with the order's number that it says, or empty."""


class Refund(Contract):
    """Money back to the card it came from. Charge, customer and bounds come from the order."""

    CONTRACT: ClassVar[str] = "payments.refund"
    VERSION: ClassVar[int] = 1

    order: str
    charge: str
    customer: str
    """The customer's id in the payments account; empty for a guest."""
    amount: Money
    reason: Reason


def money(record: Record, field: str) -> Money | None:
    """A sum of a record, in its currency; None when it cannot be read."""
    minor, currency = record.fields.get(field, ""), record.fields.get("currency", "").upper()
    if not (minor.isascii() and minor.isdecimal()):
        return None
    try:
        return Money.model_validate({"minor": int(minor), "currency": currency})
    except ValidationError:
        return None


def changes(refund: Refund, records: Records) -> tuple[Difference, ...] | None:
    """What is refunded of the order, and what is left of it: as Look found it, and after this one.
    None when the order was not found or is in another currency."""
    order = charge_of(refund, records)
    paid = money(order, "amount_minor") if order else None
    gone = money(order, "refunded_minor") if order else None
    if paid is None or gone is None or paid.currency != refund.amount.currency:
        return None
    after = gone.model_copy(update={"amount": gone.amount + refund.amount.amount})
    return (
        Difference(name="refunded", before=f"{gone} of {paid}", after=f"{after} of {paid}"),
        Difference(name="left_to_refund", before=_left(paid, gone), after=_left(paid, after)),
    )


def charge_of(refund: Refund, records: Records) -> Record | None:
    """The record of the charge that is refunded, as Look found it."""
    found = (one for held in records.found.values() for one in held)
    return next((one for one in found if one.kind == "order" and one.id == refund.charge), None)


def _left(paid: Money, gone: Money) -> str:
    return str(paid.model_copy(update={"amount": paid.amount - gone.amount}))


def _words(refund: Refund) -> str:
    blocks = (
        " Blocks the card and the address from now on." if refund.reason == "fraudulent" else ""
    )
    what = f"Refund {refund.amount} of order {refund.order} to the card it was paid with."
    return f"{what}{blocks}"


def _unfit(refund: Refund, records: Records) -> str:
    """The charge's currency, which never changes, is as it was read."""
    charge = charge_of(refund, records)
    if charge is None:
        return "its charge was not looked at"
    same = charge.fields.get("currency") == refund.amount.currency
    return "" if same else "the charge is in another currency"


def _do(payments: Payments, refund: Refund, key: str) -> Receipt:
    made = payments.refund(refund.charge, refund.amount, refund.reason, key, refund.order)
    return _receipt(made, key)


def _find(payments: Payments, refund: Refund, key: str) -> Receipt | None:
    """The refund that an interrupted attempt made, in whatever state it is now.

    Only when there is none may `do` be repeated, under the same key: a saved 500 comes back for 24
    hours whether or not money moved, and after that a repetition would move it again.
    """
    ours = [one for one in payments.refunds_of(refund.charge) if one.fields.get(_KEY) == key]
    return _receipt(ours[0], key) if ours else None


def _receipt(made: Record, key: str) -> Receipt:
    return Receipt(id=made.id, evidence={"key": key, "status": made.fields.get("status", "")})


def _read_back(payments: Payments, refund: Refund, receipt: Receipt) -> Mapping[str, str]:  # noqa: ARG001 - the id says it
    """What the account holds, by the names of `expected`; nothing when there is no such refund."""
    try:
        held = payments.read(receipt.id).fields
    except NotFound:
        return {}
    return {
        "charge": held["charge"],
        "amount_minor": held["amount_minor"],
        "currency": held["currency"],
        "key": "ours" if held[_KEY] == receipt.evidence["key"] else "another",
        "status": "on its way" if held["status"] in _ON_ITS_WAY else held["status"],
    }


def _expected(refund: Refund) -> Mapping[str, str]:
    return {
        "charge": refund.charge,
        "amount_minor": str(refund.amount.minor),
        "currency": refund.amount.currency,
        "key": "ours",
        "status": "on its way",
    }


REFUND: Action[Refund, Payments] = Action(
    id="payments.refund",
    version=1,
    connector="payments",
    params=Refund,
    words=_words,
    do=_do,
    find=_find,
    read_back=_read_back,
    expected=_expected,
    amount=lambda refund: refund.amount,
    inner=("charge", "customer", "reason"),
    editable=("amount", "reason"),
    unfit=_unfit,
    settle=SETTLE,
)
