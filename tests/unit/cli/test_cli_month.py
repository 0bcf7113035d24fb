"""`countersign review month`: the same numbers as the other commands, of one calendar month."""

from __future__ import annotations

import pytest

from countersign.domain.approvals.approval import Choice
from tests.unit.cli.terminal import Terminal
from tests.unit.steps.test_rollback import done


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str]) -> Terminal:
    """A terminal on a world with a lead whose reply was rejected in March."""
    terminal = Terminal(capsys)
    terminal.world, terminal.journey = done(Choice.REJECT)
    terminal.forgets()
    return terminal


def test_a_month_is_told_by_its_own_jobs(terminal: Terminal) -> None:
    """Criteria with what was found, outcomes, why people said no, releases; another month has
    none of it."""
    told = terminal.json("review", "month", "lead_intake", "--month", "2026-03")
    assert (told["jobs"], told["outcomes"]) == (1, {"COMPLETED": 1})
    assert told["reasons"] == [["not now", 1]]
    criteria = {one["metric"]: one["actual"] for one in told["thresholds"]}
    assert criteria["rejected_or_escalated_share"] == 1.0
    assert len(told["new_releases"]) == 1
    rules = terminal.json("stats", "--days", "1")["rules"]
    assert [one["asked"] for one in told["rules"]] == [one["asked"] for one in rules][:5]
    assert terminal.json("review", "month", "lead_intake", "--month", "2026-04")["jobs"] == 0
    code, _, err = terminal.types("review", "month", "lead_intake", "--month", "soon")
    assert (code, "write it as 2026-10" in err) == (2, True)


def test_without_a_month_it_is_the_last_one(terminal: Terminal) -> None:
    """In words: what was met, what was reached, and why people said no."""
    terminal.world.clock.passes(days=31)
    code, out, _ = terminal.types("review", "month", "lead_intake")
    assert (code, "lead_intake, 2026-03" in out, "Why people said no: not now 1" in out) == (
        0,
        True,
        True,
    )
    assert "not reached" in out
