"""The two sides of the CRM's contract: the fake, and the adapter against the demo server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Protocol, TypeAlias

import pytest
from starlette.applications import Starlette

from countersign.actions.crm.fields import DIRECTION, OUTGOING
from countersign.actions.crm.shared import ACTION_KEY
from countersign.connectors.hubspot.client import HubSpot
from countersign.domain.errors import Throttled, Unavailable
from countersign.domain.ports import Crm, Reader
from infra.local.crm.app import crm_app
from infra.local.crm.rules import kind_of
from infra.local.crm.schema import ASSOCIATIONS, SCHEMA
from infra.local.crm.seed import owners
from tests.fakes.crm import FakeCrm, Write
from tests.fakes.serving import served

ADA = "ada.quill@example.com"
DEAL = {
    "dealname": "Forty scanners",
    "pipeline": "default",
    "dealstage": "appointmentscheduled",
    "amount": "1250.00",
    "deal_currency_code": "EUR",
    "countersign_action_key": "cs-1",
}


class CrmAndReader(Crm, Reader, Protocol):
    """What both sides implement."""


class FakeSide:
    """The fake; `reader` is one with the reading token, on records of its own."""

    def __init__(self) -> None:
        self.fake = FakeCrm()
        self.crm: CrmAndReader = self.fake
        self.reader: CrmAndReader = FakeCrm(read_only=True)

    def has_contact(self, email: str, **fields: str) -> str:
        """There is a contact; its id."""
        return self.fake.has_contact(email, **fields)

    def has_deal(self, email: str, **fields: str) -> str:
        """There is a deal of that contact; its id."""
        return self.fake.has_deal(email, **fields)

    def has_email(self, email: str, at: datetime, **fields: str) -> str:
        """A mail to that contact, sent at a time; its id. `fields` may say otherwise."""
        return self.fake.somebody_mails(email, at, **fields)

    def keeps_no_key_unique(self, kind: str, _: pytest.MonkeyPatch) -> None:
        """The account has the property of action keys, with values that may repeat."""
        self.fake.plain.add(kind)

    def loses_the_answer(self) -> None:
        """The next write is applied and its answer lost."""
        self.fake.loses_the_answer()

    def lies(self) -> None:
        """The next write is answered and not applied."""
        self.fake.lies()

    def is_unavailable(self) -> None:
        """The next call finds the CRM unavailable."""
        self.fake.fails_with(Unavailable("the CRM is not available (503)"))

    def throttles(self) -> None:
        """The next call is asked to come back in 3 seconds."""
        self.fake.fails_with(Throttled("the CRM asked to wait", retry_after=3.0))

    def journal(self) -> list[Write]:
        """The applied writes."""
        return self.fake.journal


class ServerSide:
    """The adapter, against the demo CRM on loopback."""

    def __init__(self, app: Starlette, url: str) -> None:
        self.app = app
        self.url = url
        self.store = app.state.store
        self.crm: CrmAndReader = HubSpot(url, "writing", timeout=lambda: 5.0)
        self.reader: CrmAndReader = HubSpot(url, "reading", timeout=lambda: 5.0)

    def empty(self) -> None:
        """Forget all records, the journal and planned faults."""
        self.app.state.faults.clear()
        with self.store.transaction():
            for table in ("objects", "unique_values", "associations", "search_index", "journal"):
                self.store._db.execute(f"DELETE FROM {table}")  # noqa: S608 - our own table names

    def has_contact(self, email: str, **fields: str) -> str:
        """There is a contact; its id."""
        opted_out = fields.pop("hs_email_optout", "") == "true"
        with self.store.transaction():
            held = self.store.create("contacts", {"email": email, **fields})
            if opted_out:
                self.store.opt_out(held)
        return str(held.id)

    def has_deal(self, email: str, **fields: str) -> str:
        """There is a deal of that contact; its id."""
        first = {"dealname": "A deal", "pipeline": "default", "dealstage": "appointmentscheduled"}
        with self.store.transaction():
            contact = self.store.get("contacts", email, "email")
            to = [(contact.id, ASSOCIATIONS[("deals", "contacts")])]
            return str(self.store.create("deals", {**first, **fields}, to).id)

    def has_email(self, email: str, at: datetime, **fields: str) -> str:
        """A mail to that contact, sent at a time; its id. `fields` may say otherwise."""
        first = {"hs_timestamp": at.isoformat(), DIRECTION: OUTGOING, "hs_email_status": "SENT"}
        with self.store.transaction():
            contact = self.store.get("contacts", email, "email")
            to = [(contact.id, ASSOCIATIONS[("emails", "contacts")])]
            return str(self.store.create("emails", {**first, **fields}, to).id)

    def keeps_no_key_unique(self, kind: str, patch: pytest.MonkeyPatch) -> None:
        """As the fake's, until `patch` is undone."""
        known = SCHEMA[kind_of(kind)]
        patch.setitem(known, ACTION_KEY, replace(known[ACTION_KEY], unique=False))

    def loses_the_answer(self) -> None:
        """The next write is applied and its connection cut."""
        self.app.state.faults.next("drop_after", which="writes")

    def lies(self) -> None:
        """The next write is answered and not applied."""
        self.app.state.faults.next("lie", which="writes")

    def is_unavailable(self) -> None:
        """The next call is answered 503."""
        self.app.state.faults.next("unavailable")

    def throttles(self) -> None:
        """The next call is answered 429, to come back in 3 seconds."""
        self.app.state.faults.next("throttle", seconds=3.0)

    def journal(self) -> list[Write]:
        """The applied writes."""
        return [
            Write(
                entry["method"],
                entry["type"],
                entry["id"],
                entry["properties"],
                "".join(entry["associations"]),
                entry["key"],
            )
            for entry in self.store.journal()
        ]


Side: TypeAlias = FakeSide | ServerSide


@contextmanager
def server_side(folder: Path, *, rate: int = 100_000) -> Iterator[ServerSide]:
    """The demo CRM under uvicorn on a free port of 127.0.0.1, empty but for its sellers."""
    app = crm_app(folder / "crm.db", token_write="writing", token_read="reading", rate=rate)
    with app.state.store.transaction():
        for owner in owners():
            app.state.store.add_owner(owner)
    with served(app) as address:
        side = ServerSide(app, address)
        yield side
        for adapter in (side.crm, side.reader):
            assert isinstance(adapter, HubSpot)
            adapter.close()
