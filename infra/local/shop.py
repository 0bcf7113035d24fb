"""The demo shop: a small real HTTP server as a business writes one for itself, with deliveries and
credits of orders, and shipments of parts. Its own shape: nothing of the engine knows it."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request

from infra.local.demo.answer import DemoAnswer, Refusal
from infra.local.demo.database import IN_MEMORY, Database
from infra.local.demo.page import Table
from infra.local.demo.system import DemoCall, DemoSystem, json_object, same, wait_header

ROOT = "/shop"
ORDERS: Mapping[str, tuple[str, str]] = {
    "1061": ("2026-12-14", "packed"),
    "1062": ("2026-12-15", "packed"),
    "1063": ("2026-11-20", "delivered"),
    "1064": ("2026-12-16", "packed"),
}
"""By number: the day of the delivery, and how far the order is."""


class ShopStore(Database):
    """Orders, shipments of parts, and the answers that idempotency keys have kept."""

    schema = """
CREATE TABLE IF NOT EXISTS orders (
    number TEXT PRIMARY KEY, day TEXT, state TEXT,
    credit INTEGER DEFAULT 0, currency TEXT DEFAULT 'EUR');
CREATE TABLE IF NOT EXISTS shipments (
    id INTEGER PRIMARY KEY AUTOINCREMENT, number TEXT, part TEXT, pieces INTEGER, reference TEXT);
CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, asked TEXT, status INTEGER, body TEXT);
"""

    def stock(self) -> None:
        """The orders of the demo."""
        rows = [(number, *held) for number, held in ORDERS.items()]
        self._db.executemany(
            "INSERT OR IGNORE INTO orders (number, day, state) VALUES (?, ?, ?)", rows
        )

    def order(self, number: str) -> dict[str, Any] | None:
        """An order as the shop shows it."""
        row = self._db.execute(
            "SELECT day, state, credit, currency FROM orders WHERE number = ?", (number,)
        ).fetchone()
        return row and {
            "number": number,
            "state": row[1],
            "delivery": {"day": row[0]},
            "credit": {"minor": row[2], "currency": row[3]},
        }

    def move(self, number: str, day: str) -> None:
        """Another day for an order's delivery."""
        self._db.execute("UPDATE orders SET day = ? WHERE number = ?", (day, number))

    def credit(self, number: str, minor: int, currency: str) -> None:
        """What an order's customer has for the next one, in minor units."""
        row = (minor, currency, number)
        self._db.execute("UPDATE orders SET credit = ?, currency = ? WHERE number = ?", row)

    def ship(self, number: str, part: str, pieces: int, reference: str) -> int:
        """A shipment of a part; its id."""
        made = self._db.execute(
            "INSERT INTO shipments (number, part, pieces, reference) VALUES (?, ?, ?, ?)",
            (number, part, pieces, reference),
        )
        return int(made.lastrowid or 0)

    def shipments(self, field: str, value: str) -> list[dict[str, Any]]:
        """Those with this `id` or `reference`."""
        names = ("id", "order", "part", "pieces", "reference")
        columns = {"id": "id", "reference": "reference"}
        rows = self._db.execute(
            "SELECT id, number, part, pieces, reference FROM shipments"  # noqa: S608 - one of two
            f" WHERE {columns[field]} = ? ORDER BY id",
            (value,),
        )
        return [{**dict(zip(names, row, strict=True)), "id": str(row[0])} for row in rows]

    def cancel(self, shipment: str) -> None:
        """A shipment does not leave."""
        self._db.execute("DELETE FROM shipments WHERE id = ?", (shipment,))

    def kept(self, key: str) -> tuple[str, DemoAnswer] | None:
        """What a key was used for, and its answer."""
        row = self._db.execute(
            "SELECT asked, status, body FROM kept WHERE key = ?", (key,)
        ).fetchone()
        return row and (row[0], DemoAnswer(row[1], json.loads(row[2])))

    def keep(self, key: str, asked: str, answer: DemoAnswer) -> None:
        """The answer, for good."""
        row = (key, asked, answer.status, json.dumps(answer.body))
        self._db.execute("INSERT INTO kept VALUES (?, ?, ?, ?)", row)


class DemoShop(DemoSystem[ShopStore]):
    """The shop's own interface: one token, JSON, an `Idempotency-Key` that is kept for good."""

    root = ROOT
    title = "Demo shop"
    about = "A stand-in for a system of the business's own: orders, and parts that are sent."

    def __init__(self, store: ShopStore, mark: str, token: str) -> None:
        super().__init__(store, mark)
        self._token = token

    def admit(self, request: Request, *, writes: bool) -> Mapping[str, str]:  # noqa: ARG002 - one token for both
        """As the frame."""
        if not same(request.headers.get("authorization", ""), f"Bearer {self._token}"):
            raise self.refusal(401, "who are you?")
        return {}

    def params(self, request: Request, raw: bytes) -> Mapping[str, Any]:  # noqa: ARG002 - the frame's signature
        """As the frame: a JSON object, or nothing."""
        body = json_object(raw or b"{}")
        if body is None:
            raise self.refusal(400, "not a JSON object")
        return body

    def refusal(self, status: int, message: str) -> Refusal:
        """As the frame."""
        return _refused(status, message)

    def too_many(self, seconds: float) -> Refusal:
        """As the frame."""
        return Refusal("later", DemoAnswer(429, {"error": "later"}, wait_header(seconds)))

    def tables(self) -> Sequence[Table]:
        """As the frame."""
        done = [
            (e["what"], e["order"], str(e["says"]), e["key"], e["at"])
            for e in reversed(self.store.journal())
        ]
        return [Table("What was done", ("What", "Order", "Says", "Key", "When"), done)]

    def execute(
        self, handler: Callable[[ShopStore, DemoCall], DemoAnswer], call: DemoCall, fault: str
    ) -> DemoAnswer:
        """The answer that the key has kept, or the call: effect and answer in one transaction."""
        asked = json.dumps([call.method, call.address, call.params], sort_keys=True)
        with self.store.transaction():
            held = self.store.kept(call.key) if call.key else None
            if held:
                if held[0] != asked:
                    raise self.refusal(422, "this key was used for something else")
                return held[1]
            with self.store.part(pretend=fault == "lie"):
                answer = handler(self.store, call)
            if call.key and fault != "lie":
                self.store.keep(call.key, asked, answer)
        if fault == "error_after":
            raise self.refusal(500, "something went wrong")
        return answer


def _refused(status: int, message: str) -> Refusal:
    return Refusal(message, DemoAnswer(status, {"error": message}))


def ping(store: ShopStore, call: DemoCall) -> DemoAnswer:  # noqa: ARG001 - the token was judged
    """`GET /v1/ping`: the token is taken."""
    return DemoAnswer(200, {"ok": True})


def read_order(store: ShopStore, call: DemoCall) -> DemoAnswer:
    """`GET /v1/orders/{number}`."""
    held = store.order(call.path["number"])
    if held is None:
        raise _refused(404, "no such order")
    return DemoAnswer(200, held)


def move_delivery(store: ShopStore, call: DemoCall) -> DemoAnswer:
    """`PUT /v1/orders/{number}/delivery`: another day, while the order has not left."""
    held, day = store.order(call.path["number"]), str(call.params.get("day"))
    if held is None:
        raise _refused(404, "no such order")
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", day):
        raise _refused(422, "a day is written as 2026-12-24")
    if held["state"] == "delivered":
        raise _refused(409, "it was delivered")
    store.move(held["number"], day)
    store.record(what="delivery", order=held["number"], says=[day], key=call.key)
    return DemoAnswer(200, store.order(held["number"]))


def give_credit(store: ShopStore, call: DemoCall) -> DemoAnswer:
    """`PUT /v1/orders/{number}/credit`: what its customer has for the next order."""
    held, minor = store.order(call.path["number"]), call.params.get("minor")
    currency = str(call.params.get("currency"))
    if held is None:
        raise _refused(404, "no such order")
    if type(minor) is not int or minor < 0 or not re.fullmatch("[A-Z]{3}", currency):
        raise _refused(422, "minor units and a currency")
    store.credit(held["number"], minor, currency)
    store.record(what="credit", order=held["number"], says=[minor, currency], key=call.key)
    return DemoAnswer(200, store.order(held["number"]))


def send_part(store: ShopStore, call: DemoCall) -> DemoAnswer:
    """`POST /v1/shipments`: a part is sent for an order."""
    given = call.params
    if store.order(str(given.get("order"))) is None:
        raise _refused(422, "no such order")
    if type(given.get("pieces")) is not int or not 0 < given["pieces"] <= 10:  # noqa: PLR2004 - a parcel
        raise _refused(422, "one to ten pieces")
    order, part, pieces = str(given["order"]), str(given.get("part")), given["pieces"]
    made = store.ship(order, part, pieces, str(given.get("reference", "")))
    store.record(what="shipment", order=order, says=[part, pieces], key=call.key)
    return DemoAnswer(201, {"shipment": store.shipments("id", str(made))[0]})


def find_shipments(store: ShopStore, call: DemoCall) -> DemoAnswer:
    """`GET /v1/shipments?reference=…`."""
    return DemoAnswer(200, {"items": store.shipments("reference", call.query.get("reference", ""))})


def read_shipment(store: ShopStore, call: DemoCall) -> DemoAnswer:
    """`GET /v1/shipments/{id}`."""
    held = store.shipments("id", call.path["id"])
    if not held:
        raise _refused(404, "no such shipment")
    return DemoAnswer(200, held[0])


def cancel_shipment(store: ShopStore, call: DemoCall) -> DemoAnswer:
    """`DELETE /v1/shipments/{id}`: one that is gone stays gone."""
    held = store.shipments("id", call.path["id"])
    if not held:
        raise _refused(404, "no such shipment")
    store.cancel(call.path["id"])
    store.record(what="cancelled", order=held[0]["order"], says=[held[0]["part"]], key=call.key)
    return DemoAnswer(204)


def shop_app(
    *, token: str, clock: Callable[[], float] = time.time, mark: str = "demo"
) -> Starlette:
    """The shop, in memory, all paths below `/shop`, as `DemoSystem.app` says. `token` opens it."""
    store = ShopStore(IN_MEMORY, clock)
    store.stock()
    return DemoShop(store, mark, token).app(
        reads=(
            ("GET", "/v1/ping", ping),
            ("GET", "/v1/orders/{number}", read_order),
            ("GET", "/v1/shipments", find_shipments),
            ("GET", "/v1/shipments/{id}", read_shipment),
        ),
        writes=(
            ("PUT", "/v1/orders/{number}/delivery", move_delivery),
            ("PUT", "/v1/orders/{number}/credit", give_credit),
            ("POST", "/v1/shipments", send_part),
            ("DELETE", "/v1/shipments/{id}", cancel_shipment),
        ),
    )
