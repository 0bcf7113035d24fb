"""Actions on the shop's own system, as rows: another system is another file like this one, and
docs/howto/own-system.md is how one is written."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from countersign.actions.http_request import Request, System
from countersign.domain.money import Money

SHOP = System("shop", keys="Idempotency-Key")

MOVE_DELIVERY = SHOP.action(
    "shop.move_delivery",
    words="Deliver order {order} on {day}.",
    params={"order": str, "day": date},
    do=Request("PUT", "/v1/orders/{order}/delivery", body={"day": "{day}"}),
    reads=Request("GET", "/v1/orders/{order}"),
    shows={"delivery.day": "{day}"},
    undo=Request("PUT", "/v1/orders/{order}/delivery", body={"day": "{before.delivery.day}"}),
    undo_words="Give order {order} the day of delivery that it had before.",
    editable=("day",),
)

SEND_PART = SHOP.action(
    "shop.send_part",
    words="Send {pieces} of {part} for order {order}, free of charge.",
    params={"order": str, "part": str, "pieces": Annotated[int, Field(ge=1, le=10)]},
    do=Request(
        "POST",
        "/v1/shipments",
        body={"order": "{order}", "part": "{part}", "pieces": "{pieces}", "reference": "{key}"},
        accepts=(201,),
    ),
    made="shipment.id",
    finds=Request("GET", "/v1/shipments", query={"reference": "{key}"}),
    found="items.0.id",
    reads=Request("GET", "/v1/shipments/{id}"),
    shows={"order": "{order}", "part": "{part}", "pieces": "{pieces}"},
    undo=Request("DELETE", "/v1/shipments/{id}"),
    undo_words="Cancel the shipment of {part} for order {order}.",
    editable=("pieces",),
)

GIVE_CREDIT = SHOP.action(
    "shop.give_credit",
    words="Give the customer of order {order} a credit of {amount}.",
    params={"order": str, "amount": Money},
    do=Request(
        "PUT",
        "/v1/orders/{order}/credit",
        body={"minor": "{amount.minor}", "currency": "{amount.currency}"},
    ),
    reads=Request("GET", "/v1/orders/{order}"),
    shows={"credit.minor": "{amount.minor}", "credit.currency": "{amount.currency}"},
    undo=Request(
        "PUT",
        "/v1/orders/{order}/credit",
        body={"minor": "{before.credit.minor}", "currency": "{before.credit.currency}"},
    ),
    undo_words="Give the customer of order {order} the credit that it had before.",
    amount="amount",
    editable=("amount",),
)

ROWS = (MOVE_DELIVERY, SEND_PART, GIVE_CREDIT)
