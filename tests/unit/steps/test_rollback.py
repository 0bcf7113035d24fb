"""A rollback undoes what a job did, in reverse, once, and nothing that somebody else changed."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest

from countersign.domain.approvals.approval import Choice
from countersign.domain.approvals.directory import Member
from countersign.domain.contract import Stored
from countersign.domain.errors import (
    ContractBroken,
    NotAuthorised,
    Refused,
    StoreConflict,
    Unavailable,
)
from countersign.domain.planning.rollback import order_of
from countersign.entrypoints.tick import tick
from countersign.jobs.cases import take_out
from countersign.jobs.rollback import roll_back
from countersign.runtime.deps import UPDATE_TRIES
from tests.fakes.crm import FakeCrm
from tests.fakes.journey import Journey, accept, form
from tests.fakes.store import Crash
from tests.fakes.world import ANA, World
from tests.unit.steps.test_journeys import ends, offline
from tests.unit.steps.test_resume import killed_before as carried_on_after_a_kill

MAIL = "anna.lindner@hafenwerk.example"
WHY = "it was a test of the form"
KEPT, UNDONE = "kept", "undone"
WRITES = 8
"""One more than an execution makes that undoes three actions."""


def done(choice: Choice = Choice.REJECT, world: World | None = None) -> tuple[World, Journey]:
    """A lead whose three CRM actions ran; its reply was sent or rejected."""
    world = world or World(offline)
    journey = Journey(world, accept(world, form()))
    journey.goes()
    journey.is_decided(choice, reason="" if choice is Choice.APPROVE else "not now")
    journey.answered()
    assert ends(journey)[0] == "COMPLETED"
    return world, journey


def rolled_back(world: World, journey: Journey, by: str = "ana") -> str:
    """The order, and the execution that carries it out; the state it ended in."""
    roll_back(world.deps, journey.job_id, by=by, reason=WHY)
    return Journey(world, journey.job_id).goes()


def held(world: World) -> list[str]:
    """Kinds of the objects that the CRM still has."""
    return [k for k in ("contacts", "deals", "tasks") for _ in world.crm.all(k)]


def undone(world: World) -> list[str]:
    """Kinds of the objects that were taken away, in order."""
    return [write.kind for write in world.crm.journal if write.method == "DELETE"]


def test_a_lead_is_undone_in_reverse_and_the_crm_is_as_before() -> None:
    """Task, deal, contact; the job is ROLLED_BACK with the person's words; no model, no look."""
    world, journey = done()
    asked = len(world.model.asked)
    again = Journey(world, journey.job_id)
    roll_back(world.deps, journey.job_id, by="ana", reason=WHY)
    assert again.goes() == "Close"
    assert again.visited == ["Prepare", "TakeBack", "Act", "Close"]
    assert ends(journey) == ("ROLLED_BACK", WHY)
    assert (held(world), undone(world)) == ([], ["tasks", "deals", "contacts"])
    assert len(world.model.asked) == asked
    assert [s for s in journey.statuses().values() if s != "rejected"] == [UNDONE] * 3


def test_a_contact_that_was_there_gets_its_values_back() -> None:
    """Only what the action changed is written; a property that was empty is empty again."""
    world = World(offline)
    world.crm.has_contact(MAIL, firstname="Anna", lastname="Lindner", company="Hafen")
    was = dict(world.crm.all("contacts")[0].fields)
    _, journey = done(world=world)
    assert dict(world.crm.all("contacts")[0].fields) != was
    rolled_back(world, journey)
    assert dict(world.crm.all("contacts")[0].fields) == was
    assert ends(journey)[0] == "ROLLED_BACK"


def test_a_sent_mail_stays_and_is_named() -> None:
    """What cannot be undone is a case that says so, and what was taken back."""
    world, journey = done(Choice.APPROVE)
    assert rolled_back(world, journey) == "Escalate"
    status, reason = ends(journey)
    assert status == "ESCALATED"
    assert reason == (
        "taken back: crm.upsert_contact, crm.create_lead, crm.request_callback; "
        "email.send_reply is not undone (irreversible: what it did cannot be taken back)"
    )
    assert (held(world), len(world.mail.to(MAIL))) == ([], 1)


@pytest.mark.parametrize(
    ("kind", "edit", "kept"),
    [
        ("deals", {"dealstage": "qualifiedtobuy"}, ["contacts", "deals"]),
        ("tasks", {"hs_task_status": "COMPLETED"}, ["contacts", "tasks"]),
        ("contacts", {"phone": "+15550177"}, ["contacts"]),
        ("contacts", {"hs_email_optout": "true"}, ["contacts"]),
        ("contacts", {"email": "anna.moved@hafenwerk.example"}, ["contacts"]),
        ("deals", {"countersign_action_key": ""}, ["contacts", "deals"]),
    ],
)
def test_what_somebody_changed_since_stays_and_is_shown(
    kind: str, edit: dict[str, str], kept: list[str]
) -> None:
    """A seller's change is never overwritten; a contact stays while something of it hangs there."""
    world, journey = done()
    world.crm.somebody_edits(world.crm.all(kind)[0].id, **edit)
    assert rolled_back(world, journey) == "Escalate"
    assert (ends(journey)[0], held(world)) == ("ESCALATED", kept)
    (name,) = edit
    assert f"changed since by somebody else: {name}" in ends(journey)[1]
    conflicts = [one for held in journey.record.ledger for one in held.conflict]
    assert (name, edit[name]) in {(one.name, one.after) for one in conflicts}


def test_when_the_change_is_reverted_the_order_can_be_given_again() -> None:
    """Kept is no end: the seller moves the lead back, and a second order undoes the rest."""
    world, journey = done()
    (deal,) = world.crm.all("deals")
    world.crm.somebody_edits(deal.id, dealstage="qualifiedtobuy")
    rolled_back(world, journey)
    with pytest.raises(ContractBroken, match="order the rollback again"):
        take_out(world.deps, journey.job_id, "resume", by="kim", words="", facts={})
    world.crm.somebody_edits(deal.id, dealstage="appointmentscheduled")
    assert rolled_back(world, journey) == "Close"
    assert (ends(journey)[0], held(world)) == ("ROLLED_BACK", [])
    assert undone(world) == ["tasks", "deals", "contacts"]
    assert journey.record.case
    assert journey.record.case.resolution
    assert journey.record.case.resolution.way == "rollback"


def test_a_case_after_a_refused_undo_is_closed_as_what_is_still_there() -> None:
    """Something took effect and stays, so the job is COMPLETED, not REJECTED."""
    world, journey = done(Choice.APPROVE)
    rolled_back(world, journey)
    take_out(world.deps, journey.job_id, "close", by="kim", words="the mail is fine", facts={})
    assert ends(journey) == ("COMPLETED", "the mail is fine")


def test_ten_orders_make_one_undo() -> None:
    """The first is carried out; while it runs and afterwards every other one is refused."""
    world, journey = done()
    roll_back(world.deps, journey.job_id, by="ana", reason=WHY)
    for _ in range(4):
        with pytest.raises(ContractBroken, match="being rolled back already"):
            roll_back(world.deps, journey.job_id, by="ana", reason=WHY)
    Journey(world, journey.job_id).goes()
    for _ in range(5):
        with pytest.raises(ContractBroken, match="is rolled back already"):
            roll_back(world.deps, journey.job_id, by="ana", reason=WHY)
    assert undone(world) == ["tasks", "deals", "contacts"]
    assert [entry.event for entry in journey.record.audit].count("rollback ordered") == 1


def test_an_order_that_loses_a_race_reads_again() -> None:
    """Two at the same moment: the loser learns that it is under way, or gives up with a word."""
    world, journey = done()
    world.store.fails_with(StoreConflict("somebody else was first"))
    assert roll_back(world.deps, journey.job_id, by="ana", reason=WHY).job.status == "RETRYING"
    world, journey = done()
    world.store.fails_with(StoreConflict("somebody else was first"), times=UPDATE_TRIES)
    with pytest.raises(ContractBroken, match="at the same moment"):
        roll_back(world.deps, journey.job_id, by="ana", reason=WHY)


def test_a_job_that_is_under_way_or_did_nothing_is_not_rolled_back() -> None:
    """Each refusal says what to do instead, and nothing is written."""
    world = World(offline)
    journey = Journey(world, accept(world, form()))
    for expected in ("wait until it ends", "decide on that first"):
        with pytest.raises(ContractBroken, match=expected):
            roll_back(world.deps, journey.job_id, by="ana", reason=WHY)
        journey.goes()
    world = World(offline)
    journey = Journey(world, accept(world, form(country="Elbonia")))
    journey.goes()
    with pytest.raises(ContractBroken, match="nothing of it can be undone"):
        roll_back(world.deps, journey.job_id, by="ana", reason=WHY)


def test_only_people_with_a_role_may_order_it_and_never_the_requester() -> None:
    """Gone, without a role, the requester, and without a reason: refused before any write."""
    world, journey = done()
    version = journey.record.job.version
    with pytest.raises(NotAuthorised, match="not in the directory"):
        roll_back(world.deps, journey.job_id, by="nobody", reason=WHY)
    with pytest.raises(ContractBroken, match="needs a reason"):
        roll_back(world.deps, journey.job_id, by="ana", reason="  ")
    asker = ANA.model_copy(update={"address": MAIL.upper()})
    world.people.save(Member(person=asker, roles=("sales",)))
    with pytest.raises(NotAuthorised, match="asked for themselves"):
        roll_back(world.deps, journey.job_id, by="ana", reason=WHY)
    world.people.becomes(ANA, roles=("refunds",))
    with pytest.raises(NotAuthorised, match="one of the roles"):
        roll_back(world.deps, journey.job_id, by="ana", reason=WHY)
    assert journey.record.job.version == version


def test_an_undo_that_no_order_names_does_not_run() -> None:
    """The ledger alone is no authority: the stored order has to name the digest."""
    world, journey = done()
    roll_back(world.deps, journey.job_id, by="ana", reason=WHY)
    record = journey.record
    order = order_of(record)
    assert order
    some = Stored.of(order.model_copy(update={"digests": order.digests[1:]}))
    world.store.put(replace(record, results={**record.results, "rollback": some}))
    Journey(world, journey.job_id).goes()
    assert "nobody ordered to undo" in ends(journey)[1]
    assert held(world) == ["contacts"]


def killed_before(number: int) -> tuple[World, Journey]:
    """A rollback whose process is killed before a write, and whose state is entered again."""
    world, journey = done()
    roll_back(world.deps, journey.job_id, by="ana", reason=WHY)
    world.store.crashes_before_write(number)
    first = Journey(world, journey.job_id)
    with suppress(Crash):
        first.goes()
        return world, journey
    world.deps = world.deps_again()
    again = Journey(world, journey.job_id)
    given = {"connector": "crm"} if first.visited[-1] == "Act" else {}
    again.goes(first.visited[-1], given)
    return world, journey


@pytest.mark.parametrize("number", range(1, WRITES))
def test_killed_before_any_write_it_undoes_once_and_ends_the_same(number: int) -> None:
    """Whatever was recorded when the process died, each object goes once."""
    world, journey = killed_before(number)
    assert ends(journey) == ("ROLLED_BACK", WHY)
    assert (undone(world), held(world)) == (["tasks", "deals", "contacts"], [])


def test_lost_answers_and_unavailable_targets_are_tried_again() -> None:
    """Applied and unanswered, or not applied at all: the next try looks before it writes."""
    world, journey = done()
    roll_back(world.deps, journey.job_id, by="ana", reason=WHY)
    world.crm.loses_the_answer()
    Journey(world, journey.job_id).goes()
    assert journey.record.job.status == "PARKED"
    world.clock.passes(hours=2)
    tick(world.deps)
    world.crm.fails_with(Unavailable("the CRM is not available"), times=2)
    Journey(world, journey.job_id).goes()
    world.clock.passes(hours=2)
    tick(world.deps)
    Journey(world, journey.job_id).goes()
    assert ends(journey) == ("ROLLED_BACK", WHY)
    assert undone(world) == ["tasks", "deals", "contacts"]


def test_a_target_that_says_it_and_does_not_is_seen() -> None:
    """204 is no proof either: what is still there is kept, and a person hears of it."""
    world, journey = done()
    roll_back(world.deps, journey.job_id, by="ana", reason=WHY)
    world.crm.lies()
    Journey(world, journey.job_id).goes()
    assert "does not show it" in ends(journey)[1]
    assert held(world) == ["contacts", "tasks"]


def test_a_target_that_refuses_keeps_it() -> None:
    """A 403 is for a person: the rest is undone."""
    world, journey = done()
    roll_back(world.deps, journey.job_id, by="ana", reason=WHY)
    world.crm.fails_with(Refused("the CRM refused: 403 MISSING_SCOPES"))
    Journey(world, journey.job_id).goes()
    assert "403 MISSING_SCOPES" in ends(journey)[1]


def test_a_later_message_opens_a_lead_of_its_own() -> None:
    """What was rolled back is nothing that a later job could join."""
    world, journey = done()
    rolled_back(world, journey)
    later = Journey(world, accept(world, form(), event="evt-2"))
    later.goes()
    assert later.statuses()["crm.create_lead"] == "verified"


def test_a_contact_that_another_writer_made_at_the_same_time_stays() -> None:
    """Nothing was there before, and yet it is not ours: its own key says who made it."""
    world, journey = done()
    (contact,) = world.crm.all("contacts")
    record = journey.record
    left = {**(record.ledger[0].left or {}), "countersign_created_by": "cs-another"}
    world.crm.somebody_edits(contact.id, countersign_created_by="cs-another")
    for gone in ("deals", "tasks"):
        left.pop(gone, "")
    first = record.ledger[0].model_copy(update={"left": left})
    world.store.put(replace(record, ledger=(first, *record.ledger[1:])))
    rolled_back(world, journey)
    assert "made by somebody else" in ends(journey)[1]
    assert held(world) == ["contacts"]


@pytest.mark.parametrize("number", range(1, 10))
def test_what_was_done_across_a_kill_is_undone_all_the_same(number: int) -> None:
    """What was there before is stored with the claim, so a process that was killed after it, and
    one that goes on, know the same."""
    world, journey = carried_on_after_a_kill(number, FakeCrm())
    journey.is_decided(Choice.REJECT, reason="not now")
    journey.answered()
    assert rolled_back(world, journey) == "Close"
    assert (ends(journey)[0], held(world)) == ("ROLLED_BACK", [])


def test_what_a_claim_says_was_there_is_what_was_there() -> None:
    """The first action finds nothing, the others make something new; afterwards all are known."""
    _, journey = done()
    ran = [one for one in journey.record.ledger if one.status == "verified"]
    assert [one.before for one in ran] == [{}, {}, {}]
    assert all(one.left and one.left["id"] == one.receipt.id for one in ran if one.receipt)


def test_a_job_whose_action_left_nothing_known_keeps_it() -> None:
    """An entry without what it left, as an earlier version stored it, is for a person."""
    world, journey = done()
    record = journey.record
    first = record.ledger[0].model_copy(update={"before": None, "left": None})
    world.store.put(replace(record, ledger=(first, *record.ledger[1:])))
    assert rolled_back(world, journey) == "Escalate"
    assert "was not recorded" in ends(journey)[1]
    assert held(world) == ["contacts"]
