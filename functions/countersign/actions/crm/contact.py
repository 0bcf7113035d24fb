"""`crm.upsert_contact`: how a contact is created, or completed without taking it from anybody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from countersign.actions.crm.shared import (
    CREATED_BY,
    SETTLE,
    email_of,
    first_and_last,
    or_none,
    phone_digits,
    tidy,
)
from countersign.actions.crm.undo import state, there
from countersign.domain.contract import Contract
from countersign.domain.errors import Refused
from countersign.domain.ledger.action import Action, Difference, Receipt, Undo
from countersign.domain.policy.records import Record, Records
from countersign.domain.ports import Crm


class Contact(Contract):
    """A person to create or bring up to date. Empty text means: not known, leave as it is."""

    CONTRACT: ClassVar[str] = "crm.upsert_contact"
    VERSION: ClassVar[int] = 1

    email: str
    name: str
    phone: str = ""
    """E.164."""
    company: str = ""
    country: str = ""
    """As the account writes countries: an ISO 3166-1 alpha-2 code, or an English name."""
    language: str = ""
    """ISO 639-1."""
    owner: str = ""
    """The seller's id in the CRM; only set on a contact that has none."""


_NAMES = {"firstname": "first name", "lastname": "last name", "hs_language": "language"} | {
    "hubspot_owner_id": "owner"
}


def words(contact: Contact) -> str:
    """What will be written, for the person who signs."""
    known = (contact.phone, contact.company, contact.country, contact.language)
    details = f" ({', '.join(filter(None, known))})" if any(known) else ""
    owner = f" Owner {contact.owner} only if nobody owns it yet." if contact.owner else ""
    sentence = f"Create or update the contact {contact.name} <{contact.email}>{details}.{owner}"
    return tidy(sentence)


def _view(contact: Contact) -> dict[str, str]:
    """What is known, by our names, in the spelling in which it is compared."""
    view = {
        "name": tidy(contact.name),
        "phone": phone_digits(contact.phone),
        "company": tidy(contact.company),
        "country": contact.country,
        "language": contact.language,
    }
    return {name: value for name, value in view.items() if value}


def _held_view(contact: Contact, record: Record) -> dict[str, str]:
    held = record.fields.get
    name = tidy(f"{held('firstname', '')} {held('lastname', '')}")
    return {
        "name": tidy(contact.name) if _says(name, contact.name) else name,
        "phone": phone_digits(held("phone", "")),
        "company": tidy(held("company", "")),
        "country": held("country", ""),
        "language": held("hs_language", ""),
    }


def _says(full: str, name: str) -> bool:
    """Whether `full` has every word of `name`: “Jonas Brandt” needs no change to say “Jonas”."""
    return set(name.casefold().split()) <= set(full.casefold().split())


def _properties(contact: Contact) -> dict[str, dict[str, str]]:
    first, last = first_and_last(contact.name, contact.language)
    return {
        "name": {"firstname": first, "lastname": last},
        "phone": {"phone": contact.phone},
        "company": {"company": contact.company},
        "country": {"country": contact.country},
        "language": {"hs_language": contact.language},
    }


def _changes(contact: Contact, record: Record | None) -> dict[str, str]:
    """The properties to write: known and different. An owner that is there stays; the e-mail by
    which the record was found and the opt-out are not ours to change."""
    held = _held_view(contact, record) if record else {}
    properties = _properties(contact)
    changes: dict[str, str] = {}
    for name, value in _view(contact).items():
        if held.get(name, "") != value:
            changes |= properties[name]
    owned = record.fields.get("hubspot_owner_id", "") if record else ""
    if contact.owner and not owned:
        changes["hubspot_owner_id"] = contact.owner
    return {name: value for name, value in changes.items() if value}


def differences(contact: Contact, records: Records) -> tuple[Difference, ...]:
    """What `do` would write, property by property, against the contact that Look found."""
    record = records.first("contact")
    held = record.fields if record else {}
    return tuple(
        Difference(name=_NAMES.get(name, name), before=held.get(name, ""), after=value)
        for name, value in _changes(contact, record).items()
    )


def do(crm: Crm, contact: Contact, key: str) -> Receipt:
    """Create the contact, or write what is known and different. The e-mail is what makes it one;
    `key` says on a new contact that it is ours to take back."""
    record = crm.find("contacts", "email", contact.email)
    if record is None:
        fields = {"email": contact.email.lower(), **_changes(contact, None), CREATED_BY: key}
        record = crm.create("contacts", fields)
    changes = _changes(contact, record)  # also when another writer's contact came back
    if changes:
        crm.update("contacts", record.id, changes)
    return _receipt(contact, record)


def find(crm: Crm, contact: Contact, key: str) -> Receipt | None:  # noqa: ARG001 - the e-mail says it
    """The contact, if it holds all that is known already: then nothing is left to do."""
    record = crm.find("contacts", "email", contact.email)
    if record is None or _changes(contact, record):
        return None
    return _receipt(contact, record)


def _receipt(contact: Contact, record: Record) -> Receipt:
    owner = record.fields.get("hubspot_owner_id") or contact.owner
    return Receipt(id=record.id, evidence={"owner": owner})


def read_back(crm: Crm, contact: Contact, receipt: Receipt) -> Mapping[str, str]:
    """What the CRM holds, by the names of `expected`; nothing when the contact is gone."""
    record = or_none(crm, "contacts", receipt.id)
    if record is None:
        return {}
    owned = record.fields.get("hubspot_owner_id", "")
    intended = owned == receipt.evidence["owner"]
    held = {
        **_held_view(contact, record),
        "email": email_of(record, contact.email),
        "owner": "as intended" if intended else owned,
    }
    return {name: held[name] for name in expected(contact)}


def expected(contact: Contact) -> Mapping[str, str]:
    """What the CRM must hold. The owner: whoever was there, or the one that was set."""
    owner = {"owner": "as intended"} if contact.owner else {}
    return {"email": contact.email.lower(), **_view(contact), **owner}


_WRITTEN = frozenset(
    {"firstname", "lastname", "phone", "company", "country", "hs_language", "hubspot_owner_id"}
)
"""What `crm.upsert_contact` may change of a contact."""
_MOVES_ITSELF = frozenset({"lifecyclestage"})
"""HubSpot moves a contact's stage on when a deal is made for it, and never back."""
_LINKED = frozenset({"deals", "tasks", "notes"})


def _undo_state(crm: Crm, contact: Contact, key: str, at: str) -> Mapping[str, str]:
    """Everything of the contact. What hangs on it counts only if this action made it: then it goes
    as a whole, and with it the way to whatever hangs on it. Right after it was made (`at` is empty)
    nothing did: what an attempt finds there that comes later was made since."""
    record = there(crm, "contacts", at, "email", contact.email)
    if record is None:
        return {}
    ours = record.fields.get(CREATED_BY) == key
    left_out = _MOVES_ITSELF if ours and at else _MOVES_ITSELF | _LINKED
    return state(record, left_out)


def _restore(crm: Crm, contact: Contact, key: str, at: str, values: Mapping[str, str]) -> None:
    """Raises Refused rather than archive a contact that somebody else has made."""
    record = there(crm, "contacts", at, "email", contact.email)
    if record is None:
        return
    if values:
        crm.update("contacts", record.id, {n: v for n, v in values.items() if n in _WRITTEN})
    elif record.fields.get(CREATED_BY) == key:
        crm.archive("contacts", record.id)
    else:
        raise Refused("the contact was made by somebody else at the same time; it stays")


def _undo_words(contact: Contact) -> str:
    return (
        f"Give the contact {contact.email} the values that it had before; if this job made it, "
        "archive it."
    )


UNDO: Undo[Contact, Crm] = Undo(
    words=_undo_words, creates=False, state=_undo_state, restore=_restore
)


UPSERT_CONTACT: Action[Contact, Crm] = Action(
    id="crm.upsert_contact",
    version=1,
    connector="crm",
    params=Contact,
    words=words,
    do=do,
    find=find,
    read_back=read_back,
    expected=expected,
    inner=("owner", "language"),
    editable=("phone", "company"),
    differences=differences,
    undo=UNDO,
    again=True,
    settle=SETTLE,
)
