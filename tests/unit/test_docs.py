"""What the documents say is so: commands exist, files exist, pictures show the present pages."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Sequence
from enum import Enum
from functools import lru_cache
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer._click.exceptions import UsageError
from typer.core import TyperGroup
from typer.main import get_command

from countersign.domain.jobs.handing import AGENT_ACTIONS, CLOSED
from infra.bench.figures import COMMITTED, known, published
from infra.bench.pictures import STAMP, digest
from infra.cli.main import app
from infra.local.front.samples import samples
from infra.local.player.played import Played, verdict
from workflows import WORKFLOWS

ROOT = Path(__file__).parents[2]
DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "DECISIONS.md", "functions/workflows/README.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
COMMAND = re.compile(
    r"(?:^\$ |`)((?:make|\.venv/bin/countersign|countersign) [^`\n]*)", re.MULTILINE
)
LINK = re.compile(r"\]\(([^)#]+)\)")
SHOWN_EVENT = re.compile(r"^✓ (\S+) (\w+) ", re.MULTILINE)


def commands() -> Iterator[tuple[str, str]]:
    """Every command that a document tells somebody to run, with the document's name."""
    for document in DOCUMENTS:
        for found in COMMAND.finditer(document.read_text()):
            yield document.name, found[1]


def targets() -> set[str]:
    """What the Makefile can make."""
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def variables() -> set[str]:
    """What the Makefile reads and somebody may set on the command line."""
    text = (ROOT / "Makefile").read_text()
    fixed = re.findall(r"^([A-Z]+) *:?= ", text, re.MULTILINE)
    return set(re.findall(r"\$\((?:if \$\()?([A-Z]+)\)", text)) - set(fixed)


def wrong(command: str) -> str:
    """What is wrong with a command; empty when it would run."""
    words = shlex.split(command.replace("…", ""))
    return wrong_make(words[1:]) if words[0] == "make" else wrong_countersign(words[1:])


def wrong_make(words: Sequence[str]) -> str:
    """A word that is no target, or sets a variable that the Makefile never reads."""
    named = {word for word in words if "=" not in word}
    given = {word.partition("=")[0] for word in words if "=" in word}
    missing = (named - targets()) | (given - variables())
    return f"the Makefile has no {sorted(missing)}" if missing else ""


@lru_cache
def parser() -> Any:
    """The command line, whose making takes a hundred times as long as its use."""
    return get_command(app)


def wrong_countersign(words: Sequence[str]) -> str:
    """A sub-command, an option, a choice or an argument too many that the parser refuses.

    Documents leave out what is required where it does not matter: that alone is let pass.
    """
    command = parser()
    left = list(words)
    while isinstance(command, TyperGroup):
        name = left.pop(0) if left else ""
        if name not in command.commands:
            return f"countersign has no command {name!r}"
        command = command.commands[name]
    context = command.context_class(command, info_name=command.name)
    try:
        values, extra, _ = command.make_parser(context).parse_args(left)
    except UsageError as refused:
        return refused.format_message()
    extra += [
        value
        for parameter in command.params
        if isinstance(value := values.get(parameter.name), str)
        and not is_choice(parameter.type_descriptor.annotation, value)
    ]
    return f"countersign {command.name} takes no {extra}" if extra else ""


def is_choice(kind: Any, value: str) -> bool:
    """Whether `value` is one of the words that a parameter of this type takes, if it lists them."""
    listed = isinstance(kind, type) and issubclass(kind, Enum)
    return not listed or value in {one.value for one in kind}


@pytest.mark.parametrize(("document", "command"), sorted(set(commands())))
def test_every_command_of_a_document_exists(document: str, command: str) -> None:
    """Each `make` target and each `countersign` command named anywhere is there."""
    assert wrong(command) == "", document


@pytest.mark.control
@pytest.mark.parametrize(
    "command",
    [
        "make coffee",
        "make run TWICE=1",
        "make run VENV=there",
        "make deploy STAGE=dev coffee",
        "make --brew run",
        "countersign brew --strong",
        "countersign",
        "countersign jobs --strong",
        "countersign jobs brew",
        "countersign jobs --status",
        "countersign jobs --status BREWING",
        "countersign case JOB brew",
        "countersign people brew",
        "countersign show --as-tea JOB",
        "countersign scan-test URL --strong",
    ],
)
def test_control_a_command_that_does_not_exist_is_found(command: str) -> None:
    """The check above sees targets, variables, commands, options and words that nobody wrote."""
    assert wrong(command)


def held_by(text: str) -> set[str]:
    """The tests and checks in the last column of a table of rules."""
    rows = (line.split("|")[2:-1] for line in text.splitlines() if line.startswith("| "))
    return {name for row in rows for name in re.findall(r"`(\w+)`", row[-1])}


def defined() -> set[str]:
    """Every function of the tests."""
    texts = (path.read_text() for path in (ROOT / "tests").rglob("*.py"))
    return {name for text in texts for name in re.findall(r"^def (\w+)\(", text, re.MULTILINE)}


def test_every_rule_of_the_house_is_held_by_a_test() -> None:
    """The tests that `docs/house.md` names beside its rules exist."""
    named = held_by((ROOT / "docs" / "house.md").read_text())
    assert len(named) > 10
    assert named - defined() == set()


@pytest.mark.control
def test_control_a_rule_that_nobody_holds_is_found() -> None:
    """A test that is named and not there is seen."""
    assert held_by("| Rule | Held by |\n| A rule. | `test_of_nothing` |\n") - defined()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_of_a_document_leads_somewhere(document: Path) -> None:
    """Files and pictures that a document links to exist."""
    linked = [t for t in LINK.findall(document.read_text()) if "://" not in t]
    assert [target for target in linked if not (document.parent / target).exists()] == []


def test_the_readme_begins_with_one_sentence_one_command_and_its_output() -> None:
    """The first screen: the sentence, then the command, then what it prints."""
    title, sentence, block, *_ = (ROOT / "README.md").read_text().split("\n\n")
    assert title == "# Countersign"
    assert sentence.count(". ") == 0
    assert block.startswith("```console\n$ make run ONCE=1\n")


def test_the_readme_shows_what_the_run_prints() -> None:
    """Each event shown is one of `events/` with the end that its expectation says, and the last
    line is what a good run says: it counts nothing, so an event more leaves it as it is."""
    text = (ROOT / "README.md").read_text()
    expected = {sample.name: sample.expect.status for sample in samples()}
    shown = dict(SHOWN_EVENT.findall(text))
    assert shown
    assert shown.items() <= expected.items()
    said = StringIO()
    assert verdict(Console(file=said, width=200), [Played(one) for one in samples()], []) == 0
    assert said.getvalue().strip() in text


def test_the_readme_s_figures_are_the_committed_result() -> None:
    """`make bench PUBLISH=1` writes both."""
    text = (ROOT / "README.md").read_text()
    assert published(text, known(COMMITTED)) == text


@pytest.mark.control
def test_control_a_figure_that_was_changed_by_hand_is_found() -> None:
    """Another figure is another text."""
    text = (ROOT / "README.md").read_text()
    figures = known(COMMITTED)
    assert published(text, figures | {"aws_calls_per_job": 1}) != text


def test_the_pictures_show_the_pages_as_they_are() -> None:
    """A changed template needs new pictures: `make pictures`."""
    assert json.loads(STAMP.read_text())["templates"] == digest()


def test_every_event_is_sent_to_a_workflow_and_each_workflow_has_one() -> None:
    """What a door takes in is also played."""
    assert {sample.expect.workflow for sample in samples()} == set(WORKFLOWS) - (
        CLOSED - {AGENT_ACTIONS}
    )


def test_every_event_says_why_it_ends_as_it_does() -> None:
    """An expectation carries its reason, written by hand."""
    assert all(len(sample.expect.reason) > 40 for sample in samples())
