"""The demo CRM's page: its records and journal for a person to look at."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from infra.local.crm.schema import Kind
from infra.local.crm.store import Store, Stored

MOST = 50
"""Records and journal entries on the page; journal.json has them all."""

SAFE_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'",
}


@dataclass(frozen=True)
class Card:
    """One record or entry: a title, what is remarkable about it, and its lines."""

    title: str
    id: str
    marks: tuple[str, ...]
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Section:
    """One list of the page."""

    title: str
    total: int
    cards: tuple[Card, ...]


def page(store: Store) -> str:
    """The page as HTML."""
    with store.transaction():
        owners = {o["id"]: f"{o['first']} {o['last']}" for o in store.owners()}
        sections = (
            _section(store, "Contacts", "contacts", owners),
            _section(store, "Deals", "deals", owners),
            _section(store, "Tasks", "tasks", owners),
            _journal(store),
        )
    return _environment().get_template("crm.html.j2").render(sections=sections, most=MOST)


def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parents[1] / "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _section(store: Store, title: str, kind: Kind, owners: Mapping[str, str]) -> Section:
    card = {"contacts": _contact, "deals": _deal, "tasks": _task}[kind]
    cards = tuple(card(held, owners) for held in store.latest(kind, MOST))
    return Section(title, store.count(kind), cards)


def _contact(held: Stored, owners: Mapping[str, str]) -> Card:
    p = held.properties
    name = f"{p.get('firstname', '')} {p.get('lastname', '')}".strip()
    marks = ("opted out",) if p.get("hs_email_optout") == "true" else ()
    return _card(
        held,
        name or "(no name)",
        marks,
        {
            "E-mail": p.get("email", ""),
            "Phone": p.get("phone", ""),
            "Company": p.get("company", ""),
            "Country": p.get("country", ""),
            "Language": p.get("hs_language", ""),
            "Owner": _owner(p, owners),
        },
    )


def _deal(held: Stored, owners: Mapping[str, str]) -> Card:
    p = held.properties
    amount = f"{p.get('amount', '')} {p.get('deal_currency_code', '')}".strip()
    return _card(
        held,
        p.get("dealname", ""),
        (p.get("dealstage", ""),),
        {
            "Amount": amount,
            "Owner": _owner(p, owners),
            "About": p.get("description", ""),
            "Closes": p.get("closedate", ""),
            "Lost because": p.get("closed_lost_reason", ""),
            "Action key": p.get("countersign_action_key", ""),
        },
    )


def _task(held: Stored, owners: Mapping[str, str]) -> Card:
    p = held.properties
    return _card(
        held,
        p.get("hs_task_subject", ""),
        (p.get("hs_task_status", ""),),
        {
            "Due": p.get("hs_timestamp", ""),
            "Owner": _owner(p, owners),
            # HubSpot's notes are HTML; here they are shown as the text that they stand for.
            "Notes": html.unescape(p.get("hs_task_body", "").replace("<br>", "\n")),
            "Action key": p.get("countersign_action_key", ""),
        },
    )


def _journal(store: Store) -> Section:
    entries = store.journal()
    newest = reversed(entries[-MOST:])
    return Section("Journal of writes", len(entries), tuple(_entry(entry) for entry in newest))


def _entry(entry: Mapping[str, Any]) -> Card:
    verb = {"POST": "created", "PATCH": "changed", "DELETE": "archived"}[entry["method"]]
    what = entry["type"].removesuffix("s")
    lines = {**entry["properties"], "key": entry["key"], "at": entry["at"]}
    return Card(
        f"{entry['n']}. {what} {entry['id']} {verb}",
        "",
        (),
        tuple((name, value) for name, value in lines.items() if value),
    )


def _card(held: Stored, title: str, marks: tuple[str, ...], lines: Mapping[str, str]) -> Card:
    gone = ("archived",) if held.archived else ()
    filled = tuple((name, value) for name, value in lines.items() if value)
    return Card(title, str(held.id), (*filter(None, marks), *gone), filled)


def _owner(properties: Mapping[str, str], owners: Mapping[str, str]) -> str:
    owner = properties.get("hubspot_owner_id", "")
    return f"{owners[owner]} ({owner})" if owner in owners else owner
