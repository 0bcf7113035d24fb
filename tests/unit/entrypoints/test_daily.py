"""What ended with nothing done is on its owner's list of the next working morning."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from countersign.domain.approvals.approval import Choice
from countersign.domain.errors import Throttled
from countersign.entrypoints.execution_events import record_end
from countersign.entrypoints.tick import tick
from countersign.jobs.cases import take_out
from countersign.reporting.daily import MOST
from infra.cli.daily import gather
from tests.answers import mail
from tests.fakes.journey import Journey, accept, form
from tests.fakes.world import World
from workflows import WORKFLOWS

OWNER = "operations@countersign.example"
"""Nobody has the role of the workflow's owner: whoever is named for cases is told."""
AWAY = mail(
    "I am away until Monday.",
    "Auto-Submitted: auto-replied",
    "Return-Path: <>",
    "Precedence: bulk",
    "List-Id: <news.fern.example>",
    sender="bo@fern.example",
)


@pytest.fixture
def world() -> World:
    return World(WORKFLOWS["lead_intake"].offline)


def dismissed(world: World, number: int = 1) -> Journey:
    """A machine's mail, which nobody reads."""
    journey = Journey(world, accept(world, AWAY, f"e-{number}", door="upload"))
    journey.goes()
    assert journey.record.job.status == "REJECTED"
    return journey


def morning_comes(world: World, days: int = 1) -> None:
    """`tick` runs now, and when so many days have passed."""
    tick(world.deps)
    world.clock.passes(seconds=days * 86_400)
    tick(world.deps)


def lists(world: World) -> list[str]:
    """The mails with a list, as text."""
    return [one.text for one in world.mail.sent if "set aside" in one.subject]


def test_what_was_dismissed_is_listed_with_the_way_to_take_it_up(world: World) -> None:
    """Who wrote, the subject, why it ended, and the page on which it is taken up; once."""
    journey = dismissed(world)
    tick(world.deps)
    assert lists(world) == []
    morning_comes(world)
    (text,) = lists(world)
    assert "written by a machine" in text
    assert "Broken lamp" in text
    assert f"/approvals/jobs/{journey.job_id}" in text
    assert journey.record.due == {}
    morning_comes(world)
    assert len(lists(world)) == 1


def test_all_of_a_workflow_are_in_one_mail_with_their_number(world: World) -> None:
    """However many: the mail names the first, and says how many there are."""
    for number in range(MOST + 2):
        dismissed(world, number)
    morning_comes(world)
    (sent,) = [one for one in world.mail.sent if "set aside" in one.subject]
    assert sent.subject == f"Lead intake: {MOST + 2} messages set aside"
    assert sent.text.count("/approvals/jobs/") == MOST
    assert "2 more messages" in sent.text


@pytest.mark.parametrize(("days", "mails"), [(1, 0), (2, 0), (3, 1)])
def test_nobody_is_told_on_a_weekend(world: World, days: int, mails: int) -> None:
    """Friday's list comes on Monday."""
    weekday = world.clock.now().weekday()
    world.clock.passes(seconds=(4 - weekday) % 7 * 86_400)
    dismissed(world)
    morning_comes(world, days)
    assert len(lists(world)) == mails


def test_a_second_message_that_joined_is_listed(world: World) -> None:
    """Its job is COMPLETED and did nothing: its owner may see that it was heard elsewhere."""
    first = Journey(world, accept(world, form(), "e-1"))
    first.goes()
    second = Journey(world, accept(world, form(), "e-2"))
    second.goes()
    assert second.record.audit[-1].event == "joined"
    morning_comes(world)
    (text,) = lists(world)
    assert f"joined {first.job_id}" in text
    assert re.findall("/approvals/jobs/([a-z0-9-]+)", text) == [second.job_id]


def broken_form(world: World, number: int = 1) -> Journey:
    """A form without what its contract asks for: a case."""
    journey = Journey(world, accept(world, b'{"name": "Ida"}', f"broken-{number}"))
    journey.goes()
    assert journey.record.job.status == "ESCALATED"
    return journey


def test_broken_forms_are_listed_apart_while_their_cases_are_open(world: World) -> None:
    """With the fields' names and a number of their own, beside what was set aside; once."""
    dismissed(world)
    first, second = broken_form(world), broken_form(world, 2)
    take_out(world.deps, second.job_id, "done", by="kim", words="entered by hand", facts={})
    morning_comes(world)
    (sent,) = [one for one in world.mail.sent if "set aside" in one.subject]
    assert sent.subject == "Lead intake: 1 message set aside, 1 broken form"
    below = sent.text.partition("broke their contract")[2]
    assert ("email" in below, first.job_id in below) == (True, True)
    assert second.job_id not in sent.text
    morning_comes(world)
    assert [one["job_id"] for one in gather(world.deps, days=9) if "email" in one["reason"]] == [
        first.job_id
    ]
    assert "daily" not in first.record.due


@pytest.mark.control
def test_control_what_did_something_is_on_no_list(world: World) -> None:
    """A list of everything would be read by nobody."""
    journey = Journey(world, accept(world, form()))
    journey.goes()
    if journey.record.pending:
        journey.is_decided(Choice.APPROVE)
        journey.answered()
    assert journey.record.job.status == "COMPLETED"
    morning_comes(world)
    assert lists(world) == []


def test_what_a_person_took_up_meanwhile_is_not_listed(world: World) -> None:
    """It is at work again: its row is settled without a word."""
    journey = dismissed(world)
    tick(world.deps)
    take_out(world.deps, journey.job_id, "resume", by="kim", words="a person wrote it", facts={})
    morning_comes(world)
    assert lists(world) == []
    assert "daily" not in journey.record.due


def test_a_list_that_has_no_turn_comes_later(world: World) -> None:
    """The provider asks for patience: the rows stay, and nobody is told twice."""
    dismissed(world)
    tick(world.deps)
    world.clock.passes(seconds=86_400)
    world.mail.fails_with(Throttled("slowly"))
    tick(world.deps)
    assert lists(world) == []
    world.clock.passes(minutes=5)
    tick(world.deps)
    assert len(lists(world)) == 1


def test_an_execution_that_was_killed_leaves_a_case_that_is_watched(world: World) -> None:
    """Nobody opened one: `tick` does, mails it, and goes on watching it."""
    job_id = accept(world, form())
    assert record_end(world.deps, job_id, job_id, "ABORTED")
    tick(world.deps)
    record = world.store.load(job_id)
    assert record.case
    assert (record.job.status, record.case.owner) == ("FAILED", "sales-ops")
    world.clock.passes(minutes=1)
    tick(world.deps)
    assert [one.subject[:5] for one in world.mail.sent] == ["Case:"]
    assert "overdue" in world.store.load(job_id).due
    world.clock.passes(seconds=timedelta(days=3).total_seconds())
    tick(world.deps)
    assert "Overdue" in world.mail.sent[-1].subject


def test_the_command_lists_the_same_without_a_mail(world: World) -> None:
    """What was set aside in so many days, with what it is about; nothing that did something."""
    journey = dismissed(world)
    Journey(world, accept(world, form())).goes()
    (found,) = gather(world.deps, days=1)
    assert (found["job_id"], found["about"]["Subject"]) == (journey.job_id, "Broken lamp")
    world.clock.passes(seconds=2 * 86_400)
    assert gather(world.deps, days=1) == []
