"""`countersign cases`: what people made of jobs becomes cases, one by one, without anybody real."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from countersign.domain.approvals.approval import Choice
from countersign.domain.releases.cases import read_case
from countersign.domain.workflow import Ours
from countersign.extraction.invented import invented
from infra.cli.candidates.drawn import instead
from infra.cli.evaluate.inputs import given_of, subject_of_case
from tests.fakes.world import BEN
from tests.unit.approvals.test_approval_edit import at_work
from tests.unit.cli.terminal import Terminal
from tests.unit.cli.test_cli_evaluate import asks
from tests.unit.steps import refunds
from tests.unit.steps.test_launch_plan import begins, shop, signed
from tests.unit.workflows.bench import Bench
from tests.unit.workflows.case_files import check
from workflows import WORKFLOWS

HERE = Ours(frozenset({"example.com"}), frozenset({"forms@example.com"}))
THEIRS = Ours(frozenset({"acme.com"}), frozenset({"web@acme.com"}))
FLOW = WORKFLOWS["refund_request"]


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str]) -> Terminal:
    """Two refunds that somebody rejected, and one that waits."""
    made = Terminal(capsys)
    made.world = refunds.world()
    for order in ("1045", "1046"):
        journey = asks(made.world, order)
        asked = journey.record.pending
        assert asked
        refunds.signs(made.world, journey, asked.approvers[0].id, Choice.REJECT)
    asks(made.world, "1047")
    made.forgets()
    return made


@pytest.fixture
def into(tmp_path: Path) -> Path:
    """Where the workflows' folders are."""
    (tmp_path / "refund_request" / "cases").mkdir(parents=True)
    return tmp_path


def test_a_rejection_becomes_a_case_that_the_tests_run(terminal: Terminal, into: Path) -> None:
    """What the model said, what the person said, and why; nobody real in it; green as it is."""
    place = ("--into", str(into))
    shown = terminal.json("cases", "review", "refund_request", *place)
    assert shown["left"] == 2
    assert {one["how"] for one in shown["people"]} == {"rejected"}
    assert {one["why"] for one in shown["people"]} == {"not this one"}
    text = terminal.types("cases", "review", "refund_request", *place)[1]
    assert "everybody in it invented" in text
    assert refunds.ADA not in text.split("Invented:")[0]
    words = ("cases", "keep", "refund_request", shown["candidate"], "--name", "not-this-one")
    said = terminal.json(*words, "--by", "ines", *place)
    assert said["red"] == []
    file = into / "refund_request" / "cases" / "not-this-one.json"
    assert refunds.ADA not in file.read_text()
    case = read_case(file.name, file.read_text())
    check(Bench(FLOW), case)
    subject = subject_of_case(FLOW, "c", case, scripted=False)
    assert {one.why for one in subject.objections.values()} == {"not this one"}
    assert given_of(FLOW, case).text
    assert terminal.types(*words, "--by", "ines", *place)[0] == 1


def test_what_was_merged_or_dropped_is_not_shown_again(terminal: Terminal, into: Path) -> None:
    """Each is looked at once, by everybody who has the folder."""
    place = ("--into", str(into))
    first = terminal.json("cases", "review", "refund_request", *place)["candidate"]
    words = ("refund_request", first)
    terminal.types("cases", "keep", *words, "--name", "a-case", "--by", "ines", *place)
    second = terminal.json("cases", "review", "refund_request", *place)["candidate"]
    words = ("refund_request", second)
    assert terminal.types("cases", "merge", *words, "none", "--by", "ines", *place)[0] == 1
    assert terminal.types("cases", "merge", *words, "a-case", "--by", "ines", *place)[0] == 0
    file = into / "refund_request" / "cases" / "a-case.json"
    assert len(json.loads(file.read_text())["people"]) >= 1
    assert terminal.json("cases", "review", "refund_request", *place)["left"] == 0
    assert "Nothing to look at" in terminal.types("cases", "review", "refund_request", *place)[1]


def test_who_is_still_named_is_replaced_and_what_shows_nothing_is_dropped(
    terminal: Terminal, into: Path, tmp_path: Path
) -> None:
    """Out of an export too; only who is in the directory makes cases of a stage's jobs."""
    export = tmp_path / "jobs.jsonl"
    terminal.types("export", str(export), "--by", "ines")
    place = ("--into", str(into), "--jobs", str(export))
    shown = terminal.json("cases", "review", "refund_request", *place, "--replace", "lamp=vase")
    assert "vase" in json.dumps(shown["input"])
    words = ("refund_request", shown["candidate"])
    assert terminal.types("cases", "review", "refund_request", *place, "--replace", "x")[0] == 2
    odd = ("--name", "Odd Name", "--by", "ines")
    assert terminal.types("cases", "keep", *words, *odd, *place)[0] == 2
    stranger = ("--name", "a", "--by", "x", "--into", str(into))
    assert terminal.types("cases", "keep", *words, *stranger)[0] == 1
    assert terminal.types("cases", "drop", *words, "--why", "a matter of taste", *place)[0] == 0
    noted = (into / "refund_request" / "cases" / "reviewed.txt").read_text()
    assert noted == f"{shown['candidate']} dropped: a matter of taste\n"
    assert terminal.json("cases", "review", "refund_request", *place)["left"] == 1


@pytest.mark.parametrize(
    ("stage", "read"),
    [
        (THEIRS, "person2@example.com, forms@example.com, person3@company2.example"),
        (Ours(), "person1@company1.example, person2@company1.example, person3@company2.example"),
    ],
)
def test_what_is_ours_in_a_stage_is_ours_in_its_cases(stage: Ours, read: str) -> None:
    """They are judged in the local one: a colleague and a form of a company's own stage stay what
    rules know as ours. Control: a stage that does not know them makes strangers of them."""
    people = invented([])
    people.domains.update(instead(stage, HERE))
    assert people.text("kim@acme.com, web@acme.com, lou@other.com") == read


def test_a_plan_that_was_edited_is_a_case_of_what_somebody_typed(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Of the list that they changed and of nothing that only followed from it: tasks, mails and
    the print run by themselves, and the case is green as it is. A plan that was signed as it came
    is none."""
    terminal = Terminal(capsys)
    terminal.world = shop()
    into = tmp_path / "launch_plan" / "cases"
    into.mkdir(parents=True)
    place = ("launch_plan", "--into", str(tmp_path))
    journey = begins(terminal.world)
    browser = at_work(terminal.world, BEN.address, edit="1")
    shown = browser.fields()
    moved = shown["field-milestones"].replace("2027-05-03", "2027-05-10")
    assert browser.posts(shown | {"field-milestones": moved}).status == 200
    journey.answered()
    journey.is_decided(Choice.APPROVE, by="ana")
    journey.answered()
    terminal.forgets()
    found = terminal.json("cases", "review", *place)
    (told,) = found["people"]
    assert (told["how"], told["what"]) == ("edited", "plan.deliver milestones")
    assert ("2027-05-03" in told["model"], "2027-05-10" in told["person"]) == (True, True)
    words = (found["candidate"], "--name", "a-week-later", "--by", "cleo")
    kept = terminal.json("cases", "keep", place[0], *words, *place[1:])
    assert kept["red"] == []
    text = (into / "a-week-later.json").read_text()
    assert (BEN.name in text, "a-week-later" in (into / "reviewed.txt").read_text()) == (
        False,
        True,
    )
    check(Bench(WORKFLOWS["launch_plan"]), read_case("a-week-later.json", text))
    terminal.world = shop()
    signed(begins(terminal.world))
    terminal.forgets()
    nobody_looked = ("launch_plan", "--into", str(tmp_path / "another"))
    assert terminal.json("cases", "review", *nobody_looked)["left"] == 0
