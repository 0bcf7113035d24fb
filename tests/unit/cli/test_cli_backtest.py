"""`countersign export` and `backtest`: past jobs as a file, and judged again by this code."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from infra.cli.backtest.jobs import within
from tests.fakes.journey import Journey, accept, form
from tests.unit.cli.terminal import Terminal

CARD = "4111 1111 1111 1111"


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str]) -> Terminal:
    """Two leads: one with a case, one with a card's number in its words."""
    made = Terminal(capsys)
    body = form(
        email="kai@werft.example",
        phone="+49 40 3005 0142",
        name="Kai Werft",
        company="Werft GmbH",
        message=f"Hello, we are looking for a quote for 40 licences. My card is {CARD}.",
    )
    Journey(made.world, accept(made.world, body, "evt-2")).goes()
    made.forgets()
    return made


def test_what_is_exported_is_judged_again_without_a_difference(
    terminal: Terminal, tmp_path: Path
) -> None:
    """One line for each job, for its owner alone; the trail of each says who took it out."""
    file = tmp_path / "jobs.jsonl"
    said = terminal.json("export", str(file), "--since", "2d", "--by", "kim")
    assert (said["jobs"], len(file.read_bytes().splitlines())) == (2, 2)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    entry = terminal.journey.record.audit[-1]
    assert (entry.event, entry.actor) == ("exported", "person:kim")
    found = terminal.json("backtest", str(file))
    assert (found["jobs"], found["moved"], found["skipped"]) == (2, [], {})
    assert "No difference." in terminal.types("backtest", str(file))[1]
    assert terminal.json("backtest", "--since", "12h")["jobs"] == 2


def test_a_stage_with_other_files_shows_what_moves(terminal: Terminal, tmp_path: Path) -> None:
    """What judges is the working tree: here a job that had run without asking."""
    file = tmp_path / "jobs.jsonl"
    terminal.types("export", str(file), "--by", "kim")
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    for line in lines:
        for held in line["ledger"]:
            held["verdict"] |= {"answer": "ask", "reasons": [], "would": None}
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    found = terminal.json("backtest", str(file))
    assert found["more"]["run"]["all"] > 0
    assert {(one["before"], one["now"]) for one in found["moved"]} >= {("ask", "run")}
    told = terminal.types("backtest", str(file))[1]
    assert "more by itself" in told
    assert "crm.create_lead" in told


def test_numbers_of_cards_are_masked_on_request(terminal: Terminal, tmp_path: Path) -> None:
    """In every text of the file, also where it is JSON in JSON; it can still be judged."""
    file = tmp_path / "jobs.jsonl"
    terminal.types("export", str(file), "--by", "kim")
    assert CARD in file.read_text()
    terminal.types("export", str(file), "--by", "kim", "--masked")
    assert CARD not in file.read_text()
    assert terminal.json("backtest", str(file))["jobs"] == 2


def test_only_members_take_jobs_out_and_a_foreign_file_is_refused(
    terminal: Terminal, tmp_path: Path
) -> None:
    """Nothing is written for somebody who is not in the directory."""
    file = tmp_path / "jobs.jsonl"
    code, _, why = terminal.types("export", str(file), "--by", "nobody")
    assert (code, "nobody in the directory" in why, file.exists()) == (1, True, False)
    file.write_text("{}\n")
    code, _, why = terminal.types("backtest", str(file))
    assert (code, "no line of an export" in why) == (1, True)
    assert terminal.types("backtest", "--since", "soon")[0] == 2
    assert within("900d").days == 400
