"""The internal contact of a workflow: who is asked questions about its requests, and may answer."""

from __future__ import annotations

from datetime import datetime

from countersign.domain.approvals import Person
from countersign.domain.people import Directory


def contact(
    people: Directory, role: str, fallback: Person | None, asker: str, now: datetime
) -> Person | None:
    """Who answers a question of `asker`: the first who is there for `role`; `fallback` where that
    is nobody else. None when there is nobody but the asker."""
    present = (member.person for member, _ in people.present(role, now))
    there = next((person for person in present if person.id != asker), None)
    return there or (_here(people, fallback) if fallback and fallback.id != asker else None)


def still_contact(
    people: Directory, role: str, fallback: Person | None, person_id: str
) -> Person | None:
    """The person with this id as they are today, while they are a contact: they have the role, or
    are named as a deputy of somebody who has it, or are the fallback. None for whoever left."""
    holders = people.of_role(role)
    ids = {m.person.id for m in holders} | {away.deputy for m in holders for away in m.away}
    member = people.member(person_id)
    if member and person_id in ids:
        return member.person
    return _here(people, fallback) if fallback and fallback.id == person_id else None


def _here(people: Directory, person: Person) -> Person | None:
    """Today's version of a person who need not be in the directory; None when they left it."""
    known = next((m for m in people.members if m.person.id == person.id), None)
    if known is None:
        return person
    return None if known.left else known.person
