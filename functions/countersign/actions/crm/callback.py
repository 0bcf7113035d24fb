"""`crm.request_callback`: a call task with a due time, found again by its action key."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from countersign.actions.crm.shared import (
    SETTLE,
    by_key,
    contact_of,
    create_for,
    instant_words,
    or_none,
    tidy,
)
from countersign.actions.crm.task import fields_of, held_of, wanted_of
from countersign.actions.crm.undo import archived
from countersign.domain.contract import Contract
from countersign.domain.ledger.action import Action, Prose, Receipt
from countersign.domain.ports import Crm


class Callback(Contract):
    """A task for the owner: call this person back by `due_at`."""

    CONTRACT: ClassVar[str] = "crm.request_callback"
    VERSION: ClassVar[int] = 1

    email: str
    title: str
    notes: Prose
    owner: str
    due_at: datetime


def words(callback: Callback) -> str:
    """The task in one sentence."""
    when = instant_words(callback.due_at)
    who = f"Ask owner {callback.owner} to call {callback.email} back"
    return tidy(f"{who} by {when}: “{callback.title}”.")


def do(crm: Crm, callback: Callback, key: str) -> Receipt:
    """Create the task under `key`. Raises Refused when the contact does not exist."""
    fields = fields_of(callback, "CALL", key)
    return create_for(crm, "tasks", callback.email, fields)


def find(crm: Crm, callback: Callback, key: str) -> Receipt | None:
    """The task of an interrupted attempt."""
    return by_key(crm, "tasks", key, callback.email)


def read_back(crm: Crm, callback: Callback, receipt: Receipt) -> Mapping[str, str]:
    """What the CRM holds, by the names of `expected`; nothing when the task is gone."""
    record = or_none(crm, "tasks", receipt.id)
    if record is None:
        return {}
    return {"contact": contact_of(crm, record, callback.email, receipt), **held_of(record)}


def expected(callback: Callback) -> Mapping[str, str]:
    """What the CRM must hold."""
    return {"contact": callback.email.lower(), **wanted_of(callback)}


def _undo_words(callback: Callback) -> str:
    return f"Archive the task “{callback.title}” for {callback.email}."


REQUEST_CALLBACK: Action[Callback, Crm] = Action(
    id="crm.request_callback",
    version=1,
    connector="crm",
    params=Callback,
    words=words,
    do=do,
    find=find,
    read_back=read_back,
    expected=expected,
    inner=("owner", "due_at"),
    editable=("title", "notes", "due_at"),
    wording=("title", "notes"),
    undo=archived("tasks", _undo_words),
    settle=SETTLE,
)
