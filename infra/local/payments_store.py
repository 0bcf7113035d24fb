"""The demo payments server's charges and refunds: kept, listed, and searched with a delay."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, TypeVar

from infra.local.payments_database import Database
from infra.local.payments_rules import Charge, Refund, new_id

KindT = TypeVar("KindT", Charge, Refund)


class Store(Database):
    """All records. Callers hold a `transaction` around every method but `journal`.

    `lag`: shortest and longest delay in seconds until search sees a charge as it is.
    """

    def __init__(
        self, database: Path, clock: Callable[[], float], lag: tuple[float, float], seed: int = 0
    ) -> None:
        super().__init__(database, clock)
        self._lag = lag
        self._random = random.Random(seed)  # noqa: S311 - a repeatable delay, not a secret

    def add_charge(self, order: str, amount: int, currency: str, **more: Any) -> Charge:
        """A payment as the shop took it; `more` are fields of Charge."""
        more.setdefault("created", int(self.now()))
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
        more.setdefault("created", int(self.now()))
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
        visible_at = self.now() + self._random.uniform(*self._lag)
        row = (charge.id, json.dumps(asdict(charge)), visible_at)
        self._db.execute("INSERT INTO search_index (id, body, visible_at) VALUES (?, ?, ?)", row)


def _parsed(kind: type[KindT], row: Sequence[str]) -> KindT:
    return kind(**json.loads(row[0]))
