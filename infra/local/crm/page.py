"""What the demo CRM's page shows: its records and the journal of writes."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

from infra.local.crm.store import CrmObject, CrmStore
from infra.local.demo.page import Row, Table

_VERBS = {"POST": "created", "PATCH": "changed", "DELETE": "archived"}


def tables(store: CrmStore) -> Sequence[Table]:
    """One for each kind of object that people look for, and the journal."""
    owners = {one["id"]: f"{one['first']} {one['last']} ({one['id']})" for one in store.owners()}
    return (
        Table(
            "Contacts",
            (
                "Contact",
                "Name",
                "E-mail",
                "Phone",
                "Company",
                "Country",
                "Language",
                "Owner",
                "State",
            ),
            [_contact(one, owners) for one in store.newest("contacts")],
        ),
        Table(
            "Deals",
            (
                *("Deal", "Name", "Stage", "Amount", "Owner", "About", "Closes", "Lost because"),
                *("Action key", "State"),
            ),
            [_deal(one, owners) for one in store.newest("deals")],
        ),
        Table(
            "Tasks",
            ("Task", "Subject", "Status", "Due", "Owner", "Notes", "Action key", "State"),
            [_task(one, owners) for one in store.newest("tasks")],
        ),
        Table(
            "Notes",
            ("Note", "Of", "Text", "Action key", "State"),
            [_note(one) for one in store.newest("notes")],
        ),
        Table(
            "Journal of writes",
            ("No.", "When", "What", "Properties", "Key"),
            [_entry(one) for one in reversed(store.journal())],
        ),
    )


def _note(held: CrmObject) -> Row:
    texts = _texts(held, "hs_timestamp", "hs_note_body", "countersign_action_key")
    return (str(held.id), *texts, _state(held))


def _contact(held: CrmObject, owners: Mapping[str, str]) -> Row:
    opted_out = "opted out" if held.properties.get("hs_email_optout") == "true" else ""
    return (
        str(held.id),
        _joined(held, "firstname", "lastname"),
        *_texts(held, "email", "phone", "company", "country", "hs_language"),
        _owner(held, owners),
        ", ".join(filter(None, (opted_out, _state(held)))),
    )


def _deal(held: CrmObject, owners: Mapping[str, str]) -> Row:
    return (
        str(held.id),
        *_texts(held, "dealname", "dealstage"),
        _joined(held, "amount", "deal_currency_code"),
        _owner(held, owners),
        *_texts(held, "description", "closedate", "closed_lost_reason", "countersign_action_key"),
        _state(held),
    )


def _task(held: CrmObject, owners: Mapping[str, str]) -> Row:
    # HubSpot's notes are HTML; here they are shown as the text that they stand for.
    notes = html.unescape(held.properties.get("hs_task_body", "").replace("<br>", "\n"))
    return (
        str(held.id),
        *_texts(held, "hs_task_subject", "hs_task_status", "hs_timestamp"),
        _owner(held, owners),
        notes,
        *_texts(held, "countersign_action_key"),
        _state(held),
    )


def _entry(entry: Mapping[str, Any]) -> Row:
    what = f"{entry['type'].removesuffix('s')} {entry['id']} {_VERBS[entry['method']]}"
    written = "\n".join(f"{name}: {value}" for name, value in entry["properties"].items())
    return (str(entry["n"]), entry["at"], what, written, entry["key"])


def _texts(held: CrmObject, *names: str) -> Row:
    return tuple(held.properties.get(name, "") for name in names)


def _joined(held: CrmObject, *names: str) -> str:
    return " ".join(filter(None, _texts(held, *names)))


def _state(held: CrmObject) -> str:
    return "archived" if held.archived else ""


def _owner(held: CrmObject, owners: Mapping[str, str]) -> str:
    owner = held.properties.get("hubspot_owner_id", "")
    return owners.get(owner, owner)
