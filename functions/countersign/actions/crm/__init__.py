"""The CRM's actions: one file per contract, with all that is done for it."""

from countersign.actions.crm.callback import REQUEST_CALLBACK, Callback
from countersign.actions.crm.contact import UPSERT_CONTACT, Contact
from countersign.actions.crm.lead import CREATE_LEAD, Lead
from countersign.actions.crm.note import ADD_NOTE, Note
from countersign.actions.crm.set_fields import ROWS, SET_ADDRESS
from countersign.actions.crm.task import CREATE_TASK, Task

__all__ = [
    "ADD_NOTE",
    "CREATE_LEAD",
    "CREATE_TASK",
    "REQUEST_CALLBACK",
    "ROWS",
    "SET_ADDRESS",
    "UPSERT_CONTACT",
    "Callback",
    "Contact",
    "Lead",
    "Note",
    "Task",
]
