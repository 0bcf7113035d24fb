"""What became of a request that was replaced before it was decided."""

from __future__ import annotations

from countersign.domain.approvals import EXPIRY, Approval, Person
from countersign.domain.audit import Entry
from countersign.domain.change import JobRecord
from countersign.pages.context import names_of
from countersign.pages.notices import REPLACED, Notice
from countersign.pages.text import UTC, moment, one_line

EDITED = "edited by a person"
"""The event of an edit in the job's history."""
_NAME = 60


def replaced_notice(
    record: JobRecord, approval: Approval, person: Person, zone: str = UTC
) -> Notice:
    """Who edited it and when, or that what it was about changed; and how it went on."""
    edit = next((entry for entry in record.audit if _edits(entry, approval)), None)
    lines = (_why(record, edit, person, zone), *REPLACED.lines, _since(record, approval, zone))
    return Notice(REPLACED.status, REPLACED.title, lines)


def _edits(entry: Entry, approval: Approval) -> bool:
    about = entry.fields.get("approval")
    return entry.event == EDITED and about is not None and about.value == approval.approval_id


def _why(record: JobRecord, edit: Entry | None, person: Person, zone: str) -> str:
    if edit is None:
        return "What it was about changed before it was decided, so it was asked for anew."
    by = edit.actor.removeprefix("person:")
    who = "You" if by == person.id else one_line(names_of(record, {}).get(by, by), _NAME)
    return f"{who} edited what it asks for on {moment(edit.at, zone)}."


def _since(record: JobRecord, approval: Approval, zone: str) -> str:
    newer = [one for one in record.approvals.values() if _is_newer(one, approval)]
    if not newer:
        return "If a signature is still needed, a new request goes out by mail."
    last = max(newer, key=lambda one: one.requested_at)
    if last.decision is None:
        return "A new request went out; whoever may sign it has a newer mail."
    if last.decision.by == EXPIRY:
        return "A new request went out, and nobody decided it in time."
    return f"A new request went out, and it was decided on {moment(last.decision.at, zone)}."


def _is_newer(one: Approval, than: Approval) -> bool:
    return one.approval_id != than.approval_id and one.requested_at >= than.requested_at
