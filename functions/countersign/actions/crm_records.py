"""What the CRM actions share: finding by key, creating for a contact, reading back."""

from __future__ import annotations

from collections.abc import Mapping

from countersign.domain.actions import Receipt
from countersign.domain.errors import NotFound, Refused
from countersign.domain.ports import Crm
from countersign.domain.records import Record

ACTION_KEY = "countersign_action_key"
"""The unique property under which a deal or task of an interrupted attempt is found again."""
CREATED_BY = "countersign_created_by"
"""The property that says which action made a contact: its e-mail says only that there is one."""


def create_for(crm: Crm, kind: str, email: str, fields: Mapping[str, str]) -> Receipt:
    """A new object for the contact of that e-mail. Raises Refused when there is no such contact."""
    contact = crm.find("contacts", "email", email)
    if contact is None:
        raise Refused(f"there is no contact to attach one of {kind} to: upsert the contact first")
    filled = {name: value for name, value in fields.items() if value}
    made = crm.create(kind, filled, contact=contact.id)
    return Receipt(id=made.id, evidence={ACTION_KEY: fields[ACTION_KEY], "contact": contact.id})


def by_key(crm: Crm, kind: str, key: str) -> Receipt | None:
    """The object that an interrupted attempt left under `key`."""
    found = crm.find(kind, ACTION_KEY, key)
    return Receipt(id=found.id, evidence={ACTION_KEY: key}) if found else None


def or_none(crm: Crm, kind: str, record_id: str) -> Record | None:
    """The object, or None: that it is gone is an answer to a read-back, not an error."""
    try:
        return crm.read(kind, record_id)
    except NotFound:
        return None


def email_of(contact: Record, wanted: str) -> str:
    """`wanted` in lower case if it is one of the contact's addresses, else its first one."""
    first = contact.fields.get("email", "").lower()
    more = contact.fields.get("hs_additional_emails", "").lower().split(";")
    return wanted.lower() if wanted.lower() in (first, *more) else first


def contact_of(crm: Crm, record: Record, wanted: str, receipt: Receipt) -> str:
    """The address of the contact that `record` is associated with; empty when there is none.

    The contact that `create_for` found by its address needs no second look.
    """
    ids = [one for one in record.fields.get("contacts", "").split(",") if one]
    if receipt.evidence.get("contact") in ids:
        return wanted.lower()
    contacts = [found for one in ids if (found := or_none(crm, "contacts", one))]
    addresses = [email_of(contact, wanted) for contact in contacts]
    return wanted.lower() if wanted.lower() in addresses else ";".join(addresses)
