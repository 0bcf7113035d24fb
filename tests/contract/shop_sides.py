"""The two sides of the contract on a business's own system: the fake, and the adapter with the demo
shop, over TLS, under a host's name that leads to a judged address."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import httpx
from starlette.applications import Starlette

from countersign.actions.http_request import Requests
from countersign.connectors.http_request import HttpRequests
from countersign.connectors.judged import JudgedTransport
from countersign.domain.ledger.targets import HttpTarget
from infra.local.shop import ORDERS, shop_app
from tests.fakes.serving import served
from tests.fakes.shop import FakeShop
from tests.fakes.tls import Authority, Dialled

HOST, PUBLIC = "shop.example", "93.184.215.14"
TOKEN = "token-of-the-tests"
TARGET = HttpTarget(id="shop", url=f"https://{HOST}/shop", checks="/v1/ping")
Done: TypeAlias = list[tuple[str, str, tuple[Any, ...]]]


class FakeSide:
    """The fake, with the demo's orders."""

    def __init__(self) -> None:
        self.fake = FakeShop()
        self.shop: Requests = self.fake
        for number, held in ORDERS.items():
            self.fake.has_order(number, *held)

    def throttles(self) -> None:
        """The next call is asked to come back in 3 seconds."""
        self.fake.throttles()

    def loses_the_answer(self) -> None:
        """The next write is applied, and its answer lost."""
        self.fake.loses_the_answer()

    def lies(self) -> None:
        """The next write is answered as if applied, and is not."""
        self.fake.lies()

    def done(self) -> Done:
        """What took effect."""
        return self.fake.journal


class ServerSide:
    """The adapter, against the demo shop."""

    def __init__(self, app: Starlette, port: int, authority: Authority) -> None:
        self.app, self.port, self.authority = app, port, authority
        self.sockets = Dialled({PUBLIC: port})
        self.adapter = self.opened(TOKEN)
        self.shop: Requests = self.adapter
        self._seen = 0

    def opened(self, token: str, target: HttpTarget = TARGET) -> HttpRequests:
        """The adapter with another secret, or for another target there."""
        transport = JudgedTransport(
            resolve=lambda *_: [PUBLIC], sockets=self.sockets, trust=self.authority.trust()
        )
        return HttpRequests(target, token, timeout=lambda: 5.0, transport=transport)

    def empty(self) -> None:
        """The demo's orders as they were, nothing done, no faults."""
        self.app.state.faults.clear()
        store = self.app.state.store
        with store.transaction():
            for number, (day, _) in ORDERS.items():
                store.move(number, day)
        self._seen = len(store.journal())

    def throttles(self) -> None:
        """The next call is answered 429, to come back in 3 seconds."""
        self.app.state.faults.next("throttle", seconds=3.0)

    def loses_the_answer(self) -> None:
        """The next write is applied and the connection cut."""
        self.app.state.faults.next("drop_after", which="writes")

    def lies(self) -> None:
        """The next write is answered and not applied."""
        self.app.state.faults.next("lie", which="writes")

    def done(self) -> Done:
        """What took effect."""
        entries = self.app.state.store.journal()[self._seen :]
        return [(one["key"], one["order"], tuple(one["says"])) for one in entries]


Side: TypeAlias = FakeSide | ServerSide


@contextmanager
def server_side(folder: Path) -> Iterator[ServerSide]:
    """The demo shop under uvicorn with a certificate for its name."""
    app, authority = shop_app(token=TOKEN), Authority(folder)
    with served(app, certified=authority.certifies(HOST)) as address:
        side = ServerSide(app, httpx.URL(address).port or 0, authority)
        yield side
        side.adapter.close()
