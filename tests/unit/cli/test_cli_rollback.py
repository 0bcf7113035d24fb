"""`countersign rollback`: it says what it will do, asks, and orders it once."""

from __future__ import annotations

import io
import sys

import pytest

from countersign.domain.approvals.approval import Choice
from countersign.domain.jobs.change import Change
from tests.fakes.journey import Journey
from tests.unit.cli.terminal import Terminal
from tests.unit.steps.test_rollback import WHY, done


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str]) -> Terminal:
    """A terminal on a world with one job that wrote three things."""
    terminal = Terminal(capsys)
    terminal.world, terminal.journey = done()
    terminal.forgets()
    return terminal


def orders(terminal: Terminal, *more: str, by: str = "ana", reason: str = WHY) -> tuple[str, ...]:
    """The words of the command."""
    return ("rollback", terminal.job, "--by", by, "--reason", reason, *more)


def test_it_says_what_it_undoes_and_orders_it(terminal: Terminal) -> None:
    """With --yes nothing is asked; `show` then tells each attempt, before and after."""
    code, out, _ = terminal.types(*orders(terminal, "--yes"))
    assert (code, "1. Archive the task" in out, "RETRYING" in out) == (0, True, True)
    Journey(terminal.world, terminal.job).goes()
    terminal.forgets()
    _, told, _ = terminal.types("show", terminal.job)
    for words in ("ROLLED_BACK", "undone and checked", "attempt ", "dealname: nothing →"):
        assert words in told
    data = terminal.json("show", terminal.job)
    names = {one["name"] for one in data["actions"][1]["changed"]}
    assert {"dealname", "countersign_action_key"} <= names


@pytest.mark.parametrize(
    ("typed", "code", "status"), [("y\n", 0, "RETRYING"), ("n\n", 1, "COMPLETED")]
)
def test_without_yes_it_asks(terminal: Terminal, typed: str, code: int, status: str) -> None:
    """Only a person's yes orders it; a no is exit code 1 and writes nothing."""
    before, sys.stdin = sys.stdin, io.StringIO(typed)
    try:
        assert terminal.types(*orders(terminal))[0] == code
    finally:
        sys.stdin = before
    assert terminal.journey.record.job.status == status


class Meanwhile(io.StringIO):
    """A person who reads for so long that somebody else writes the job before the answer."""

    def __init__(self, terminal: Terminal) -> None:
        super().__init__("y\n")
        self._there = terminal

    def readline(self, size: int = -1, /) -> str:  # type: ignore[override] # of StringIO it is str
        record = self._there.journey.record
        self._there.world.deps.commit(record, Change(event="noted", actor="system:test"))
        return super().readline(size)


def test_a_yes_holds_for_the_job_as_it_was_shown(terminal: Terminal) -> None:
    """Somebody wrote it between the plan and the yes: nothing is ordered, exit code 1."""
    before, sys.stdin = sys.stdin, Meanwhile(terminal)
    try:
        code, _, err = terminal.types(*orders(terminal))
    finally:
        sys.stdin = before
    assert (code, "changed since it was shown" in err) == (1, True)
    assert terminal.journey.record.job.status == "COMPLETED"


def test_json_orders_only_with_yes(terminal: Terminal) -> None:
    """A tool is never asked; the plan is in the answer."""
    assert terminal.types(*orders(terminal, "--json"))[0] == 2
    data = terminal.json(*orders(terminal, "--yes"))
    assert (data["status"], len(data["undone"]), data["stays"]) == ("RETRYING", 3, [])


def test_refusals_are_exit_code_one_with_what_to_do(terminal: Terminal) -> None:
    """Not in the directory, no reason, under way: before anything is asked."""
    for words, said in (
        (orders(terminal, by="nobody"), "not in the directory"),
        (orders(terminal, reason=" "), "give it with --reason"),
    ):
        code, _, err = terminal.types(*words)
        assert (code, said in err) == (1, True)
    terminal.types(*orders(terminal, "--yes"))
    code, _, err = terminal.types(*orders(terminal, "--yes"))
    assert (code, "being rolled back already" in err) == (1, True)


def test_what_stays_is_said_before_it_is_ordered(capsys: pytest.CaptureFixture[str]) -> None:
    """A sent mail cannot be taken back, and a person is told so first."""
    terminal = Terminal(capsys)
    terminal.world, terminal.journey = done(Choice.APPROVE)
    terminal.forgets()
    _, out, _ = terminal.types(*orders(terminal, "--yes"))
    assert "Stays, and opens a case" in out
    assert "irreversible" in out
