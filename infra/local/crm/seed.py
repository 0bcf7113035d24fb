"""The demo CRM's first records: sellers, and contacts that make the workflow's rules speak."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from infra.local.crm.schema import ASSOCIATIONS
from infra.local.crm.store import CrmObject, CrmStore
from infra.local.demo.database import iso

OWNERS = (
    {
        "id": "1001",
        "email": "mira.sommer@example.com",
        "first": "Mira",
        "last": "Sommer",
        "team": "Europe, Middle East and Africa",
    },
    {
        "id": "1002",
        "email": "owen.hart@example.com",
        "first": "Owen",
        "last": "Hart",
        "team": "Americas",
    },
    {
        "id": "1003",
        "email": "aiko.lindner@example.com",
        "first": "Aiko",
        "last": "Lindner",
        "team": "Asia and Pacific",
    },
)
DAY = 86_400_000


def seed(database: Path, clock: Callable[[], float] = time.time) -> None:
    """Put the first records into an empty CRM, not journalled; one that has records stays."""
    store = CrmStore(database, clock)
    try:
        with store.transaction():
            if not store.owners():
                _fill(store)
    finally:
        store.close()


def _fill(store: CrmStore) -> None:
    for owner in OWNERS:
        store.add_owner(owner)
    northwind, quietriver = "nadia.rahman@northwind.example", "omar.haddad@quietriver.example"
    _contact(store, northwind, "Nadia", "Rahman", country="GB", owner="1002")
    store.opt_out(_contact(store, quietriver, "Omar", "Haddad", country="AE", owner="1001"))
    fjordworks = "petra.lindqvist@fjordworks.example"
    lost = _contact(store, fjordworks, "Petra", "Lindqvist", country="SE", owner="1001")
    _deal(store, lost, "Warehouse scanners", "closedlost", days_ago=20, reason="Chose a competitor")
    known = _contact(store, "ewan.price@example.com", "Ewan", "Price", country="GB", owner="1001")
    _deal(store, known, "Support renewal", "contractsent", days_ago=-20)


def _contact(
    store: CrmStore, email: str, first: str, last: str, *, country: str, owner: str
) -> CrmObject:
    properties = {
        "email": email,
        "firstname": first,
        "lastname": last,
        "country": country,
        "hubspot_owner_id": owner,
        "lifecyclestage": "lead",
    }
    return store.create("contacts", properties)


def _deal(
    store: CrmStore, contact: CrmObject, name: str, stage: str, *, days_ago: int, reason: str = ""
) -> None:
    properties = {
        "dealname": name,
        "pipeline": "default",
        "dealstage": stage,
        "amount": "4800.00",
        "deal_currency_code": "EUR",
        "closedate": iso(store.now() - days_ago * DAY),
        "closed_lost_reason": reason,
        "hubspot_owner_id": contact.properties["hubspot_owner_id"],
    }
    store.create("deals", properties, [(contact.id, ASSOCIATIONS[("deals", "contacts")])])
