"""The demo CRM's first records: sellers, and contacts that make the workflow's rules speak."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from itertools import cycle
from pathlib import Path

from infra.local.company import ours
from infra.local.crm.schema import ASSOCIATIONS
from infra.local.crm.store import CrmObject, CrmStore
from infra.local.demo.database import iso

_PEOPLE = (
    {"email": "mira.sommer@example.com", "first": "Mira", "last": "Sommer"},
    {"email": "owen.hart@example.com", "first": "Owen", "last": "Hart"},
    {"email": "aiko.lindner@example.com", "first": "Aiko", "last": "Lindner"},
)
DAY = 86_400_000


def owners() -> tuple[Mapping[str, str], ...]:
    """The sellers of the company's file, each with a person's name: a CRM that does not know them
    would refuse every record."""
    return tuple(
        {**person, "id": owner, "team": seller.name}
        for (owner, seller), person in zip(ours().sellers.items(), cycle(_PEOPLE), strict=False)
    )


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
    sellers = owners()
    for owner in sellers:
        store.add_owner(owner)
    first, other = (one["id"] for one in (*sellers[:2], *sellers)[:2])
    northwind, quietriver = "nadia.rahman@northwind.example", "omar.haddad@quietriver.example"
    _contact(store, northwind, "Nadia", "Rahman", country="GB", owner=other)
    store.opt_out(_contact(store, quietriver, "Omar", "Haddad", country="AE", owner=first))
    fjordworks = "petra.lindqvist@fjordworks.example"
    lost = _contact(store, fjordworks, "Petra", "Lindqvist", country="SE", owner=first)
    _deal(store, lost, "Warehouse scanners", "closedlost", days_ago=20, reason="Chose a competitor")
    known = _contact(store, "ewan.price@example.com", "Ewan", "Price", country="GB", owner=first)
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
