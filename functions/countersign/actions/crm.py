"""Actions on the CRM: a contact, a lead and a callback, each found again by its unique key."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from countersign.actions import crm_callback, crm_contact, crm_lead, crm_undo
from countersign.domain.actions import Action, Prose
from countersign.domain.contract import Contract
from countersign.domain.money import Money
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
    """ISO 3166-1 alpha-2."""
    language: str = ""
    """ISO 639-1."""
    owner: str = ""
    """The seller's id in the CRM; only set on a contact that has none."""


class Lead(Contract):
    """A deal in the pipeline's first stage, associated with the contact of that e-mail."""

    CONTRACT: ClassVar[str] = "crm.create_lead"
    VERSION: ClassVar[int] = 1

    email: str
    title: str
    need: Prose
    owner: str
    budget: Money | None = None
    timeline: str = ""
    source: str = ""


class Callback(Contract):
    """A task for the owner: call this person back by `due_at`."""

    CONTRACT: ClassVar[str] = "crm.request_callback"
    VERSION: ClassVar[int] = 1

    email: str
    title: str
    notes: Prose
    owner: str
    due_at: datetime


SETTLE = timedelta(seconds=5)
"""How long a read by id may lag behind a write. HubSpot promises no time; its reads by id follow
within a second, its search within several."""

UPSERT_CONTACT: Action[Contact, Crm] = Action(
    id="crm.upsert_contact",
    version=1,
    connector="crm",
    params=Contact,
    words=crm_contact.words,
    do=crm_contact.do,
    find=crm_contact.find,
    read_back=crm_contact.read_back,
    expected=crm_contact.expected,
    editable=("phone", "company"),
    differences=crm_contact.differences,
    undo=crm_undo.CONTACT,
    settle=SETTLE,
)

CREATE_LEAD: Action[Lead, Crm] = Action(
    id="crm.create_lead",
    version=1,
    connector="crm",
    params=Lead,
    words=crm_lead.words,
    do=crm_lead.do,
    find=crm_lead.find,
    read_back=crm_lead.read_back,
    expected=crm_lead.expected,
    editable=("title", "need", "timeline"),
    undo=crm_undo.LEAD,
    settle=SETTLE,
)

REQUEST_CALLBACK: Action[Callback, Crm] = Action(
    id="crm.request_callback",
    version=1,
    connector="crm",
    params=Callback,
    words=crm_callback.words,
    do=crm_callback.do,
    find=crm_callback.find,
    read_back=crm_callback.read_back,
    expected=crm_callback.expected,
    editable=("title", "notes", "due_at"),
    undo=crm_undo.CALLBACK,
    settle=SETTLE,
)
