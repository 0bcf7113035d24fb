"""The internal contact: who is asked, who may still answer, and what the fallback is for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from countersign.domain.approvals.approval import Person
from countersign.domain.approvals.directory import Away, Directory, Member
from countersign.domain.approvals.routing import contact, still_contact

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ROLE = "owners"
DORA = Person(id="dora", name="Dora", address="dora@example.com")
EMIL = Person(id="emil", name="Emil", address="emil@example.com")
DESK = Person(id="desk", name="The desk", address="desk@example.com")


def members(*found: Member) -> Directory:
    """These people and nobody else."""
    return Directory(members=found)


def owner(person: Person, **more: object) -> Member:
    """Somebody who answers for the workflow."""
    return Member(person=person, roles=(ROLE,)).model_copy(update=more)


def away(deputy: str) -> tuple[Away, ...]:
    """Away now."""
    day = timedelta(days=1)
    return (Away(since=NOW - day, until=NOW + day, deputy=deputy),)


def test_the_first_of_the_role_is_asked_and_nobody_asks_themselves() -> None:
    """By id; whoever asks is passed over."""
    people = members(owner(EMIL), owner(DORA))
    assert contact(people, ROLE, DESK, "ana", NOW) == DORA
    assert contact(people, ROLE, DESK, "dora", NOW) == EMIL


def test_a_deputy_is_asked_for_who_is_away_and_may_answer_later() -> None:
    """Also once the absence is over: the question was theirs."""
    people = members(owner(DORA, away=away("emil")), Member(person=EMIL, roles=()))
    assert contact(people, ROLE, None, "ana", NOW) == EMIL
    assert still_contact(people, ROLE, None, "emil") == EMIL


def test_without_the_role_the_fallback_is_asked() -> None:
    """Whether the directory knows them or not; but nobody who left it, and not who asks."""
    moved = DESK.model_copy(update={"address": "desk@moved.example"})
    known = Member(person=moved, roles=())
    gone = known.model_copy(update={"left": True})
    assert contact(members(), ROLE, DESK, "ana", NOW) == DESK
    assert contact(members(known), ROLE, DESK, "ana", NOW) == moved
    assert contact(members(gone), ROLE, DESK, "ana", NOW) is None
    assert contact(members(), ROLE, DESK, "desk", NOW) is None
    assert contact(members(), ROLE, None, "ana", NOW) is None


def test_only_a_contact_of_today_answers() -> None:
    """Not who left, lost the role, or was the fallback once; the address is today's."""
    moved = DORA.model_copy(update={"address": "dora@moved.example"})
    assert still_contact(members(owner(moved)), ROLE, DESK, "dora") == moved
    assert still_contact(members(owner(DORA, left=True)), ROLE, DESK, "dora") is None
    assert still_contact(members(owner(DORA, roles=())), ROLE, DESK, "dora") is None
    assert still_contact(members(owner(DORA)), ROLE, DESK, "desk") == DESK
    assert still_contact(members(), ROLE, EMIL, "desk") is None
