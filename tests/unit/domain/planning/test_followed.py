"""What leads a plan takes the rest along when it is edited: the launch plan, at its page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from countersign.domain.planning.edits import followed
from tests.fakes.journey import Journey
from tests.fakes.world import ANA, BEN, World
from tests.unit.approvals.test_approval_edit import at_work
from tests.unit.steps.test_launch_plan import FLOW, begins, files, ledger, shop, signed


@pytest.fixture
def world() -> World:
    return shop()


def typed(journey: Journey, **lists: str) -> dict[str, str]:
    """The fields of the form as the page shows them, some of them typed anew."""
    params = journey.record.ledger[0].content()["params"]
    held = {name: str(params[name]) for name in ("goals", "milestones", "audience", "risks")}
    return {f"field-{name}": text for name, text in {**held, **lists}.items()}


def test_who_edits_a_plan_has_the_rest_made_anew(world: World) -> None:
    """A milestone moved, one dropped and one added: their tasks follow in the same write, and what
    is signed is what is delivered. A line in no form, and a plan that is not whole, are refused in
    words."""
    journey = begins(world)
    page = at_work(world, ANA.address, edit="1")
    refused = {
        "Press kit | soon | Ben Okafor": "line 1 is not “name | 2027-03-01 | owner",
        "Press kit | 2027-03-01 | Mallory": "whom the directory does not know",
    }
    for text, told in refused.items():
        response = page.posts(page.fields(**typed(journey, milestones=text)))
        assert (response.status, told in response.body) == (422, True), response.body
    moved = "Press kit | 2027-03-08 | Ben Okafor\nParty | 2027-05-04 | Ana Costa | after: Press kit"
    response = page.posts(page.fields(**typed(journey, milestones=moved)))
    assert response.status == 200, response.body
    tasks = [one for one in ledger(journey) if one[0] == "crm.create_task"]
    assert tasks == [
        ("crm.create_task", "Press kit", "authorised"),
        ("crm.create_task", "Launch day", "dropped"),
        ("crm.create_task", "Party", "authorised"),
    ]
    journey.answered()
    signed(journey)
    assert journey.record.job.status == "COMPLETED"
    assert "2027-03-08" in files(world)["launch-plan.ics"].replace("20270308", "2027-03-08")
    assert files(world)["launch-plan.md"] == world.mail.to(BEN.address)[-1].text
    due = {t.fields["hs_task_subject"]: t.fields["hs_timestamp"] for t in world.crm.all("tasks")}
    assert {name: at[:10] for name, at in due.items()} == {
        "Press kit": "2027-03-08",
        "Party": "2027-05-04",
    }


@pytest.mark.control
def test_without_a_lead_the_rest_would_stay_as_it_was(world: World) -> None:
    """Control: of an action that leads nothing, an edit leaves the others' bytes alone, and the
    task would keep the old day."""
    journey = begins(world)
    bodies = {h.index: h.body for h in journey.record.ledger}
    page = at_work(world, ANA.address, edit="1")
    moved = journey.record.ledger[0].content()["params"]["milestones"].replace("03-01", "03-08")
    page.posts(page.fields(**typed(journey, milestones=moved)))
    changed = {h.index for h in journey.record.ledger if h.body != bodies.get(h.index)}
    assert changed == {0, 1, 2, 4, 5, 6}
    (by,) = (one for one in world.people.directory().members if one.person == ANA)
    alone, edit = replace(FLOW, leads=""), journey.record.ledger[0]
    assert followed(alone, journey.record, edit, by=by, now=world.clock.now()) == ()
