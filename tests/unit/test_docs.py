"""What the documents say is so: commands exist, files exist, pictures show the present pages."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from infra.cli import app
from infra.local.samples import samples
from infra.pictures import STAMP, digest

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "DECISIONS.md", *sorted((ROOT / "docs").glob("*.md"))]
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


def wrong(command: str) -> str:
    """What is wrong with a command; empty when it would run."""
    words = shlex.split(command.replace("…", ""))
    if words[0] == "make":
        named = [word for word in words[1:] if "=" not in word]
        missing = set(named) - targets()
        return f"the Makefile has no {missing}" if missing else ""
    group = [word for word in words[1:3] if re.fullmatch(r"[a-z][a-z-]+", word)]
    for depth in (group, group[:1]):
        if CliRunner().invoke(app, [*depth, "--help"]).exit_code == 0:
            return ""
    return f"countersign has no {' '.join(group)}"


@pytest.mark.parametrize(("document", "command"), sorted(set(commands())))
def test_every_command_of_a_document_exists(document: str, command: str) -> None:
    """Each `make` target and each `countersign` command named anywhere is there."""
    assert wrong(command) == "", document


@pytest.mark.control
def test_control_a_command_that_does_not_exist_is_found() -> None:
    """The check above sees a target and a command that nobody wrote."""
    assert wrong("make coffee")
    assert wrong("countersign brew --strong")


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
    """Each event shown is one of `events/` with the end that its expectation says; so is the
    count."""
    text = (ROOT / "README.md").read_text()
    expected = {sample.name: sample.expect.status for sample in samples()}
    shown = dict(SHOWN_EVENT.findall(text))
    assert shown
    assert shown.items() <= expected.items()
    assert f"All {len(expected)} events ended as expected" in text


def test_the_pictures_show_the_pages_as_they_are() -> None:
    """A changed template needs new pictures: `make pictures`."""
    assert json.loads(STAMP.read_text())["templates"] == digest()


def test_every_event_says_why_it_ends_as_it_does() -> None:
    """An expectation carries its reason, written by hand."""
    assert all(len(sample.expect.reason) > 40 for sample in samples())
