"""A job's page offers to undo what the job did, to who may order it, and takes the order once."""

from __future__ import annotations

import pytest

from countersign.jobs.rollback import roll_back
from tests.fakes.journey import Journey
from tests.fakes.world import ANA, BEN, World
from tests.unit.steps.test_rollback import WHY, done, rolled_back
from tests.unit.web.member import MemberBrowser

BUTTON = "Undo what this job did"


def opened() -> tuple[World, Journey, MemberBrowser, str]:
    """Ana has the page of a job open that wrote three things and sent no mail."""
    world, journey = done()
    ana = MemberBrowser(world).signs_in(ANA.address)
    path = f"/approvals/jobs/{journey.job_id}"
    ana.opens(path)
    return world, journey, ana, path


def order(ana: MemberBrowser, reason: str = WHY, **fields: str) -> dict[str, str]:
    """The form, filled in."""
    return {**ana.hidden("reason"), "reason": reason, "code": ana.code(), **fields}


def test_the_page_says_what_will_be_undone_in_order_and_the_order_is_taken() -> None:
    """Task, lead, contact, in words; a reason and the code; then the job is being undone."""
    world, journey, ana, path = opened()
    places = [ana.page.index(w) for w in ("Archive the task", "Archive the lead", "Give the cont")]
    assert places == sorted(places)
    response = ana.posts(path, order(ana))
    assert (response.status, response.headers["location"]) == (303, path)
    assert journey.record.job.status == "RETRYING"
    assert world.executions.started[-1] == (f"{journey.job_id}-2", journey.job_id)
    Journey(world, journey.job_id).goes()
    assert BUTTON not in ana.opens(path).body
    assert "undone and checked" in ana.page
    assert journey.record.audit[-1].actor == "state:Close"


def test_without_a_reason_or_with_a_wrong_code_nothing_is_ordered() -> None:
    """Both are shown beside their fields; the words that were typed stay."""
    world, _, ana, path = opened()
    world.store.writes = 0
    for sent, said in (
        (order(ana, reason="  "), "Say why it is undone"),
        (order(ana, reason="x" * 5000), "longer than"),
        (order(ana, code="NOPE2"), "not the code"),
        (order(ana, version="1"), "changed since the page was shown"),
    ):
        response = ana.posts(path, sent)
        assert (response.status, said in response.body) == (422, True)
    assert world.store.writes == 0
    assert "<details open>" in ana.page


@pytest.mark.parametrize("change", [{"other": "x"}, {"version": None}, {"reason": None}])
def test_other_forms_are_refused(change: dict[str, str | None]) -> None:
    """Fields that the page does not have, or lacks, end it."""
    world, _, ana, path = opened()
    world.store.writes = 0
    sent = {name: v for name, v in {**order(ana), **change}.items() if v is not None}
    assert (ana.posts(path, sent).status, world.store.writes) == (400, 0)


def test_another_sites_form_and_another_sessions_page_order_nothing() -> None:
    """The session's protection is that of every form of somebody signed in."""
    world, _, ana, path = opened()
    sent = order(ana)
    ben = MemberBrowser(world).signs_in(BEN.address)
    world.store.writes = 0
    assert ana.posts(path, sent, origin="https://elsewhere.example").status == 403
    assert ben.posts(path, sent).status in (403, 409)
    assert MemberBrowser(world).posts(path, sent).status == 403
    assert world.store.writes == 0


def test_who_may_not_order_it_reads_the_page_without_the_form() -> None:
    """Another role reads every job and undoes none."""
    world, _, ana, path = opened()
    sent = order(ana)
    world.people.becomes(ANA, roles=("refunds",))
    world.store.writes = 0
    assert BUTTON not in ana.opens(path).body
    assert (ana.posts(path, sent).status, world.store.writes) == (405, 0)


def test_an_order_that_somebody_else_gave_first_is_not_given_twice() -> None:
    """The page was open: the second one learns that it is under way."""
    world, journey, ana, path = opened()
    sent = order(ana)
    roll_back(world.deps, journey.job_id, by="ben", reason=WHY)
    assert ana.posts(path, sent).status == 405
    assert len(world.executions.started) == 1


def test_what_stays_and_what_somebody_changed_is_shown() -> None:
    """Before, and after: the mail that cannot be taken back, the seller's change by its name."""
    world, journey = done()
    (deal,) = world.crm.all("deals")
    world.crm.somebody_edits(deal.id, dealstage="qualifiedtobuy")
    rolled_back(world, journey)
    ana = MemberBrowser(world).signs_in(ANA.address)
    shown = ana.opens(f"/approvals/jobs/{journey.job_id}").body
    assert "Changed since by somebody else" in shown
    assert "qualifiedtobuy" in shown
    assert "What it changed at the target" in shown


def test_the_page_tells_what_the_model_was_asked_and_what_came() -> None:
    """Of each call why, how it ended and what it used; what it was shown and what it answered stand
    folded within what is folded."""
    _, _, ana, _ = opened()
    told = ana.page[ana.page.index("What the model was asked (1)") :]
    told = told[: told.index("What happened")]
    places = [told.index(words) for words in ("answered", "What it was shown", "What it answered")]
    assert places == sorted(places)
    assert told.count('<details class="facts">') == 2
    assert ", small</bdi>" in told
    assert "release" in told
