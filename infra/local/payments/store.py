"""The demo payments server's charges and refunds: kept, listed, and searched with a delay."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from infra.local.demo.database import Database
from infra.local.payments.rules import Charge, Refund, new_id

KEPT = 86_400
"""Seconds for which an idempotency key keeps its answer: Stripe's 24 hours."""

KindT = TypeVar("KindT", Charge, Refund)


@dataclass(frozen=True)
class Saved:
    """The answer that an idempotency key keeps, and what was asked under it."""

    request: str
    status: int
    body: Any


class PaymentsStore(Database):
    """All records."""

    schema = """
CREATE TABLE IF NOT EXISTS charges (
    n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, customer TEXT NOT NULL,
    transfer_group TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS charges_by_customer ON charges (customer, n);
CREATE INDEX IF NOT EXISTS charges_by_group ON charges (transfer_group, n);
CREATE TABLE IF NOT EXISTS refunds (
    n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, charge TEXT NOT NULL,
    body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS refunds_by_charge ON refunds (charge, n);
CREATE TABLE IF NOT EXISTS search_index (
    n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, body TEXT NOT NULL, visible_at INTEGER);
CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY, request TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL,
    at INTEGER NOT NULL);
"""

    def saved(self, key: str) -> Saved | None:
        """The answer kept under `key`, for 24 hours."""
        row = self._db.execute(
            "SELECT request, status, body FROM answers WHERE key = ? AND at > ?",
            (key, self.now() - KEPT * 1000),
        ).fetchone()
        return Saved(row[0], row[1], json.loads(row[2])) if row else None

    def save(self, key: str, answer: Saved) -> None:
        """Keep an answer under `key`."""
        row = (key, answer.request, answer.status, json.dumps(answer.body), self.now())
        self._db.execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?)", row)

    def add_charge(self, order: str, amount: int, currency: str, **more: Any) -> Charge:
        """A payment as the shop took it; `more` are fields of Charge."""
        more.setdefault("created", self.now() // 1000)
        made = Charge(id=new_id("ch"), order=order, amount=amount, currency=currency, **more)
        group = made.order if made.grouped else ""
        self._db.execute(
            "INSERT INTO charges (id, customer, transfer_group, body) VALUES (?, ?, ?, ?)",
            (made.id, made.customer, group, json.dumps(asdict(made))),
        )
        self._index(made)
        return made

    def add_refund(self, charge: Charge, amount: int, **more: Any) -> Refund:
        """Give back part of a charge; the rules were asked before. `more` are fields of Refund."""
        more.setdefault("created", self.now() // 1000)
        made = Refund(new_id("re"), charge.id, amount, charge.currency, **more)
        self._db.execute(
            "INSERT INTO refunds (id, charge, body) VALUES (?, ?, ?)",
            (made.id, made.charge, json.dumps(asdict(made))),
        )
        self._change(replace(charge, refunded=charge.refunded + amount))
        return made

    def dispute(self, charge: Charge) -> None:
        """The cardholder's bank takes the money back."""
        self._change(replace(charge, disputed=True))

    def fail_refund(self, charge: Charge, refund: Refund) -> None:
        """The bank sends a refund of the charge back: it failed after it was accepted."""
        body = json.dumps(asdict(replace(refund, status="failed")))
        self._db.execute("UPDATE refunds SET body = ? WHERE id = ?", (body, refund.id))
        self._change(replace(charge, refunded=charge.refunded - refund.amount))

    def charge(self, charge_id: str) -> Charge | None:
        """The charge by id."""
        row = self._db.execute("SELECT body FROM charges WHERE id = ?", (charge_id,)).fetchone()
        return Charge(**json.loads(row[0])) if row else None

    def refund(self, refund_id: str) -> Refund | None:
        """The refund by id."""
        row = self._db.execute("SELECT body FROM refunds WHERE id = ?", (refund_id,)).fetchone()
        return Refund(**json.loads(row[0])) if row else None

    def charges(self, customer: str = "", group: str = "") -> list[Charge]:
        """Charges of a customer or a transfer group, or all, newest first."""
        wanted = {"customer": customer, "transfer_group": group}
        return self._listed("charges", Charge, wanted)

    def refunds(self, charge: str = "") -> list[Refund]:
        """Refunds of a charge, or all, newest first."""
        return self._listed("refunds", Refund, {"charge": charge})

    def searchable(self) -> list[Charge]:
        """Charges as search sees them: each as of its last indexed change, newest first."""
        rows = self._db.execute(
            "SELECT body, MAX(n) AS last FROM search_index WHERE visible_at <= ?"
            " GROUP BY id ORDER BY last DESC",
            (self.now(),),
        ).fetchall()
        return [Charge(**json.loads(row[0])) for row in rows]

    def _listed(self, table: str, kind: type[KindT], wanted: Mapping[str, str]) -> list[KindT]:
        by = [name for name, value in wanted.items() if value]
        where = " AND ".join(f"{name} = ?" for name in by) or "1"
        query = f"SELECT body FROM {table} WHERE {where} ORDER BY n DESC"  # noqa: S608 - our own names
        rows = self._db.execute(query, [wanted[name] for name in by]).fetchall()
        return [_parsed(kind, row) for row in rows]

    def _change(self, charge: Charge) -> None:
        body = json.dumps(asdict(charge))
        self._db.execute("UPDATE charges SET body = ? WHERE id = ?", (body, charge.id))
        self._index(charge)

    def _index(self, charge: Charge) -> None:
        row = (charge.id, json.dumps(asdict(charge)), self.searchable_at())
        self._db.execute("INSERT INTO search_index (id, body, visible_at) VALUES (?, ?, ?)", row)


def _parsed(kind: type[KindT], row: Sequence[str]) -> KindT:
    return kind(**json.loads(row[0]))


DAY = 86_400


@dataclass(frozen=True)
class DemoOrder:
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
    item: str = ""

    @property
    def email(self) -> str:
        """`ada.quill@example.com`."""
        return self.name.lower().replace(" ", ".") + "@example.com"

    @property
    def customer(self) -> str:
        """The customer's id; a guest has none."""
        return "" if self.guest else "cus_" + self.name.replace(" ", "")


ORDERS = (
    DemoOrder("1029", "Jonas Brandt", 6_900, "eur", 47),  # outside a window of 30 days
    # Three refunds within 30 days, and one more order that would like to be the fourth.
    DemoOrder("1033", "Kira Novak", 2_000, "eur", 38, back=((2_000, 25),)),
    DemoOrder("1036", "Kira Novak", 3_500, "eur", 29, back=((3_500, 16),)),
    DemoOrder("1039", "Kira Novak", 2_750, "eur", 19, back=((1_250, 9),)),
    DemoOrder("1040", "Kira Novak", 4_200, "eur", 5),
    DemoOrder("1042", "Ada Quill", 4_990, "eur", 6, item="Fountain pen"),  # small: runs
    # A first attempt that the bank declined, and the payment itself: one asks.
    DemoOrder("1043", "Ben Okafor", 32_000, "usd", 9, status="failed"),
    DemoOrder("1043", "Ben Okafor", 32_000, "usd", 9),
    DemoOrder("1044", "Chiyo Mori", 4_800, "jpy", 3),  # no decimals
    DemoOrder(
        "1045", "Dafydd Rees", 79_900, "gbp", 12, item="City bicycle, blue"
    ),  # above 500: four eyes
    DemoOrder("1046", "Faisal Haddad", 24_500, "kwd", 15),  # three decimals: 24.500
    DemoOrder(
        "1047", "Greta Lindholm", 12_900, "eur", 20, back=((4_000, 4),), item="2 lamps"
    ),  # in part
    DemoOrder("1048", "Hugo Marchetti", 8_900, "eur", 11, back=((8_900, 2),)),  # whole
    DemoOrder("1049", "Ines Cardoso", 15_900, "usd", 8, disputed=True),
    DemoOrder("1050", "Olle Berg", 89_900, "sek", 7),  # a currency without limits
    DemoOrder("1051", "Lena Osei", 4_500, "eur", 2, method="sepa_debit"),  # refunds stay pending
    DemoOrder("1052", "Milo Fenn", 3_900, "usd", 4, guest=True),
    DemoOrder(
        "1053", "Nora Beck", 5_900, "eur", 10, grouped=False, item="Teapot"
    ),  # only search finds it
    DemoOrder("1054", "Pia Sand", 2_200, "eur", 1, status="pending"),  # not paid yet
    DemoOrder(
        "1055", "Rosa Klein", 64_000, "eur", 5, item="Desk, 160 cm"
    ),  # an edit above the approver's own limit
    DemoOrder("1056", "Tomas Varga", 3_500, "eur", 6),  # a sender for whom nobody vouches
    DemoOrder("1057", "Uma Patel", 2_800, "eur", 4),  # somebody else writes
    DemoOrder("1058", "Vera Lund", 4_200, "eur", 3),  # more is asked than was paid
    DemoOrder("1059", "Wanda Ruiz", 1_900, "eur", 2),  # asked three times by the same webhook
    DemoOrder("1060", "Xenia Holt", 2_200, "eur", 3),  # the text gives orders
    DemoOrder("1061", "Yusuf Kaya", 7_500, "eur", 36),  # rejected, and then a team's case
    DemoOrder("1062", "Zita Varro", 8_200, "eur", 41),  # rejected, and ended with an answer
    DemoOrder("1063", "Aron Lindahl", 1_800, "eur", 4),  # named in the answer to our question
)


def seed(database: Path, clock: Callable[[], float] = time.time) -> None:
    """Put the first orders into an empty account, not journalled; one that has some stays."""
    store = PaymentsStore(database, clock)
    try:
        with store.transaction():
            if not store.charges():
                for order in ORDERS:
                    _add(store, order)
    finally:
        store.close()


def _add(store: PaymentsStore, order: DemoOrder) -> None:
    now = store.now() // 1000
    charge = store.add_charge(
        order.number,
        order.amount,
        order.currency,
        created=now - order.days * DAY,
        customer=order.customer,
        email=order.email,
        name=order.name,
        item=order.item,
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
