"""The two sides of the contract on payments: the fake, and the adapter with the demo server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from starlette.applications import Starlette

from countersign.actions.payments import Payments
from countersign.connectors.stripe.client import StripePayments
from countersign.domain.errors import Throttled, Unavailable
from countersign.domain.ports import Reader
from infra.local.payments.app import payments_app
from infra.local.payments.rules import Charge
from tests.fakes.payments import START, Effect, FakePayments
from tests.fakes.serving import served


class PaymentsAndReader(Payments, Reader, Protocol):
    """What both sides implement."""


class FakeSide:
    """The fake; `reader` is one with the reading key, on records of its own."""

    def __init__(self) -> None:
        self.fake = FakePayments()
        self.payments: PaymentsAndReader = self.fake
        self.reader: PaymentsAndReader = FakePayments(read_only=True)

    def has_order(self, number: str, amount: int, currency: str, **more: Any) -> str:
        """There is a charge; its id."""
        return self.fake.has_order(number, amount, currency, **more)

    def has_refund(self, charge: str, amount: int, **more: Any) -> str:
        """Part of a charge was given back by hand; the refund's id."""
        return self.fake.has_refund(charge, amount, **more)

    def somebody_disputes(self, charge: str) -> None:
        """The cardholder's bank takes the money back."""
        self.fake.somebody_disputes(charge)

    def the_bank_returns(self, refund: str) -> None:
        """A refund that was accepted fails."""
        self.fake.the_bank_returns(refund)

    def loses_the_answer(self) -> None:
        """The next refund is applied and its answer lost."""
        self.fake.loses_the_answer()

    def lies(self) -> None:
        """The next refund is answered and not applied."""
        self.fake.lies()

    def saves_an_error(self, *, applied: bool) -> None:
        """The next refund ends in a 500 that its key keeps."""
        self.fake.saves_an_error(applied=applied)

    def a_day_passes(self) -> None:
        """The keys' answers are forgotten."""
        self.fake.a_day_passes()

    def is_unavailable(self) -> None:
        """The next call does not get through."""
        self.fake.fails_with(Unavailable("the payments account was not reached (ConnectError)"))

    def throttles(self) -> None:
        """The next call is asked to come back in 3 seconds."""
        self.fake.fails_with(Throttled("the payments account asked to wait", retry_after=3.0))

    def journal(self) -> list[Effect]:
        """The applied refunds."""
        return self.fake.journal


class ServerSide:
    """The adapter, against the demo server on loopback."""

    def __init__(self, app: Starlette, url: str, now: list[float]) -> None:
        self.app = app
        self.url = url
        self.now = now
        self.store = app.state.store
        self.payments: PaymentsAndReader = self.adapter()
        self.reader: PaymentsAndReader = StripePayments(url, "reading", timeout=lambda: 5.0)

    def adapter(self, seconds: float = 5.0) -> StripePayments:
        """One more with the writing key, as another worker has it."""
        return StripePayments(self.url, "writing", timeout=lambda: seconds)

    def empty(self) -> None:
        """Forget all records, saved answers, the journal and planned faults."""
        self.app.state.faults.clear()
        with self.store.transaction():
            for table in ("charges", "refunds", "search_index", "answers", "journal"):
                self.store._db.execute(f"DELETE FROM {table}")  # noqa: S608 - our own table names

    def has_order(self, number: str, amount: int, currency: str, **more: Any) -> str:
        """There is a charge; its id."""
        more = {"created": START, **more}
        with self.store.transaction():
            return str(self.store.add_charge(number, amount, currency, **more).id)

    def has_refund(self, charge: str, amount: int, **more: Any) -> str:
        """Part of a charge was given back by hand; the refund's id."""
        with self.store.transaction():
            return str(self.store.add_refund(self._charge(charge), amount, **more).id)

    def somebody_disputes(self, charge: str) -> None:
        """The cardholder's bank takes the money back."""
        with self.store.transaction():
            self.store.dispute(self._charge(charge))

    def the_bank_returns(self, refund: str) -> None:
        """A refund that was accepted fails."""
        with self.store.transaction():
            held = self.store.refund(refund)
            self.store.fail_refund(self._charge(held.charge), held)

    def loses_the_answer(self) -> None:
        """The next refund is applied and its connection cut."""
        self.app.state.faults.next("drop_after", which="writes")

    def lies(self) -> None:
        """The next refund is answered and not applied."""
        self.app.state.faults.next("lie", which="writes")

    def saves_an_error(self, *, applied: bool) -> None:
        """The next refund ends in a 500 that its key keeps."""
        self.app.state.faults.next("error_after" if applied else "error_before", which="writes")

    def a_day_passes(self) -> None:
        """The keys' answers are forgotten."""
        self.now[0] += 90_000

    def is_unavailable(self) -> None:
        """The next reading call is answered 503."""
        self.app.state.faults.next("unavailable", which="reads")

    def throttles(self) -> None:
        """The next call is answered 429, to come back in 3 seconds."""
        self.app.state.faults.next("throttle", seconds=3.0)

    def journal(self) -> list[Effect]:
        """The applied refunds."""
        names = ("charge", "amount", "currency", "order", "key")
        return [Effect(**{name: one[name] for name in names}) for one in self.store.journal()]

    def _charge(self, charge: str) -> Charge:
        held: Charge | None = self.store.charge(charge)
        assert held, "no such charge"
        return held


Side: TypeAlias = FakeSide | ServerSide


@contextmanager
def server_side(folder: Path) -> Iterator[ServerSide]:
    """The demo server under uvicorn on a free port of 127.0.0.1, empty, its clock moved by hand."""
    now = [float(START)]
    app = payments_app(
        folder / "payments.db", key_write="writing", key_read="reading", clock=lambda: now[0]
    )
    with served(app) as address:
        side = ServerSide(app, f"{address}/payments", now)
        yield side
        for adapter in (side.payments, side.reader):
            assert isinstance(adapter, StripePayments)
            adapter.close()
