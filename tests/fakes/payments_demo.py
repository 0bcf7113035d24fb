"""The demo payments server in process, seeded, with a clock that a test moves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from infra.local.payments.app import payments_app
from infra.local.payments.store import seed
from tests.fakes.payments import START

WRITING, READING = {"Authorization": "Bearer writing"}, {"Authorization": "Bearer reading"}
V1 = "/payments/v1"


@dataclass
class Demo:
    """The server, a client with the writing key, and a clock that a test moves."""

    now: list[float] = field(default_factory=lambda: [float(START)])
    client: TestClient = field(init=False)
    app: Any = field(init=False)

    def get(self, path: str, **query: str) -> Any:
        """The body of a good answer."""
        answer = self.client.get(V1 + path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def charge(self, order: str) -> Any:
        """The newest charge of an order."""
        return self.get("/charges", transfer_group=order)["data"][0]

    def refund(self, form: Mapping[str, str], key: str = "", **headers: str) -> Any:
        """The answer to `POST /v1/refunds`."""
        keyed = {"Idempotency-Key": key} if key else {}
        return self.client.post(f"{V1}/refunds", data=dict(form), headers={**keyed, **headers})

    def error(self, answer: Any) -> tuple[int, str, str]:
        """(status, type, code) of a refusal."""
        told = answer.json()["error"]
        return answer.status_code, told["type"], told.get("code", "")

    def journal(self) -> list[dict[str, Any]]:
        """The applied effects."""
        entries: list[dict[str, Any]] = self.client.get("/payments/journal.json").json()["entries"]
        return entries


@contextmanager
def demo_payments(folder: Path) -> Iterator[Demo]:
    """A seeded account."""
    made = Demo()
    seed(folder / "payments.db", clock=lambda: made.now[0])
    made.app = payments_app(
        folder / "payments.db",
        key_write="writing",
        key_read="reading",
        clock=lambda: made.now[0],
    )
    client = ("127.0.0.1", 50000)
    with TestClient(made.app, headers=WRITING, client=client) as made.client:
        yield made
