"""How the CRM's actions are taken back: what is new goes, what was changed gets its value again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from countersign.actions.crm_records import ACTION_KEY, CREATED_BY, or_none
from countersign.domain.errors import Refused
from countersign.domain.ports import Crm
from countersign.domain.records import Record
from countersign.domain.undoable import Undo

if TYPE_CHECKING:
    from countersign.actions.crm import Callback, Contact, Lead

_WRITTEN = frozenset(
    {"firstname", "lastname", "phone", "company", "country", "hs_language", "hubspot_owner_id"}
)
"""What `crm.upsert_contact` may change of a contact."""
_MOVES_ITSELF = frozenset({"lifecyclestage"})
"""HubSpot moves a contact's stage on when a deal is made for it, and never back."""
_LINKED = frozenset({"deals", "tasks"})


def _there(crm: Crm, kind: str, at: str, field: str, value: str) -> Record | None:
    """The object with all that it is associated with: by the id `at` where the action left one. A
    value that somebody changed since finds nothing, or somebody else's object."""
    if at:
        return or_none(crm, kind, at)
    found = crm.find(kind, field, value)
    return or_none(crm, kind, found.id) if found else None


def _contact(crm: Crm, contact: Contact, key: str, at: str) -> Mapping[str, str]:
    """Everything of the contact. What hangs on it counts only if this action made it: then it goes
    as a whole, and with it the way to whatever hangs on it."""
    record = _there(crm, "contacts", at, "email", contact.email)
    if record is None:
        return {}
    ours = record.fields.get(CREATED_BY) == key
    left_out = _MOVES_ITSELF if ours else _MOVES_ITSELF | _LINKED
    return _state(record, left_out)


def _restore_contact(
    crm: Crm, contact: Contact, key: str, at: str, values: Mapping[str, str]
) -> None:
    """Raises Refused rather than archive a contact that somebody else has made."""
    record = _there(crm, "contacts", at, "email", contact.email)
    if record is None:
        return
    if values:
        crm.update("contacts", record.id, {n: v for n, v in values.items() if n in _WRITTEN})
    elif record.fields.get(CREATED_BY) == key:
        crm.archive("contacts", record.id)
    else:
        raise Refused("the contact was made by somebody else at the same time; it stays")


def _state(record: Record, left_out: frozenset[str] = frozenset()) -> Mapping[str, str]:
    fields = {name: value for name, value in record.fields.items() if name not in left_out}
    return {"id": record.id, **fields}


def _made(crm: Crm, kind: str, key: str, at: str) -> Mapping[str, str]:
    """Everything of the object that the action made under its key."""
    record = _there(crm, kind, at, ACTION_KEY, key)
    return _state(record) if record else {}


def _archive(crm: Crm, kind: str, key: str, at: str) -> None:
    record = _there(crm, kind, at, ACTION_KEY, key)
    if record:
        crm.archive(kind, record.id)


def _contact_words(contact: Contact) -> str:
    return (
        f"Give the contact {contact.email} the values that it had before; if this job made it, "
        "archive it."
    )


def _lead_words(lead: Lead) -> str:
    return f"Archive the lead “{lead.title}” of {lead.email}."


def _callback_words(callback: Callback) -> str:
    return f"Archive the task “{callback.title}” for {callback.email}."


CONTACT: Undo[Contact, Crm] = Undo(
    words=_contact_words, creates=False, state=_contact, restore=_restore_contact
)
LEAD: Undo[Lead, Crm] = Undo(
    words=_lead_words,
    creates=True,
    state=lambda crm, _lead, key, at: _made(crm, "deals", key, at),
    restore=lambda crm, _lead, key, at, _values: _archive(crm, "deals", key, at),
)
CALLBACK: Undo[Callback, Crm] = Undo(
    words=_callback_words,
    creates=True,
    state=lambda crm, _callback, key, at: _made(crm, "tasks", key, at),
    restore=lambda crm, _callback, key, at, _values: _archive(crm, "tasks", key, at),
)
