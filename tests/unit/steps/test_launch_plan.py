"""A brief on its way: asked about once, signed, edited as a whole, delivered, taken back."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

import pytest

from countersign.actions.plans.delivery import DELIVER, Delivery
from countersign.domain.approvals.approval import Choice
from countersign.domain.errors import Quarantined
from countersign.domain.ledger.action import Difference
from countersign.domain.ledger.entry import params_of
from countersign.domain.policy.records import Records
from countersign.domain.workflow import Raw
from countersign.jobs.rollback import roll_back
from tests.answers import IN_THREAD, goes_on, mail
from tests.fakes.journey import Journey, accept
from tests.fakes.world import BEN, World
from tests.unit.approvals.test_approval_edit import at_work
from tests.unit.parsing.test_docx import docx, paragraph
from workflows import WORKFLOWS

FLOW = WORKFLOWS["launch_plan"]
BRIEF = """# Aurora 2

## Goals
- 500 teams sign up (measured by: paid seats on 30 June 2027)

## Milestones
- Press kit: 1 March 2027, owner Ben Okafor
- Launch day: 3 May 2027, owner: Ana, after: Press kit

## Budget
- Ads: EUR 25,000
- Total: EUR 25,000
"""
PROSE = "This is the plan for the launch of our new product, which we want to have in all shops."
WRITER = "rosa.lind@example.com"
FORMS = {"launch-plan.md", "launch-plan.json", "launch-plan.ics", "launch-plan.pdf"}


def shop() -> World:
    """A company with an address for answers."""
    world = World(FLOW.offline)
    world.settings = world.settings.model_copy(update={"mail_inbound": "answers@example.com"})
    world.deps = world.deps_again()
    return world


@pytest.fixture
def world() -> World:
    return shop()


def begins(world: World, text: str = BRIEF, **said: str) -> Journey:
    """A colleague's system posted a brief; it says whose."""
    body = json.dumps({"sender": WRITER, "text": text, **said}).encode()
    journey = Journey(world, accept(world, body, workflow="launch_plan"))
    journey.goes()
    return journey


def ledger(journey: Journey) -> list[tuple[str, str, str]]:
    """(action, target, status) of each entry."""
    return [(h.action, h.content()["target"], h.status.value) for h in journey.record.ledger]


def signed(journey: Journey) -> None:
    """Ben, a seller, signs everything that is asked."""
    journey.is_decided(Choice.APPROVE, by="ben")
    journey.answered()


def files(world: World) -> Mapping[str, str]:
    """The texts of the delivered documents."""
    return {name.rpartition("/")[2]: body.decode() for name, body in world.files.held.items()}


def test_a_plan_is_signed_once_and_all_that_follows_runs(world: World) -> None:
    """Nothing before the signature; then four forms, a task for each milestone by its day and its
    owner, a mail to each seller, a word to the team."""
    journey = begins(world)
    waiting = [status for _, _, status in ledger(journey)]
    assert waiting == ["planned", *["authorised"] * 6]
    assert (files(world), world.crm.all("tasks")) == ({}, ())
    signed(journey)
    assert journey.record.job.status == "COMPLETED"
    assert {status for _, _, status in ledger(journey)} == {"verified"}
    assert set(files(world)) == FORMS
    assert [one.fields["hs_task_subject"] for one in world.crm.all("tasks")] == [
        "Press kit",
        "Launch day",
    ]
    assert "Owner: Ben Okafor" in world.crm.all("tasks")[0].fields["hs_task_body"]
    told = world.mail.to(BEN.address)[-1]
    assert (told.subject, told.text) == ("Aurora 2, version 1", files(world)["launch-plan.md"])
    enclosed = {name: body.decode() for name, body in told.files.items()}
    assert enclosed == {n: text for n, text in files(world).items() if n != "launch-plan.md"}
    assert [one.channel for one in world.channels.messages] == ["sales"]


def test_a_plan_that_no_font_can_print_says_so_before_it_is_signed() -> None:
    """Its letters stand among the reasons; it is delivered in the other forms."""
    world = shop()
    journey = begins(world, BRIEF.replace("Aurora 2", "Aurora 東京"))
    (lead, *_) = journey.record.ledger
    assert "no font has 東 京" in [one.value for one in lead.verdict.reasons]
    signed(journey)
    assert set(files(world)) == FORMS - {"launch-plan.pdf"}
    assert set(world.mail.to(BEN.address)[-1].files) == {"launch-plan.json", "launch-plan.ics"}


def test_a_long_plan_keeps_the_order_of_its_brief(world: World) -> None:
    """A tenth line is no second one, in what is signed and on the page of what was understood."""
    days = range(2, 14)
    steps = "".join(f"- Step {day}: {day} March 2027, owner Ana\n" for day in days)
    journey = begins(world, BRIEF.replace("- Launch day", f"{steps}- Launch day"))
    names = [one.name for one in lead(journey).plan.milestones]
    assert names == ["Press kit", *(f"Step {day}" for day in days), "Launch day"]
    page = at_work(world, BEN.address).page
    shown = [int(number) for number in re.findall(r"<dt>Milestone (\d+)", page)]
    assert shown == [*range(1, 15)]


def test_a_plan_with_gaps_cannot_be_approved_as_it_is(world: World) -> None:
    """An upload names nobody who could be asked: its page says what is open instead of offering
    what Act would refuse, and a form that says so all the same records nothing. Edited, it can."""
    text = BRIEF.replace("1 March 2027", "in spring")
    journey = Journey(world, accept(world, text.encode(), "e-1", "upload", "launch_plan"))
    journey.goes()
    browser = at_work(world, BEN.address)
    assert "It cannot be approved as it is" in browser.page
    assert "the plan leaves open: a date" in browser.page
    assert 'value="approve"' not in browser.page
    choice = f"choice-{journey.record.ledger[0].digest}"
    refused = browser.posts(browser.filled(**{choice: "approve"}))
    assert "This cannot be recorded: the plan leaves open: a date" in refused.body
    assert journey.record.pending
    assert not journey.record.pending.signatures
    edit = at_work(world, BEN.address, edit="1")
    dated = lead(journey).milestones.replace("?", "2027-03-01")
    assert "Your edit is recorded" in edit.posts(edit.fields(**{"field-milestones": dated})).body
    journey.answered()
    other = next(one for one in journey.record.pending.approvers if one.id != BEN.id)
    assert 'value="approve"' in at_work(world, other.address).page


def again(world: World, event: str, text: str) -> Journey:
    """The same system posts a later brief."""
    body = json.dumps({"sender": WRITER, "text": text}).encode()
    journey = Journey(world, accept(world, body, event, "webhook", "launch_plan"))
    journey.goes()
    return journey


def lead(journey: Journey) -> Delivery:
    """The plan that it wants delivered."""
    held = next(one for one in journey.record.ledger if one.action == DELIVER.id)
    return params_of(held, DELIVER)


def test_a_new_version_asks_only_about_what_changed(world: World) -> None:
    """Its request says the lines that are gone and new; a task is made for what moved alone; in the
    calendar the same events have a SEQUENCE that is one more. A brief that says what is in effect
    wants nothing, whoever brings it: lists in no language that we know are a brief too."""
    signed(begins(world))
    before = files(world)["launch-plan.ics"]
    uploaded = Journey(world, accept(world, BRIEF.encode(), "e-1", "upload", "launch_plan"))
    uploaded.goes()
    for same in (again(world, "e-2", BRIEF), uploaded):
        assert (same.record.ledger, same.record.job.status) == ((), "REJECTED")
    moved = again(world, "e-3", BRIEF.replace("3 May", "10 May"))
    records = moved.record.results["records"].as_(Records)
    assert FLOW.shows[DELIVER.id](lead(moved), records) == (
        Difference(
            name="milestones",
            before="Launch day | 2027-05-03 | Ana Costa | after: Press kit",
            after="Launch day | 2027-05-10 | Ana Costa | after: Press kit",
        ),
    )
    assert moved.statuses()["plan.deliver"] == "planned"
    assert [one.value for one in moved.record.ledger[0].verdict.reasons][1:] == ["milestones"]
    signed(moved)
    tasks = [one.fields["hs_task_subject"] for one in world.crm.all("tasks")]
    assert tasks == ["Press kit", "Launch day", "Launch day"]
    after = world.files.held[f"{_key(moved)}/launch-plan.ics"].decode()
    uids = [[line for line in text.split("\r\n") if line[:4] == "UID:"] for text in (before, after)]
    assert uids[0] == uids[1]
    assert (before.count("SEQUENCE:0"), after.count("SEQUENCE:1")) == (2, 2)


def _key(journey: Journey) -> str:
    return next(one.key for one in journey.record.ledger if one.action == DELIVER.id)


def test_what_was_taken_back_is_no_version_to_compare_with(world: World) -> None:
    """The next one is asked about as a whole; its number is one more all the same, since calendars
    have the first."""
    first = begins(world)
    signed(first)
    roll_back(world.deps, first.job_id, by="cleo", reason="the launch is off")
    Journey(world, first.job_id).goes()
    next_one = again(world, "e-2", BRIEF)
    assert lead(next_one).number == 2
    assert len(next_one.record.ledger[0].verdict.reasons) == 1


def test_of_two_versions_that_wait_one_is_delivered(world: World) -> None:
    """Whoever signs the second is not taken at the word of a number that somebody else has."""
    one, other = begins(world), again(world, "e-2", BRIEF.replace("3 May", "10 May"))
    assert (lead(one).number, lead(other).number) == (1, 1)
    signed(one)
    other.is_decided(Choice.APPROVE, by="ben")
    other.answered()
    assert other.statuses()["plan.deliver"] != "verified"


def test_a_rollback_takes_back_all_that_can_be(world: World) -> None:
    """Documents and tasks are gone; what was mailed and pushed is told and stays."""
    journey = begins(world)
    signed(journey)
    roll_back(world.deps, journey.job_id, by="cleo", reason="the launch is off")
    Journey(world, journey.job_id).goes()
    assert (files(world), world.crm.all("tasks")) == ({}, ())
    kept = {action for action, _, status in ledger(journey) if status == "kept"}
    assert kept == {"notify.documents", "notify.push"}


def test_gaps_are_asked_about_once_and_the_answer_is_read(world: World) -> None:
    """In the brief's language, one line for each; the answer goes on where it left off."""
    gaps = BRIEF.replace("1 March 2027, owner Ben Okafor", "in spring").replace(
        "5,000\n\n", "6,000"
    )
    journey = begins(world, gaps.replace("- Total: EUR 25,000", "- Total: EUR 26,000"))
    assert journey.statuses() == {"email.ask_sender": "verified"}
    (question,) = world.mail.to(WRITER)
    asked = [line for line in question.text.splitlines() if line.startswith("- ")]
    assert asked == [
        "- the date of “Press kit”",
        "- who owns “Press kit”",
        "- the right budget: the costs are 25,000.00 EUR, the total says 26,000.00 EUR",
    ]
    answer = "Press kit: 1 March 2027, owner Ben Okafor\nTotal: EUR 25,000"
    said = mail(answer, IN_THREAD, sender=WRITER, to=question.reply_to)
    Journey(world, accept(world, said, "e-2", "upload", "launch_plan")).goes()
    goes_on(world, journey)
    delivered = next(h for h in journey.record.ledger if h.action == "plan.deliver")
    assert delivered.status == "planned"
    assert "Press kit | 2027-03-01 | Ben Okafor" in delivered.content()["params"]["milestones"]


def test_a_name_keeps_its_commas() -> None:
    """Whatever stands before the colon of its day or sum; so does what names it as the first."""
    lines = (
        "# Fair",
        "## Milestones",
        "- Stands, lights and sound ready: 1 March 2027, owner Ben Okafor",
        "- The day after Easter: 30 March 2027, owner Ana, after: Stands, lights and sound ready",
        "- Doors open, 3 May 2027, owner: Ana, after: Tickets and stands, lights and sound ready",
        "## Budget",
        "- Paint, wood and glue: EUR 500",
    )
    brief = FLOW.read(Raw(body="\n".join(lines).encode(), door="upload", authserv_id=""))
    said = FLOW.offline(FLOW.prompt_text(brief))
    stands, easter = "Stands, lights and sound ready", "The day after Easter"
    assert [(one["name"], one["after"]) for one in said["milestones"]] == [
        (stands, []),
        (easter, [stands]),
        ("Doors open", ["Tickets", stands]),
    ]
    assert said["costs"][0]["item"] == "Paint, wood and glue"


def test_a_word_document_is_a_brief_like_any_other() -> None:
    """By its bytes, whatever it is called; one that cannot be read says what to do."""
    lines = (
        paragraph("Aurora 2", '<w:pStyle w:val="Title"/>'),
        paragraph("Milestones", '<w:pStyle w:val="Heading1"/>'),
        paragraph("Press kit: 1 March 2027, owner Ben Okafor", "<w:numPr/>"),
    )
    brief = FLOW.read(Raw(body=docx("".join(lines)), door="upload", authserv_id=""))
    said = FLOW.offline(FLOW.prompt_text(brief))
    assert (said["title"]["value"], said["milestones"][0]["name"]) == ("Aurora 2", "Press kit")
    with pytest.raises(Quarantined, match="Upload the brief as text"):
        FLOW.read(Raw(body=b"PK\x03\x04", door="upload", authserv_id=""))
