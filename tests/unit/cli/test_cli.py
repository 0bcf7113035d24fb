"""The countersign command: what it prints, and how it ends."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from contextlib import redirect_stdout
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from typer import BadParameter
from typer.completion import shell_complete
from typer.main import get_command

from countersign.domain.jobs.job import Status
from countersign.jobs.originals import TOLD
from countersign.runtime.settings import Settings
from infra.cli.main import app
from infra.cli.show import _flat
from infra.cli.submit import UnreachableError
from infra.cli.target import TargetError, local, variables
from infra.settings import ROOT
from tests.fakes.journey import Journey, accept, form
from tests.unit.cli.terminal import Terminal
from workflows import WORKFLOWS

EVENT = ROOT / "events/01-web-form-complete/event.json"


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(capsys)


def test_jobs_are_listed_with_who_they_wait_for(terminal: Terminal) -> None:
    """The list has every job, its status, and whose turn it is."""
    listed = terminal.json("jobs")["jobs"]
    assert [(one["job_id"], one["status"]) for one in listed] == [(terminal.job, "ESCALATED")]
    assert "sales-ops" in listed[0]["waits_for"]
    assert terminal.json("jobs", "--status", "COMPLETED") == {"jobs": []}


def test_a_job_is_told_as_a_story(terminal: Terminal) -> None:
    """`show` tells who did what, and whether the record is intact."""
    code, out, _ = terminal.types("show", terminal.job)
    assert code == 0
    assert "The message was read and checked" in out
    assert "audit entries, intact" in out


@pytest.mark.parametrize("command", ["show", "explain"])
def test_who_has_a_job_told_stands_in_its_trail_once_a_day(
    terminal: Terminal, command: str
) -> None:
    """At a terminal as on its page: a customer's words are read by nobody unseen."""
    for _ in range(2):
        assert terminal.types(command, terminal.job)[0] == 0
    told = [one for one in terminal.world.store.load(terminal.job).audit if one.event == TOLD]
    assert [one.actor for one in told] == ["operator"]
    terminal.world.clock.passes(days=1)
    assert terminal.types(command, terminal.job)[0] == 0
    assert sum(one.event == TOLD for one in terminal.world.store.load(terminal.job).audit) == 2


def test_a_job_is_told_with_what_came_and_what_was_understood(terminal: Terminal) -> None:
    """`show` prints the message with its lines, the facts, and why each action was asked, by the
    beginning of the id too; a beginning that no job has, or a short one, is refused."""
    whole = terminal.types("show", terminal.job)[1]
    for told in (
        "The message",
        "Our budget is 12,500 EUR",
        "Understood",
        "Hafenwerk Logistik GmbH",
    ):
        assert told in " ".join(whole.split())
    assert terminal.types("show", terminal.job[:10])[1] == whole
    assert terminal.types("show", "j-nothing-of-that")[0] == 1
    assert terminal.types("show", terminal.job[:5])[0] == 1


def test_a_job_that_asks_says_why(terminal: Terminal) -> None:
    """Each reason in its own sentence, beside the action that needs the signature."""
    again = form(email="ada@other.example", country="Germany")
    journey = Journey(terminal.world, accept(terminal.world, again, event="evt-2"))
    assert journey.goes() == "Ask"
    told = " ".join(terminal.types("show", journey.job_id)[1].split())
    assert "asked: Nobody vouches that the sender is who they say" in told


def test_a_list_says_whom_a_job_is_about_and_what_it_left_out(terminal: Terminal) -> None:
    """Names and sums are found by a search; what a limit cuts is counted aside; a table fits 80
    columns whatever stands in it."""
    again = form(email="ada@other.example", name="Ada Quill", company="", country="Germany")
    Journey(terminal.world, accept(terminal.world, again, event="evt-2")).goes()
    terminal.forgets()
    (only,) = terminal.json("jobs", "--search", "ada quill")["jobs"]
    assert only["about"].startswith("Ada Quill")
    assert len(terminal.json("jobs", "--search", "12,500.00 EUR")["jobs"]) == 2
    assert terminal.json("jobs", "--search", "nobody of that name")["jobs"] == []
    code, out, err = terminal.types("jobs", "--limit", "1")
    assert (code, err) == (0, "1 more: --limit 2 lists them.\n")
    assert max(map(len, out.splitlines())) <= 80


def test_a_job_as_json_has_the_published_keys(terminal: Terminal) -> None:
    """`show --json` is what the page's JSON is."""
    data = terminal.json("show", terminal.job)
    assert list(data)[:3] == ["job_id", "workflow", "status"]


def test_a_case_can_be_closed_with_words(terminal: Terminal) -> None:
    """Closing a case ends the job and keeps who said why."""
    data = terminal.json("case", terminal.job, "close", "--words", "not our market", "--by", "kim")
    assert data["status"] == "REJECTED"
    assert (data["case"]["resolution"]["by"], data["reason"]) == ("kim", "not our market")


def test_a_case_without_words_stays_open(terminal: Terminal) -> None:
    """An end by hand needs words: exit code 1 with what is missing and the option for it."""
    for way, missing in (("done", "evidence of what was done"), ("close", "a reason")):
        said = f"case {way} needs {missing}: give it with --words\n"
        assert terminal.types("case", terminal.job, way, "--by", "kim") == (1, "", said)
    assert terminal.journey.record.job.status is Status.ESCALATED


def test_a_case_is_resumed_with_corrected_facts(terminal: Terminal) -> None:
    """Facts that a person sets are in the job, and a new execution is started."""
    data = terminal.json("case", terminal.job, "resume", "--by", "kim", "--set", "country=DE")
    assert data["facts"]["country"]["value"] == "DE"
    assert data["reason"] == ""
    assert terminal.world.executions.started == [(f"{terminal.job}-2", terminal.job)]


@pytest.mark.parametrize(
    "words",
    [
        ("case", "JOB", "close", "--by", "kim", "--words", "x", "--set", "a=b"),
        ("case", "JOB", "resume", "--by", "kim", "--set", "country"),
        ("case", "JOB", "burn", "--by", "kim"),
        ("case", "JOB", "resume"),
        ("jobs", "--status", "NONSENSE"),
        ("submit", "no-such-file.json", "--workflow", "lead_intake"),
        ("nonsense",),
    ],
)
def test_wrong_use_is_two(terminal: Terminal, words: tuple[str, ...]) -> None:
    """What cannot be meant ends with 2 and changes nothing."""
    code, _, complaint = terminal.types(*(terminal.job if w == "JOB" else w for w in words))
    assert code == 2
    assert complaint
    assert terminal.journey.record.job.status is Status.ESCALATED


def test_an_unknown_job_is_one_line(terminal: Terminal) -> None:
    """A job that does not exist ends with 1 and one line that says where to look."""
    said = (1, "", "no such job: see `countersign jobs`\n")
    assert terminal.types("show", "j-nothing") == said
    assert terminal.types("case", "j-nothing", "resume", "--by", "kim") == said


@pytest.mark.parametrize("way", ["resume", "done", "close"])
def test_a_case_is_ended_only_by_somebody_who_may(terminal: Terminal, way: str) -> None:
    """Not whom the directory does not know, nor whose role it is not: exit code 1, no change."""
    for who, why in (("nobody-at-all", "not in the directory"), ("ana", "operations, sales-ops")):
        code, _, said = terminal.types("case", terminal.job, way, "--by", who, "--words", "x")
        assert (code, why in said) == (1, True)
    assert terminal.journey.record.job.status is Status.ESCALATED


def test_the_target_is_chosen_per_command(terminal: Terminal) -> None:
    """`--target aws --stage prod` works on that stage."""
    terminal.types("jobs", "--target", "aws", "--stage", "prod")
    assert terminal.chosen == [("aws", "prod")]


def test_a_silent_target_is_two(terminal: Terminal) -> None:
    """When nothing answers at the address, the command says so and ends with 2."""
    terminal.silent = UnreachableError("Nothing answers at http://127.0.0.1:1.")
    assert terminal.types("jobs") == (2, "", "Nothing answers at http://127.0.0.1:1.\n")


def test_without_a_running_cloud_it_says_how_to_start(tmp_path: Path) -> None:
    """No `.local/env`, no local cloud: the message names the command."""
    with pytest.raises(TargetError, match="make run"):
        local(tmp_path / "env")


def test_the_outputs_become_settings() -> None:
    """Each output that a command needs goes under the name that the functions read."""
    named = ("JobsTable", "PayloadsBucket", "UploadsBucket", "IntakeQueueUrl", "StateMachineArn")
    outputs = {name: name.lower() for name in named}
    settings = Settings.of(variables(outputs))
    assert (settings.jobs_table, settings.state_machine_arn) == ("jobstable", "statemachinearn")


def test_a_terminal_never_obeys_text_from_outside() -> None:
    """Control characters of a message do not reach the terminal."""
    assert _flat("a\x1b[2Jb\nc") == "a [2Jb c"


def test_workflows_are_listed_with_who_answers_for_them(terminal: Terminal) -> None:
    """Owner, tiers with hours, actions with versions, policy, connectors, stages; in 80 columns."""
    listed = {one["id"]: one for one in terminal.json("workflows")["workflows"]}
    assert sorted(listed) == sorted(WORKFLOWS)
    refund = listed["refund_request"]
    assert (refund["owner"], refund["connectors"]) == ("payments-ops", ["payments"])
    assert [tier["role"] for tier in refund["tiers"]] == ["refunds", "refunds-lead"]
    assert refund["actions"]["payments.refund"] == 1
    assert refund["scope"]["takes"] == ["customers who ask for money back for an order of theirs"]
    assert refund["policy"] == WORKFLOWS["refund_request"].policy.version
    code, out, _ = terminal.types("workflows", "--stage", "dev")
    assert code == 0
    assert max(map(len, out.splitlines())) <= 80
    assert "refunds (8 h), then refunds-lead (8 h)" in out
    assert "owner       payments-ops (Payments operations)" in out
    assert "takes       customers who ask for money back" in out


@pytest.mark.parametrize(
    "words", [("jobs",), ("submit", str(EVENT)), ("try", str(EVENT))], ids=lambda words: words[0]
)
def test_a_workflow_that_there_is_not_is_refused_with_those_that_there_are(
    terminal: Terminal, words: tuple[str, ...]
) -> None:
    """Exit code 2, the known ones, and the nearest."""
    name = ("lead_intak",) if words[0] == "try" else ("--workflow", "lead_intak")
    code, _, complaint = terminal.types(words[0], *name, *words[1:])
    said = " ".join(complaint.replace("│", " ").split())
    assert code == 2
    assert f"there is no workflow lead_intak; there are {', '.join(sorted(WORKFLOWS))}" in said
    assert "did you mean lead_intake?" in said
    assert terminal.chosen == []


def test_jobs_of_one_workflow_are_listed_alone(terminal: Terminal) -> None:
    """`jobs --workflow` leaves the others out."""
    (only,) = terminal.json("jobs", "--workflow", "lead_intake")["jobs"]
    assert only["job_id"] == terminal.job
    assert terminal.json("jobs", "--workflow", "refund_request") == {"jobs": []}


def _commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, command in getattr(group, "commands", {}).items():
        below = tuple(_commands(command, (*path, name)))
        yield from below or (((*path, name), command),)


@cache
def commands() -> tuple[tuple[tuple[str, ...], Any], ...]:
    """All of them, with their words."""
    return tuple(_commands(get_command(app)))


def _fault(path: tuple[str, ...], command: Any, told: str) -> str:
    """What is wrong with the example in a command's help; empty: it could be typed."""
    found = re.search(r"Example: countersign (.+?)(?:\. |\.?\n|\.?$)", told)
    words = shlex.split(found[1].partition(" > ")[0]) if found else []
    if tuple(words[: len(path)]) != path:
        return f"no example of {' '.join(path)}"
    try:
        command.make_context(path[-1], words[len(path) :])
    except BadParameter as wrong:
        told = wrong.format_message()
        return "" if "does not exist" in told else told  # a file of whoever types it
    return ""


def test_every_help_has_an_example_that_can_be_typed() -> None:
    """With all that the command needs, and nothing that it does not know."""
    faults = {" ".join(path): _fault(path, one, one.help or "") for path, one in commands()}
    assert len(faults) > 50
    assert {command: fault for command, fault in faults.items() if fault} == {}


@pytest.mark.control
@pytest.mark.parametrize("told", ["", "Example: countersign move j-1", "Example: countersign show"])
def test_control_a_missing_or_broken_example_is_seen(told: str) -> None:
    """No example, one without what is required, and another command's."""
    (move,) = (command for path, command in commands() if path == ("move",))
    assert _fault(("move",), move, told)


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("countersign su", {"submit", "suppression"}),
        ("countersign people ", {"list", "link", "set"}),
        ("countersign jobs --sea", {"--search"}),
        ("countersign jobs --status REJ", {"REJECTED"}),
    ],
)
def test_the_shell_completes_commands_options_and_values(
    monkeypatch: pytest.MonkeyPatch, typed: str, offered: set[str]
) -> None:
    """What the script that `--install-completion` puts into the shell asks for, and gets."""
    words = typed.split(" ")
    monkeypatch.setenv("_TYPER_COMPLETE_ARGS", typed)
    monkeypatch.setenv("COMP_WORDS", typed)
    monkeypatch.setenv("COMP_CWORD", str(len(words) - 1))
    out = StringIO()
    with redirect_stdout(out):
        told = shell_complete(
            get_command(app), {}, "countersign", "_COUNTERSIGN_COMPLETE", "complete_bash"
        )
    assert told == 0
    assert offered <= set(out.getvalue().split())
