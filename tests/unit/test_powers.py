"""Edits, questions, cases and rollbacks by every route: whatever its judge refuses is not done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from countersign.domain.jobs.change import JobRecord
from tests.fakes.journey import Journey
from tests.fakes.world import ANA, BEN, KIM, World
from tests.unit.approvals.test_approval_edit import NEW, TEXT, asked_job, at_work
from tests.unit.approvals.test_approval_question import QUESTION
from tests.unit.cli.terminal import Terminal
from tests.unit.portal.test_job_page import opened as job_page
from tests.unit.portal.test_job_page import order
from tests.unit.steps.test_rollback import WHY, done
from tests.unit.web.member import MemberBrowser
from workflows.lead_intake.contract import LeadInput

Spoils = Callable[[World, Journey], None]


@dataclass
class Stage:
    """A world, its job, and somebody's last step at a route."""

    world: World
    journey: Journey
    goes: Callable[[], object]

    @property
    def record(self) -> JobRecord:
        return self.journey.record


def case_page(capsys: pytest.CaptureFixture[str]) -> Stage:
    """Kim closes a case on its page."""
    terminal = Terminal(capsys)
    kim = MemberBrowser(terminal.world).signs_in(KIM.address)
    path = f"/approvals/cases/{terminal.job}"
    kim.opens(path)
    sent = {**kim.hidden(), "way": "close", "words": "why not", "code": kim.code()}
    return Stage(terminal.world, terminal.journey, lambda: kim.posts(path, sent))


def case_command(capsys: pytest.CaptureFixture[str]) -> Stage:
    """Kim closes a case at the command line."""
    terminal = Terminal(capsys)
    words = ("case", terminal.job, "close", "--by", "kim", "--words", "why not")
    return Stage(terminal.world, terminal.journey, lambda: terminal.types(*words))


def rollback_page(_: pytest.CaptureFixture[str]) -> Stage:
    """Ana undoes a job on its page."""
    world, journey, ana, path = job_page()
    sent = order(ana)
    return Stage(world, journey, lambda: ana.posts(path, sent))


def rollback_command(capsys: pytest.CaptureFixture[str]) -> Stage:
    """Ana undoes a job at the command line."""
    terminal = Terminal(capsys)
    terminal.world, terminal.journey = done()
    words = ("rollback", terminal.job, "--by", "ana", "--reason", WHY, "--yes")
    return Stage(terminal.world, terminal.journey, lambda: terminal.types(*words))


def rerun_command(capsys: pytest.CaptureFixture[str]) -> Stage:
    """Ana runs a job again at the command line."""
    terminal = Terminal(capsys)
    terminal.world, terminal.journey = done()
    words = ("rerun", terminal.job, "--from", "look", "--by", "ana", "--reason", WHY, "--yes")
    return Stage(terminal.world, terminal.journey, lambda: terminal.types(*words))


def edit_by_link(_: pytest.CaptureFixture[str]) -> Stage:
    """Ben edits the reply."""
    world, journey = asked_job()
    ben = at_work(world, BEN.address, edit="1")
    sent = ben.fields(**{TEXT: NEW})
    return Stage(world, journey, lambda: ben.posts(sent))


def question_by_link(_: pytest.CaptureFixture[str]) -> Stage:
    """Ben asks back."""
    world, journey = asked_job()
    ben = at_work(world, BEN.address, question="new")
    sent = ben.fields(text=QUESTION)
    return Stage(world, journey, lambda: ben.posts(sent))


def leaves(world: World, _: Journey) -> None:
    for person in (ANA, BEN, KIM):
        world.people.leaves(person)


def loses_the_role(world: World, _: Journey) -> None:
    for person in (ANA, KIM):
        world.people.becomes(person, roles=("warehouse",))


def asked_for_it(world: World, journey: Journey) -> None:
    sender = journey.record.results["input"].as_(LeadInput).sender
    for person in (ANA, KIM):
        world.people.becomes(person, person=person.model_copy(update={"address": sender}))


def not_asked(world: World, journey: Journey) -> None:
    _changed(world, journey, approvers=(ANA,))


def replaced(world: World, journey: Journey) -> None:
    _changed(world, journey, superseded=True)


def _changed(world: World, journey: Journey, **update: object) -> None:
    held = journey.record
    approvals = {k: one.model_copy(update=update) for k, one in held.approvals.items()}
    world.store.put(replace(held, approvals=approvals))


BY_ROLE: dict[str, Spoils] = {
    "left": leaves,
    "lost the role": loses_the_role,
    "asked for it": asked_for_it,
}
BY_REQUEST: dict[str, Spoils] = {"left": leaves, "not asked": not_asked, "replaced": replaced}
ROUTES: dict[str, tuple[Callable[[pytest.CaptureFixture[str]], Stage], dict[str, Spoils]]] = {
    "case page": (case_page, BY_ROLE),
    "case command": (case_command, BY_ROLE),
    "rollback page": (rollback_page, BY_ROLE),
    "rollback command": (rollback_command, BY_ROLE),
    "rerun command": (rerun_command, BY_ROLE),
    "edit": (edit_by_link, BY_REQUEST),
    "question": (question_by_link, BY_REQUEST),
}


@pytest.mark.parametrize("route", ROUTES)
def test_each_route_works_for_who_may(route: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Control for the refusals: unspoilt, the same step changes the job."""
    stage = ROUTES[route][0](capsys)
    before = stage.record.job.version
    stage.goes()
    assert stage.record.job.version > before


@pytest.mark.parametrize(
    ("route", "why"), [(route, why) for route, (_, spoils) in ROUTES.items() for why in spoils]
)
def test_no_route_avoids_its_judge(
    route: str, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Left, without the role, the requester, not asked any more: with the page open and the form
    filled in, nothing changes."""
    stage = ROUTES[route][0](capsys)
    ROUTES[route][1][why](stage.world, stage.journey)
    before = stage.record
    stage.goes()
    assert stage.record == before
