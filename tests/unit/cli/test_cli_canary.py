"""`countersign canary`, asked about jobs that were really decided."""

from __future__ import annotations

import pytest

from countersign.domain.approvals.approval import Choice
from tests.fakes.journey import Journey, accept, form
from tests.fakes.world import World
from tests.unit.cli.terminal import Terminal
from workflows import WORKFLOWS

COLUMNS = 80


def test_few_decisions_are_no_ground_for_a_canary(capsys: pytest.CaptureFixture[str]) -> None:
    """Decided and overridden jobs are those that people decided; the answer says how long harm
    takes to find, and that probation is the better way."""
    terminal = Terminal(capsys)
    terminal.world = world = World(WORKFLOWS["lead_intake"].offline)
    for number, choice in enumerate((Choice.APPROVE, Choice.APPROVE, Choice.REJECT)):
        person = {"email": f"ada{number}@firm{number}.example", "company": f"Firm {number} GmbH"}
        journey = Journey(
            world, accept(world, form(country="Germany", **person), event=f"{number}")
        )
        journey.goes()
        journey.is_decided(choice, reason="" if choice is Choice.APPROVE else "not now")
        journey.answered()
    terminal.forgets()
    data = terminal.json("canary", "lead_intake", "--share", "50")
    assert (data["decided"], data["overridden"], data["share"]) == (3, 1, 0.5)
    assert data["proposed_share"] is None
    code, out, _ = terminal.types("canary", "lead_intake")
    assert (code, "Watch the new release in probation" in out) == (0, True)
    assert max(map(len, out.splitlines())) <= COLUMNS


def test_a_workflow_without_decisions_has_no_table(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is said about how long nothing takes."""
    terminal = Terminal(capsys)
    terminal.forgets()
    assert "decisions a day:" not in terminal.types("canary", "refund_request")[1]


def test_a_typo_is_refused_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    """A workflow that nobody knows is exit code 2."""
    code, _, told = Terminal(capsys).types("canary", "refund_reqest")
    assert (code, "refund_request" in told) == (2, True)
