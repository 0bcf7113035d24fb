"""Whom a workflow's questions go to: its owner's role in the directory, else the setting."""

from __future__ import annotations

from datetime import datetime

from countersign.deps import Deps
from countersign.domain.approvals import Person
from countersign.domain.contact import contact, still_contact
from countersign.workflows import WORKFLOWS


def contact_for(deps: Deps, workflow: str, asker: Person, now: datetime) -> Person | None:
    """Who answers a question of `asker` about a request of `workflow`, if anybody."""
    people, fallback = deps.people.directory(), deps.settings.case_owner
    return contact(people, WORKFLOWS[workflow].owner, fallback, asker.id, now)


def contact_today(deps: Deps, workflow: str, asked: Person) -> Person | None:
    """Who was asked, as they are today; None when they left or are no contact any more."""
    people, fallback = deps.people.directory(), deps.settings.case_owner
    return still_contact(people, WORKFLOWS[workflow].owner, fallback, asked.id)
