"""`countersign compare`: what differs between two jobs, and nothing else."""

from __future__ import annotations

import pytest

from tests.fakes.journey import Journey, accept, form
from tests.unit.cli.terminal import Terminal


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str]) -> Terminal:
    """A terminal on a world with a job in a case, and a lead from Germany."""
    terminal = Terminal(capsys)
    body = form(email="ada@other.example")
    Journey(terminal.world, accept(terminal.world, body, "evt-2")).goes()
    terminal.forgets()
    return terminal


def other(terminal: Terminal) -> str:
    """The id of the second job."""
    (found,) = {one.job.job_id for one in terminal.world.store.records()} - {terminal.job}
    return found


def test_what_differs_stands_side_by_side(terminal: Terminal) -> None:
    """Outcome, facts and findings, each by its name; what is the same is only counted."""
    said = terminal.json("compare", terminal.job, other(terminal))
    lines = {one["what"]: (one["one"], one["other"]) for one in said["differs"]}
    assert lines["status"] == ("ESCALATED", "WAITING_FOR_REVIEW")
    assert {"fact country", "became of crm.create_lead"} <= lines.keys()
    assert "release" not in lines
    whole = terminal.json("compare", terminal.job, other(terminal), "--all")
    assert len(whole["differs"]) == len(lines) + said["same"]


def test_a_job_is_the_same_as_itself(terminal: Terminal) -> None:
    """Control: nothing differs."""
    code, out, _ = terminal.types("compare", terminal.job, terminal.job)
    assert (code, "other parts are the same" in out) == (0, True)
    assert terminal.json("compare", terminal.job, terminal.job)["differs"] == []
