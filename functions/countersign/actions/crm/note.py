"""`crm.add_note`: a note on a contact, found again by its action key."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from countersign.actions.crm.shared import (
    ACTION_KEY,
    SETTLE,
    by_key,
    contact_of,
    create_for,
    html_notes,
    instant_ms,
    or_none,
    plain_notes,
    same_instant,
    tidy,
)
from countersign.actions.crm.undo import archived
from countersign.domain.contract import Contract
from countersign.domain.ledger.action import Action, Prose, Receipt
from countersign.domain.ports import Crm


class Note(Contract):
    """What is noted on the contact of that e-mail, and of when it is."""

    CONTRACT: ClassVar[str] = "crm.add_note"
    VERSION: ClassVar[int] = 1

    email: str
    text: Prose
    at: datetime


def words(note: Note) -> str:
    """The note in one sentence."""
    return f"Add a note to the contact {note.email}."


def do(crm: Crm, note: Note, key: str) -> Receipt:
    """Create the note under `key`. Raises Refused when the contact does not exist."""
    fields = {
        "hs_note_body": html_notes(note.text),
        "hs_timestamp": instant_ms(note.at),
        ACTION_KEY: key,
    }
    return create_for(crm, "notes", note.email, fields)


def find(crm: Crm, note: Note, key: str) -> Receipt | None:
    """The note of an interrupted attempt."""
    return by_key(crm, "notes", key, note.email)


def read_back(crm: Crm, note: Note, receipt: Receipt) -> Mapping[str, str]:
    """What the CRM holds, by the names of `expected`; nothing when the note is gone."""
    record = or_none(crm, "notes", receipt.id)
    if record is None:
        return {}
    return {
        "contact": contact_of(crm, record, note.email, receipt),
        "text": tidy(plain_notes(record.fields.get("hs_note_body", ""))),
        "at": same_instant(record.fields.get("hs_timestamp", "")),
    }


def expected(note: Note) -> Mapping[str, str]:
    """What the CRM must hold."""
    return {
        "contact": note.email.lower(),
        "text": tidy(note.text),
        "at": instant_ms(note.at),
    }


def _undo_words(note: Note) -> str:
    return f"Archive the note on {note.email}."


ADD_NOTE: Action[Note, Crm] = Action(
    id="crm.add_note",
    version=1,
    connector="crm",
    params=Note,
    words=words,
    do=do,
    find=find,
    read_back=read_back,
    expected=expected,
    inner=("at",),
    editable=("text",),
    wording=("text",),
    undo=archived("notes", _undo_words),
    settle=SETTLE,
)
