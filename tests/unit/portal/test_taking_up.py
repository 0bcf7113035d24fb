"""Taking up on the page what was set aside, and moving what went to the wrong place."""

from __future__ import annotations

import pytest

from countersign.domain.approvals.approval import Choice
from countersign.domain.jobs.handing import children
from countersign.domain.jobs.job import Status
from countersign.domain.releases.candidates import candidate
from tests.fakes.journey import Journey
from tests.fakes.world import ANA, KIM, World
from tests.unit.entrypoints.test_daily import dismissed
from tests.unit.steps import refunds
from tests.unit.steps.test_front_desk import child, desk, mail, said
from tests.unit.web.member import MemberBrowser
from workflows import WORKFLOWS


def at_the_job(role: str = "sales-ops") -> tuple[Journey, MemberBrowser, str]:
    """Kim has the page of a job that nobody read."""
    world = World(WORKFLOWS["lead_intake"].offline)
    world.people.becomes(KIM, roles=(role,))
    journey = dismissed(world)
    kim = MemberBrowser(world).signs_in(KIM.address)
    kim.opens(f"/approvals/jobs/{journey.job_id}")
    return journey, kim, f"/approvals/cases/{journey.job_id}"


def filled(kim: MemberBrowser, way: str, words: str, **more: str) -> dict[str, str]:
    """The form as it is filled in."""
    return {**kim.hidden(), "way": way, "words": words, "code": kim.code(), **more}


def test_what_was_set_aside_is_taken_up_with_a_reason() -> None:
    """The job's page leads to the form; with a reason and the code the job goes on."""
    journey, kim, page = at_the_job()
    assert f'href="{page}"' in kim.page
    assert "Set aside" in kim.opens(page).body
    assert kim.posts(page, filled(kim, "resume", "")).status == 422
    assert kim.posts(page, filled(kim, "resume", "a person wrote it")).status == 303
    record = journey.record
    assert (record.job.status, record.audit[-1].actor) == (Status.RETRYING, f"person:{KIM.id}")
    assert record.case
    assert record.case.resolution
    assert record.case.resolution.words == "a person wrote it"


@pytest.mark.parametrize("way", ["done", "close", "move", "nothing"])
def test_what_was_set_aside_cannot_be_ended_again(way: str) -> None:
    """Only the one way is offered, and no other is taken."""
    journey, kim, page = at_the_job()
    kim.opens(page)
    assert 'value="close"' not in kim.page
    assert kim.posts(page, filled(kim, way, "why not", to="team:support")).status == 422
    assert journey.record.job.status is Status.REJECTED


def test_nobody_without_the_role_is_offered_it() -> None:
    """The page is readable, the way is not there, and the form is refused."""
    journey, kim, page = at_the_job(role="refunds")
    assert page not in kim.page
    assert kim.opens(page).status != 200
    assert journey.record.job.status is Status.REJECTED


def rejected_refund() -> tuple[World, Journey, MemberBrowser, str]:
    """Robin, who rejected a refund, follows the decided page's way on to what becomes of it."""
    world = refunds.world()
    journey = refunds.asks_for(world, "1049", 30_000)
    refunds.signs(world, journey, by="robin", choice=Choice.REJECT)
    approval = next(iter(journey.record.approvals))
    journey.answered()
    robin = MemberBrowser(world).signs_in("robin@countersign.example")
    page = f"/approvals/cases/{journey.job_id}"
    decided = robin.opens(f"/approvals/requests/{journey.job_id}/{approval}").body
    assert f'href="{page}"' in decided
    assert f'href="/approvals/jobs/{journey.job_id}"' in decided
    robin.opens(page)
    return world, journey, robin, page


def test_a_rejection_is_ended_with_an_answer_on_its_page() -> None:
    """The fixed text stands there; what is wrong with a changed one is said beside all that was
    typed, and a good one is asked for."""
    _, journey, robin, page = rejected_refund()
    assert "we cannot do what you asked for" in robin.page
    typed = {"subject": "Your lamp", "text": "\x07", "team": "support"}
    wrong = robin.posts(page, filled(robin, "answer", "", **typed))
    assert wrong.status == 422
    assert "control character" in wrong.body
    assert 'value="Your lamp"' in wrong.body
    typed["text"] = "Hello Ada,\r\nthe lamp is past its warranty."
    assert robin.posts(page, filled(robin, "answer", "", **typed)).status == 303
    held = journey.record.ledger[-1]
    assert held.content()["params"]["text"] == "Hello Ada,\nthe lamp is past its warranty."
    assert (held.edited_by, journey.record.job.status) == ("robin", Status.RETRYING)


def test_a_rejection_is_handed_to_a_team_on_its_page() -> None:
    """With a reason and a team of ours; then it is that team's case."""
    _, journey, robin, page = rejected_refund()
    assert '<option value="support">Customer support</option>' in robin.page
    for words, team in (("", "support"), ("why", "moon")):
        assert robin.posts(page, filled(robin, "hand_over", words, team=team)).status == 422
    assert robin.posts(page, filled(robin, "hand_over", "why", team="support")).status == 303
    assert journey.record.case
    assert journey.record.case.owner == "support"


@pytest.mark.control
def test_control_what_a_person_ended_is_not_offered_again() -> None:
    """A case that somebody closed with a reason stays closed on the page."""
    journey, kim, page = at_the_job()
    kim.opens(page)
    kim.posts(page, filled(kim, "resume", "a person wrote it"))
    world = kim.world
    held = journey.record
    ended = held.job.model_copy(update={"status": Status.REJECTED})
    world.store.put(type(held)(**{**vars(held), "job": ended}))
    assert page not in kim.opens(f"/approvals/jobs/{journey.job_id}").body


def test_a_case_of_the_wrong_team_is_moved_on_its_page() -> None:
    """Where else it could have gone is a list; a reason and the code, and its parent hands over
    anew. The move is a candidate for a case of the desk."""
    world, parent = desk(
        mail("Nobody can log in, this is an outage."), said(first=("outage", "Nobody can log in"))
    )
    made = child(world, parent)
    made.goes()
    assert made.record.job.status is Status.ESCALATED
    world.people.becomes(ANA, roles=("operations",))
    ana = MemberBrowser(world).signs_in(ANA.address)
    page = f"/approvals/cases/{made.job_id}"
    ana.opens(page)
    assert '<option value="lead_intake"' in ana.page
    assert '<option value="team:support"' not in ana.page
    assert ana.posts(page, filled(ana, "move", "", to="lead_intake")).status == 422
    assert ana.posts(page, filled(ana, "move", "why", to="the moon")).status == 422
    assert made.record.job.status is Status.ESCALATED
    assert ana.posts(page, filled(ana, "move", "they want to buy", to="lead_intake")).status == 303
    assert made.record.job.reason == "moved: they want to buy"
    Journey(world, parent.job_id).goes()
    assert [to for _, to in children(parent.record)] == ["team:support", "lead_intake"]
    drawn = candidate(WORKFLOWS["front_desk"], parent.record)
    assert drawn
    assert [(one.model, one.person) for one in drawn.said] == [("team:support", "lead_intake")]
