"""A system of the business's own, as its port sees it: orders with a day and a credit, shipments of
parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from countersign.actions.http_request import Asked
from countersign.domain.errors import Ambiguous, Misconfigured, NotFound, Refused, Throttled


class Killed(BaseException):
    """The process that asked died: no error of it is handled by anybody."""


class FakeShop:
    """It keeps idempotency keys for good. `asked` is what came, `journal` what took effect."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.journal: list[tuple[str, str, tuple[Any, ...]]] = []
        """(key, order, what it says)."""
        self.orders: dict[str, dict[str, Any]] = {}
        self.shipments: dict[str, dict[str, Any]] = {}
        self._kept: dict[str, Any] = {}
        self._faults: list[str] = []
        self._of_writes: list[str] = []

    def has_order(self, number: str, day: str, state: str = "packed") -> None:
        """There is an order."""
        none = {"minor": 0, "currency": "EUR"}
        self.orders[number] = {
            "number": number,
            "state": state,
            "delivery": {"day": day},
            "credit": none,
        }

    def somebody_moves(self, number: str, day: str) -> None:
        """A colleague changes the day in the shop's own pages."""
        self.orders[number]["delivery"] = {"day": day}

    def loses_the_answer(self) -> None:
        """The next write is applied, and its answer lost."""
        self._faults.append("lost")

    def throttles(self) -> None:
        """The next call is asked to come back in 3 seconds."""
        self._faults.append("throttled")

    def lies(self) -> None:
        """The next write is answered as if applied, and is not."""
        self._faults.append("lie")

    def does_not_know_us(self) -> None:
        """The next call is answered 401."""
        self._faults.append("401")

    def befalls_a_write(self, fault: str) -> None:
        """`lost`, `killed` or `lie`: of the next write, whatever is read before it."""
        self._of_writes.append(fault)

    def day_of(self, number: str) -> str:
        """When an order is delivered."""
        return str(self.orders[number]["delivery"]["day"])

    def read(self, asked: Asked) -> Any:
        """The port."""
        self._taken(asked)
        match asked.path.split("/")[2:]:
            case ["ping"]:
                return {"taken": True}
            case ["orders", number] if number in self.orders:
                return self.orders[number]
            case ["shipments", made] if made in self.shipments:
                return self.shipments[made]
            case ["shipments"]:
                wanted = dict(asked.query)["reference"]
                held = self.shipments.values()
                return {"items": [one for one in held if one["reference"] == wanted]}
        raise NotFound("shop has nothing at this address (404)")

    def write(self, asked: Asked) -> Any:
        """The port."""
        fault = self._taken(asked) or (self._of_writes.pop(0) if self._of_writes else "")
        key = asked.keyed[1] if asked.keyed else ""
        if fault == "lie":
            return {"delivery": asked.body}
        if key not in self._kept:
            self._kept[key] = self._applied(asked, key)
        if fault == "killed":
            raise Killed
        if fault == "lost":
            raise Ambiguous("the answer of shop was lost (RemoteProtocolError)")
        return self._kept[key]

    def _taken(self, asked: Asked) -> str:
        self.asked.append(asked)
        fault = self._faults.pop(0) if self._faults else ""
        if fault == "401":
            raise Misconfigured("shop does not take our key (401)")
        if fault == "throttled":
            raise Throttled("shop asked to wait", 3.0)
        return fault

    def _applied(self, asked: Asked, key: str) -> Any:
        body: Mapping[str, Any] = asked.body if isinstance(asked.body, Mapping) else {}
        match asked.path.split("/")[2:]:
            case ["orders", number, "delivery"] if number in self.orders:
                return self._moved(number, str(body["day"]), key)
            case ["orders", number, "credit"] if number in self.orders:
                self.orders[number]["credit"] = dict(body)
                self.journal.append((key, number, (body["minor"], body["currency"])))
                return self.orders[number]
            case ["shipments"] if body["order"] in self.orders:
                made = {**body, "id": str(len(self.journal) + 1)}
                self.shipments[made["id"]] = made
                self.journal.append((key, body["order"], (body["part"], body["pieces"])))
                return {"shipment": made}
            case ["shipments"]:
                raise Refused("shop refused it (422). Correct the data.")
            case ["shipments", made] if made in self.shipments:
                gone = self.shipments.pop(made)
                self.journal.append((key, gone["order"], (gone["part"],)))
                return None
        raise NotFound("shop has nothing at this address (404)")

    def _moved(self, number: str, day: str, key: str) -> Any:
        if self.orders[number]["state"] == "delivered":
            raise Refused("shop refused it (409). Correct the data.")
        self.somebody_moves(number, day)
        self.journal.append((key, number, (day,)))
        return self.orders[number]
