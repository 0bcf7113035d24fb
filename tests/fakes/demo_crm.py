"""The demo CRM in process, seeded, with a clock that a test moves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from infra.local.crm.app import crm_app
from infra.local.crm.seed import seed

START = 1_772_355_600.0  # 2026-03-01T09:00:00Z
WRITING, READING = {"Authorization": "Bearer writing"}, {"Authorization": "Bearer reading"}


@dataclass
class Demo:
    """The CRM, a client with the writing token, and a clock that a test moves."""

    now: list[float] = field(default_factory=lambda: [START])
    client: TestClient = field(init=False)
    app: Any = field(init=False)

    def create(self, kind: str, properties: dict[str, Any], **more: Any) -> Any:
        """Create an object; its body."""
        body = {"properties": properties, **more}
        answer = self.client.post(f"/crm/v3/objects/{kind}", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def search(self, kind: str, name: str, value: str) -> list[str]:
        """The ids that a search for one value gives."""
        only = {"propertyName": name, "operator": "EQ", "value": value}
        body = {"filterGroups": [{"filters": [only]}]}
        answer = self.client.post(f"/crm/v3/objects/{kind}/search", json=body)
        assert answer.status_code == 200, answer.text
        return [one["id"] for one in answer.json()["results"]]

    def journal(self) -> list[dict[str, Any]]:
        """The applied writes."""
        entries: list[dict[str, Any]] = self.client.get("/crm/journal.json").json()["entries"]
        return entries


@contextmanager
def demo_crm(folder: Path) -> Iterator[Demo]:
    """A seeded CRM."""
    made = Demo()
    seed(folder / "crm.db", clock=lambda: made.now[0])
    made.app = crm_app(
        folder / "crm.db",
        token_write="writing",
        token_read="reading",
        clock=lambda: made.now[0],
    )
    client = ("127.0.0.1", 50000)
    with TestClient(made.app, headers=WRITING, client=client) as made.client:
        yield made
