"""Cases and jobs on pages: all that is known, three ways out, and who may take them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from countersign.domain.approvals.directory import Away
from countersign.domain.contract import Stored
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.job import Status
from countersign.domain.jobs.unread import UNREAD, Unread
from countersign.domain.ledger.entry import ActionStatus
from countersign.domain.limits.pace import Turn
from countersign.domain.policy.proposal import Proposal
from tests.fakes.world import ANA, BEN, CLEO, START, World
from tests.unit.web.many import escalated
from tests.unit.web.member import MemberBrowser, readings, wrote
from tests.unit.web.waiting import JOB, waiting

CASE, JOB_PAGE = "/approvals/cases/j-case", "/approvals/jobs/j-case"


def opened(record: JobRecord | None = None) -> tuple[World, MemberBrowser]:
    """Ana, who holds the owner's role, has the case open."""
    world = waiting()
    world.store.put(record or escalated())
    world.people.becomes(ANA, roles=("sales-ops",))
    ana = MemberBrowser(world).signs_in(ANA.address)
    ana.opens(CASE)
    world.store.writes = 0
    return world, ana


def filled(ana: MemberBrowser, way: str, words: str = "", **facts: str) -> dict[str, str]:
    """The form of the case."""
    own = {f"fact-{name}": value for name, value in facts.items()}
    return {**ana.hidden(), "way": way, "words": words, "code": ana.code(), **own}


def test_the_page_has_all_that_is_known() -> None:
    """Owner, due time, reason, source with quotes, facts, findings, actions and their story."""
    _, ana = opened()
    for words in (
        "A case for Sales operations",
        "stayed unsupported after its repair",
        "Wed 4 Mar 2026, 04:00 UTC",
        "<mark>we run 14 delivery vans in Leipzig</mark>",
        "Keller GmbH",
        "60,000.00 EUR is above 50,000.00 EUR",
        "Send the drafted reply to",
        "What happened",
    ):
        assert words in ana.page


def test_who_stands_in_for_its_owner_ends_it_while_they_are_away() -> None:
    """They are mailed instead, and what the mail leads to is theirs; once Ana is back it is not."""
    world = waiting()
    world.store.put(escalated())
    away = Away(since=START, until=START + timedelta(days=1), deputy="ben")
    world.people.becomes(ANA, roles=("sales-ops",), away=(away,))
    ben = MemberBrowser(world).signs_in(BEN.address)
    assert ben.opens(CASE).status == 200
    assert ben.posts(CASE, filled(ben, "done", "ticket 4711")).status == 303
    assert world.store.load("j-case").audit[-1].actor == "person:ben"
    world.store.put(escalated())
    world.clock.passes(days=1)
    later = MemberBrowser(world).signs_in(BEN.address)
    assert later.opens(CASE).status == 404


@pytest.mark.parametrize(
    ("way", "status", "event"),
    [("done", Status.COMPLETED, "case done"), ("close", Status.REJECTED, "case close")],
)
def test_a_case_is_ended_with_words(way: str, status: Status, event: str) -> None:
    """Done by hand and closed need words, and carry the person's name."""
    world, ana = opened()
    assert ana.posts(CASE, filled(ana, way)).status == 422
    response = ana.posts(CASE, filled(ana, way, "ticket 4711"))
    assert (response.status, response.headers["location"]) == (303, JOB_PAGE)
    record = world.store.load("j-case")
    assert (record.job.status, record.job.reason) == (status, "ticket 4711")
    assert (record.audit[-1].event, record.audit[-1].actor) == (event, "person:ana")
    assert "by <bdi>ana</bdi>" in ana.opens(JOB_PAGE).body
    assert ana.opens(CASE).headers["location"] == JOB_PAGE


def test_correct_and_resume_starts_a_new_execution_with_the_corrections() -> None:
    """Only what was changed becomes a correction, under the person's name."""
    world, ana = opened()
    sent = filled(ana, "resume", company="Keller AG", name="Maria Keller", budget="500.00 EUR")
    assert ana.posts(CASE, sent).status == 303
    record = world.store.load("j-case")
    facts = record.results["proposal"].as_(Proposal).facts
    changed = {name: fact.value for name, fact in facts.items() if fact.by == "ana"}
    budget = {"budget_amount": "500.00", "budget_currency": "EUR"}
    assert changed == {"company": "Keller AG", **budget}
    assert world.executions.started == [("j-case-2", "j-case")]
    assert "corrected company" in record.audit[-1].commitments


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("budget", "lots", "digits with a point"),
        ("intent", "world peace", "one of the options"),
        ("name", "x" * 301, "longer than 300"),
        ("name", "two\nlines", "line break"),
        ("summary", "a\x00b", "control character"),
    ],
)
def test_corrections_are_typed(name: str, value: str, said: str) -> None:
    """A fact keeps the kind that its contract gives it; what was typed is shown again."""
    world, ana = opened()
    response = ana.posts(CASE, filled(ana, "resume", **{name: value}))
    assert (response.status, world.store.writes) == (422, 0)
    assert said in response.body


@pytest.mark.parametrize(
    "change",
    [
        {"fact-invented": "x"},
        {"other": "x"},
        {"words": None},
        {"version": None},
    ],
)
def test_other_forms_are_refused(change: dict[str, str | None]) -> None:
    """Fields that the page does not have, or lacks, end it."""
    world, ana = opened()
    sent = {**filled(ana, "close", "a reason"), **change}
    clean = {name: value for name, value in sent.items() if value is not None}
    assert (ana.posts(CASE, clean).status, world.store.writes) == (400, 0)


def test_a_case_that_changed_meanwhile_is_read_again() -> None:
    """What was decided on an older page is not applied to a newer case."""
    world, ana = opened()
    sent = filled(ana, "close", "a reason")
    held = world.store.load("j-case")
    world.store.put(replace(held, job=held.job.model_copy(update={"version": 99})))
    assert ana.posts(CASE, sent).status == 422
    assert "changed since the page was shown" in ana.page


def test_an_unknown_outcome_is_never_resumed() -> None:
    """The page does not offer it, and a form that asks for it is refused with the reason."""
    record = escalated()
    unknown = record.ledger[0].model_copy(update={"status": ActionStatus.UNKNOWN})
    world, ana = opened(replace(record, ledger=(unknown, *record.ledger[1:])))
    assert 'value="resume"' not in ana.page
    assert "nobody knows yet" in ana.page
    assert ana.posts(CASE, filled(ana, "resume")).status == 422
    assert (world.store.writes, "cannot be resumed: nobody knows" in ana.page) == (0, True)
    assert ana.posts(CASE, filled(ana, "done", "seen at the target")).status == 303


def test_facts_are_fixed_once_something_ran() -> None:
    """After an effect there is nothing to correct: the fields are not there."""
    record = escalated()
    ran = record.ledger[0].model_copy(update={"status": ActionStatus.VERIFIED})
    _, ana = opened(replace(record, ledger=(ran, *record.ledger[1:])))
    assert 'name="fact-' not in ana.page
    assert ana.posts(CASE, filled(ana, "resume", name="Kim")).status == 400


def test_a_killed_execution_is_taken_up_by_operations() -> None:
    """FAILED without a case has a page too, for operations and for nobody else."""
    killed = replace(escalated(status=Status.FAILED), case=None)
    world, ana = opened(killed)
    assert ana.opens(CASE).status == 404
    world.people.becomes(BEN, roles=("operations",))
    ben = MemberBrowser(world).signs_in(BEN.address)
    assert "A case for Operations" in ben.opens(CASE).body
    assert ben.posts(CASE, filled(ben, "resume")).status == 303
    assert world.executions.started == [("j-case-2", "j-case")]


def test_a_job_that_waits_for_its_turn_says_until_when() -> None:
    """In the reader's own time."""
    held = escalated()
    turns = {"crm-write": Turn(at=START, requests=8)}
    job = held.job.model_copy(update={"status": Status.PROCESSING, "turns": turns})
    _, ana = opened(replace(held, job=job))
    ana.opens(JOB_PAGE)
    assert "Waits for its turn until 02 Mar 2026, 09:00:00 UTC" in ana.page


def test_a_job_that_this_code_cannot_read_is_still_shown() -> None:
    """Another version's results are left out; the rest, and the ways out, are there."""
    record = escalated()
    newer = {name: held.model_copy(update={"version": 99}) for name, held in record.results.items()}
    broken = record.ledger[0].model_copy(update={"body": "[]"})
    world, ana = opened(replace(record, results=newer, ledger=(broken,)))
    assert "No facts are stored" in ana.page
    assert "cannot be read any more" in ana.page
    assert ana.posts(CASE, filled(ana, "close", "too old")).status == 303
    unknown = record.job.model_copy(update={"workflow": "gone", "job_id": "j-gone"})
    world.store.put(replace(record, job=unknown))
    assert ana.opens("/approvals/jobs/j-gone").status == 200


def test_a_member_reads_any_job_and_changes_none() -> None:
    """The job's page has no form, whatever the job's status; a POST to it is refused, and all that
    is written is who read it."""
    world, _ = opened()
    before, cleo = wrote(world), MemberBrowser(world).signs_in(CLEO.address)
    for job_id in ("j-case", JOB):
        assert cleo.opens(f"/approvals/jobs/{job_id}").status == 200
        assert 'name="code"' not in cleo.page
        assert "Take up its case" not in cleo.page
    assert cleo.posts(JOB_PAGE, {}).status == 405
    assert wrote(world) == before
    assert readings(world).count(f"person:{CLEO.id}") == 2


@pytest.mark.parametrize(
    ("result", "status", "told"),
    [
        (UNREAD, ActionStatus.PLANNED, "ask its sender to send it again"),
        ("", ActionStatus.UNKNOWN, "whether one of its actions took effect"),
        ("", ActionStatus.VERIFIED, "all that it wanted is settled"),
    ],
)
def test_a_way_out_that_cannot_work_is_not_offered_and_not_taken(
    result: str, status: ActionStatus, told: str
) -> None:
    """What nobody can read, what nobody knows of, and what is done needs no other execution."""
    held = escalated()
    ledger = tuple(one.model_copy(update={"status": status}) for one in held.ledger)
    unread = {UNREAD: Stored.of(Unread(text="{", problems=()))} if result else {}
    results = {**held.results, **unread}
    _, ana = opened(replace(held, ledger=ledger, results=results))
    assert told in ana.page
    assert 'value="resume"' not in ana.page
    refused = ana.posts(CASE, filled(ana, "resume"))
    assert (refused.status, told in refused.body) == (422, True)


def test_the_page_says_who_wrote_and_about_what() -> None:
    """As the mail about the case does, above everything else."""
    _, ana = opened()
    head = ana.page.split("The message")[0]
    assert "maria.keller@keller.example" in head
    assert "Subject" in head
