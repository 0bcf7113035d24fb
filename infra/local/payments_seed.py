"""The demo payments server's first orders: what makes the refund workflow's rules speak."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from infra.local.payments_store import Store

DAY = 86_400


@dataclass(frozen=True)
class Order:
    """One order; `days` ago it was paid. `back`: (amount, days ago) of what was given back."""

    number: str
    name: str
    amount: int
    currency: str
    days: int
    back: tuple[tuple[int, int], ...] = ()
    disputed: bool = False
    method: str = "card"
    status: str = "succeeded"
    guest: bool = False
    grouped: bool = True

    @property
    def email(self) -> str:
        """`ada.quill@example.com`."""
        return self.name.lower().replace(" ", ".") + "@example.com"

    @property
    def customer(self) -> str:
        """The customer's id; a guest has none."""
        return "" if self.guest else "cus_" + self.name.replace(" ", "")


ORDERS = (
    Order("1029", "Jonas Brandt", 6_900, "eur", 47),  # outside a window of 30 days
    # Three refunds within 30 days, and one more order that would like to be the fourth.
    Order("1033", "Kira Novak", 2_000, "eur", 38, back=((2_000, 25),)),
    Order("1036", "Kira Novak", 3_500, "eur", 29, back=((3_500, 16),)),
    Order("1039", "Kira Novak", 2_750, "eur", 19, back=((1_250, 9),)),
    Order("1040", "Kira Novak", 4_200, "eur", 5),
    Order("1042", "Ada Quill", 4_990, "eur", 6),  # small: runs
    # A first attempt that the bank declined, and the payment itself: one asks.
    Order("1043", "Ben Okafor", 32_000, "usd", 9, status="failed"),
    Order("1043", "Ben Okafor", 32_000, "usd", 9),
    Order("1044", "Chiyo Mori", 4_800, "jpy", 3),  # no decimals
    Order("1045", "Dafydd Rees", 79_900, "gbp", 12),  # above 500: four eyes
    Order("1046", "Faisal Haddad", 24_500, "kwd", 15),  # three decimals: 24.500
    Order("1047", "Greta Lindholm", 12_900, "eur", 20, back=((4_000, 4),)),  # in part
    Order("1048", "Hugo Marchetti", 8_900, "eur", 11, back=((8_900, 2),)),  # whole
    Order("1049", "Ines Cardoso", 15_900, "usd", 8, disputed=True),
    Order("1050", "Olle Berg", 89_900, "sek", 7),  # a currency without limits
    Order("1051", "Lena Osei", 4_500, "eur", 2, method="sepa_debit"),  # refunds stay pending
    Order("1052", "Milo Fenn", 3_900, "usd", 4, guest=True),
    Order("1053", "Nora Beck", 5_900, "eur", 10, grouped=False),  # only search finds it
    Order("1054", "Pia Sand", 2_200, "eur", 1, status="pending"),  # not paid yet
    Order("1055", "Rosa Klein", 64_000, "eur", 5),  # an edit above the approver's own limit
    Order("1056", "Tomas Varga", 3_500, "eur", 6),  # a sender for whom nobody vouches
    Order("1057", "Uma Patel", 2_800, "eur", 4),  # somebody else writes
    Order("1058", "Vera Lund", 4_200, "eur", 3),  # more is asked than was paid
    Order("1059", "Wanda Ruiz", 1_900, "eur", 2),  # asked three times by the same webhook
    Order("1060", "Xenia Holt", 2_200, "eur", 3),  # the text gives orders
)


def seed(database: Path, clock: Callable[[], float] = time.time) -> None:
    """Put the first orders into an empty account, not journalled; one that has some stays."""
    store = Store(database, clock, lag=(0.0, 0.0))
    try:
        with store.transaction():
            if not store.charges():
                for order in ORDERS:
                    _add(store, order)
    finally:
        store.close()


def _add(store: Store, order: Order) -> None:
    now = int(store.now())
    charge = store.add_charge(
        order.number,
        order.amount,
        order.currency,
        created=now - order.days * DAY,
        customer=order.customer,
        email=order.email,
        name=order.name,
        grouped=order.grouped,
        method=order.method,
        status=order.status,
    )
    for amount, days in order.back:
        store.add_refund(
            charge,
            amount,
            created=now - days * DAY,
            reason="requested_by_customer",
            metadata={"order": order.number},
        )
    if order.disputed:
        store.dispute(charge)
