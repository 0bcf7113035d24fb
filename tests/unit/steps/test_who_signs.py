"""Whose signature counts: not that of who corrected or edited alone, and not that of a leaver."""

from __future__ import annotations

import pytest

from countersign.domain.approvals.approval import Approval, Choice
from countersign.domain.approvals.directory import Directory
from countersign.domain.errors import NotAuthorised, Unavailable
from countersign.entrypoints.tick import tick
from countersign.jobs.cases import take_out
from tests.fakes.journey import Journey
from tests.fakes.world import World
from tests.unit.approvals.test_approval_edit import NEW, TEXT, asked_job, at_work
from tests.unit.steps import refunds


def by_time(world: World, journey: Journey) -> None:
    """Nobody (further) signs; the last tier's time ends, and the machine goes on."""
    while journey.record.pending:
        world.clock.passes(hours=1)
        tick(world.deps)
    journey.answered()


def pending(journey: Journey) -> Approval:
    """The request that waits."""
    approval = journey.record.pending
    assert approval
    return approval


def asked(journey: Journey) -> list[str]:
    """Who is asked now."""
    return [person.id for person in pending(journey).approvers]


def resumes(world: World, journey: Journey, by: str, **facts: str) -> None:
    """Somebody corrects facts in the case and lets the job go on."""
    take_out(world.deps, journey.job_id, "resume", by=by, words="looked into it", facts=facts)
    journey.goes()


def may_also_resolve(world: World, *ids: str) -> None:
    """These people who sign refunds also take up cases."""
    for one in ids:
        member = world.people.directory().member(one)
        assert member
        world.people.becomes(member.person, roles=(*member.roles, "operations"))


def leaves(world: World, *ids: str) -> None:
    """They are gone."""
    for one in ids:
        member = world.people.directory().member(one)
        assert member
        world.people.leaves(member.person)


def unsigned() -> tuple[World, Journey]:
    """300 EUR that nobody signed in time, in a case; Robin and Inês sign and resolve."""
    world = refunds.world()
    may_also_resolve(world, "robin", "ines")
    refunds.has_order(world, "1043", 32_000)
    message = "The lamp arrived broken, please refund me 300 EUR."
    journey = refunds.begin(world, order="1043", amount=None, message=message)
    assert asked(journey) == ["robin"]
    by_time(world, journey)
    return world, journey


def test_who_corrects_a_fact_does_not_sign_what_follows_from_it_alone() -> None:
    """Robin turns 300 into 320 EUR: somebody else is asked, for every action of the new plan."""
    world, journey = unsigned()
    resumes(world, journey, "robin", amount="320.00 EUR")
    assert asked(journey) == ["ines", "sam"]
    assert pending(journey).editors == dict.fromkeys(pending(journey).digests, ("robin",))
    with pytest.raises(NotAuthorised):
        refunds.signs(world, journey, "robin")
    refunds.signs(world, journey, "ines")
    journey.answered()
    assert (refunds.ended(journey), refunds.amounts(world)) == ("COMPLETED", [32_000])


def test_a_second_correction_does_not_free_the_first_person() -> None:
    """Inês sets the same sum once more: neither she nor Robin signs it alone."""
    world, journey = unsigned()
    resumes(world, journey, "robin", amount="320.00 EUR")
    by_time(world, journey)
    resumes(world, journey, "ines", amount="320.00 EUR")
    assert asked(journey) == ["sam"]


@pytest.mark.control
def test_control_without_a_correction_the_same_person_is_asked() -> None:
    """Resuming alone changes nothing that is signed: Robin may still be the one."""
    world, journey = unsigned()
    resumes(world, journey, "robin")
    assert asked(journey) == ["robin"]
    refunds.signs(world, journey, "robin")
    journey.answered()
    assert refunds.amounts(world) == [30_000]


def test_of_two_who_edited_one_after_the_other_neither_signs_alone() -> None:
    """Ana edits, Ben adds a full stop: Ana's edit is still Ana's, and the lead is asked."""
    world, journey = asked_job()
    for address, text in (("ana.costa", NEW), ("ben.okafor", f"{NEW}.")):
        browser = at_work(world, f"{address}@countersign.example", edit="1")
        assert browser.posts(browser.fields(**{TEXT: text})).status == 200
        journey.answered()
    assert set(pending(journey).editors.values()) == {("ana", "ben")}
    assert asked(journey) == ["cleo"]


def four_eyes(*signers: str) -> tuple[World, Journey]:
    """799 EUR, which Inês and Sam must both sign; `signers` have."""
    world = refunds.world()
    journey = refunds.asks_for(world, "1045", 79_900)
    for one in signers:
        refunds.signs(world, journey, one)
    return world, journey


def test_a_first_signature_is_void_when_its_signer_leaves_before_the_second() -> None:
    """Sam's alone is one of two: it goes on waiting, and time ends it in a case."""
    world, journey = four_eyes("ines")
    leaves(world, "ines")
    assert refunds.signs(world, journey, "sam").decision is None
    by_time(world, journey)
    assert refunds.ended(journey) == "ESCALATED"
    assert refunds.amounts(world) == []


def test_what_a_leaver_rejected_stays_rejected() -> None:
    """Only what would let something run is void."""
    world, journey = four_eyes()
    refunds.signs(world, journey, "ines", Choice.REJECT)
    leaves(world, "ines")
    journey.answered()
    assert refunds.amounts(world) == []
    assert set(journey.statuses().values()) <= {"rejected", "dropped"}


@pytest.mark.parametrize("gone", [("ines",), ("sam",), ("ines", "sam")])
def test_nothing_runs_on_the_signature_of_somebody_who_has_left(gone: tuple[str, ...]) -> None:
    """Signed by both, then one is gone before Act: a case, and after it others are asked anew."""
    world, journey = four_eyes("ines", "sam")
    leaves(world, *gone)
    journey.answered()
    assert refunds.ended(journey) == "ESCALATED"
    assert "has left" in journey.record.ledger[0].note
    assert refunds.amounts(world) == []
    for one in ("jonas", "robin"):
        member = world.people.directory().member(one)
        lead = refunds.member(one, "refunds-lead", 5_000)
        assert member
        world.people.save(lead)
    resumes(world, journey, "kim")
    assert set(asked(journey)) >= {"jonas", "robin"}
    assert set(pending(journey).digests) == {held.digest for held in journey.record.ledger}
    refunds.signs(world, journey, "jonas")
    refunds.signs(world, journey, "robin")
    journey.answered()
    assert (refunds.ended(journey), refunds.amounts(world)) == ("COMPLETED", [79_900])


def another(world: World, number: str) -> Journey:
    """A second request, for 320 EUR."""
    refunds.has_order(world, number, 32_000)
    amount = {"minor": 32_000, "currency": "EUR"}
    return refunds.begin(world, "evt-2", order=number, amount=amount)


class CountedPeople:
    """A directory that counts how often it is read, and can fail."""

    def __init__(self, world: World) -> None:
        self._people = world.people
        self.reads = 0
        self.broken: Exception | None = None

    def directory(self) -> Directory:
        self.reads += 1
        if self.broken:
            raise self.broken
        return self._people.directory()


def test_the_directory_is_read_only_for_what_people_signed() -> None:
    """Once in a visit with signed actions; never for what policy lets run by itself."""
    world = refunds.world()
    people = world.deps.people = CountedPeople(world)  # type: ignore[assignment]
    journey = refunds.begin(world)
    assert (refunds.ended(journey), refunds.amounts(world)) == ("COMPLETED", [4_990])
    assert people.reads == 0
    journey = another(world, "1043")
    refunds.signs(world, journey, "robin")
    people.reads = 0
    journey.answered()
    assert refunds.amounts(world) == [4_990, 32_000]
    assert people.reads == journey.visited.count("Act")


def test_a_directory_that_does_not_answer_stops_the_effect() -> None:
    """Not known to be there is no leave: the state is tried again, and nothing was claimed."""
    world, journey = four_eyes("ines", "sam")
    people = world.deps.people = CountedPeople(world)  # type: ignore[assignment]
    people.broken = Unavailable("the table does not answer")
    journey.answered()
    assert refunds.amounts(world) == []
    assert journey.record.ledger[0].status == "authorised"


def test_what_one_of_two_rejected_is_rejected_when_time_ends_the_rest() -> None:
    """Inês rejects the reply and nobody else signs: resuming asks for the rest, not for that."""
    world = refunds.world()
    journey = refunds.asks_for(world, "1049", 79_900)
    reply = next(h.digest for h in journey.record.ledger if h.action == "email.send_reply")
    refunds.signs(world, journey, "ines", but={reply: Choice.REJECT})
    by_time(world, journey)
    assert journey.statuses()["email.send_reply"] == "rejected"
    assert journey.statuses()["payments.refund"] == "expired"
    resumes(world, journey, "kim")
    assert reply not in pending(journey).digests
    refunds.signs(world, journey, "ines")
    refunds.signs(world, journey, "sam")
    journey.answered()
    assert refunds.amounts(world) == [79_900]
    assert refunds.texts(world) == []


def test_who_answers_for_the_policy_does_not_sign_under_it() -> None:
    """The author is a role: whoever holds it now is neither asked nor lets anything run."""
    world = refunds.world()
    journey = refunds.asks_for(world, "1043", 32_000)
    assert asked(journey) == ["robin"]
    robin = pending(journey).approvers[0]
    world.people.becomes(robin, roles=("refunds", "payments-ops"))
    with pytest.raises(NotAuthorised, match="policy of their own"):
        refunds.signs(world, journey, "robin")
    assert asked(another(world, "1044")) == ["ines", "sam"]
