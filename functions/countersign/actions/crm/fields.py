"""What actions and look-ups use of the CRM's objects: the one table of names, types, writers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from countersign.actions.crm.lead import FIRST_STAGE, PIPELINE
from countersign.actions.crm.set_fields import ROWS
from countersign.actions.crm.shared import ACTION_KEY, CREATED_BY
from countersign.actions.field_map import Field, Fields

DIRECTION, OUTGOING = "hs_email_direction", "EMAIL"
"""How HubSpot tells a mail that a colleague sent from one that came in."""


def _and_rows(own: tuple[Field, ...]) -> tuple[Field, ...]:
    """A contact's properties: our own actions', and those that rows of `set_fields` write too or
    alone."""
    by: dict[str, tuple[str, ...]] = {}
    for row, fields in ROWS:
        by |= {name: (*by.get(name, ()), row.id) for name in fields.values()}
    known = [replace(one, by=(*one.by, *by.pop(one.name, ()))) for one in own]
    return (*known, *(Field(name, "string", rows) for name, rows in by.items()))


_CONTACT = ("crm.upsert_contact",)
_LEAD = ("crm.create_lead",)
_CALL = ("crm.request_callback",)
_TASK = (*_CALL, "crm.create_task")
_NOTE = ("crm.add_note",)

FIELDS: Fields = {
    "contacts": _and_rows(
        (
            Field("email", "string", _CONTACT, always=True),
            Field("hs_additional_emails", "string"),
            Field("firstname", "string", _CONTACT),
            Field("lastname", "string", _CONTACT),
            Field("phone", "string", _CONTACT),
            Field("company", "string", _CONTACT),
            Field("country", "string", _CONTACT),
            Field("hs_language", "enumeration", _CONTACT),
            Field("hubspot_owner_id", "enumeration", _CONTACT),
            Field("lifecyclestage", "enumeration"),
            Field("hs_email_optout", "bool"),
            Field(CREATED_BY, "string", _CONTACT, always=True),
        )
    ),
    "deals": (
        Field("dealname", "string", _LEAD, always=True),
        Field("pipeline", "enumeration", _LEAD, always=True, values=(PIPELINE,)),
        Field("dealstage", "enumeration", _LEAD, always=True, values=(FIRST_STAGE,)),
        Field("amount", "number", _LEAD),
        Field("deal_currency_code", "enumeration", _LEAD),
        Field("hubspot_owner_id", "enumeration", _LEAD),
        Field("description", "string", _LEAD, always=True),
        Field("closedate", "datetime"),
        Field("closed_lost_reason", "string"),
        Field("createdate", "datetime"),
        Field(ACTION_KEY, "string", _LEAD, always=True, unique=True),
    ),
    "tasks": (
        Field("hs_task_subject", "string", _TASK, always=True),
        Field("hs_task_body", "string", _TASK, always=True),
        Field("hs_timestamp", "datetime", _TASK, always=True),
        Field("hs_task_status", "enumeration", _TASK, always=True, values=("NOT_STARTED",)),
        Field("hs_task_priority", "enumeration"),
        Field("hs_task_type", "enumeration", _TASK, always=True, values=("CALL", "TODO")),
        Field("hubspot_owner_id", "enumeration", _TASK),
        Field(ACTION_KEY, "string", _TASK, always=True, unique=True),
    ),
    "notes": (
        Field("hs_note_body", "string", _NOTE, always=True),
        Field("hs_timestamp", "datetime", _NOTE, always=True),
        Field(ACTION_KEY, "string", _NOTE, always=True, unique=True),
    ),
    "emails": (
        Field("hs_timestamp", "datetime"),
        Field(DIRECTION, "enumeration", values=(OUTGOING,)),
        Field("hs_email_status", "enumeration"),
    ),
}
"""Two text properties are ours, and the account needs them: the action key, with unique values, on
deals, tasks and notes; who created it on contacts. Everything else is HubSpot's own."""

PROPERTIES: Mapping[str, tuple[str, ...]] = {
    kind: tuple(field.name for field in of_kind) for kind, of_kind in FIELDS.items()
}
"""What is read of each object."""
