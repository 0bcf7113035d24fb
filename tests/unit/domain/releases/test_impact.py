"""What a release touches, by what workflows declare, and whose owners have a say in it."""

from __future__ import annotations

from dataclasses import replace

from countersign.domain.approvals.directory import Directory, Member
from countersign.domain.policy.release import Limits
from countersign.domain.releases.impact import Component, signers, touched
from tests.builders import ANA, BEN
from tests.flows import Letter, release, workflow

OWNERS = {"crm": "sales-ops"}
DESK = Limits(numbers={}, amounts={}, lists={"desk.destinations": ("other", "team:support")})
FLOW = replace(workflow([]), owner="letters-ops", segmented=None)
FLOWS = {
    "letters": replace(FLOW, release=release(limits=DESK)),
    "other": replace(FLOW, id="other", owner="others"),
}


def named(parts: tuple[str, ...]) -> set[tuple[str, str, str]]:
    """Kind, name and owner of what is touched."""
    return {(one.kind, one.name, one.owner) for one in touched(FLOWS, "letters", parts, OWNERS)}


def test_a_change_touches_what_its_workflow_declares_and_whom_it_hands_over_to() -> None:
    """A prompt only where it changed; what the engine uses for every job has no owner here."""
    found = named(("limits",))
    assert found >= {
        ("workflow", "letters", "letters-ops"),
        ("workflow", "other", "others"),
        ("contract", f"test.letter v{Letter.VERSION}", "letters-ops"),
        ("contract", "test.memo v1", "letters-ops"),
        ("connector", "crm", "sales-ops"),
        ("connector", "mail", ""),
        ("team", "team:support", ""),
    }
    assert named(("prompt",)) - found == {("prompt", "letters", "letters-ops")}


def test_somebody_of_each_owner_signs_but_for_the_authors_own_roles() -> None:
    """Who made it has had their say; an owner that nobody names is nobody's signature."""
    found = touched(FLOWS, "letters", ("limits",), OWNERS)
    member = Member(person=ANA, roles=("sales-ops",))
    people = Directory(members=(member,))
    assert signers(found, ANA.id, people) == ("letters-ops", "others")
    assert signers(found, BEN.id, people) == ("letters-ops", "sales-ops", "others")
    assert signers([Component("rule", "r", "")], ANA.id, people) == ()
