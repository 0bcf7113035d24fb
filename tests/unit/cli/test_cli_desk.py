"""`countersign move` and `countersign inputs`: what went to the wrong desk, and what came in."""

from __future__ import annotations

import pytest

from tests.unit.cli.terminal import Terminal
from tests.unit.steps.test_front_desk import misrouted


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str]) -> Terminal:
    """A terminal on a world with a desk's job and its misrouted child."""
    terminal = Terminal(capsys)
    terminal.world, _, terminal.journey = misrouted()
    terminal.forgets()
    return terminal


def test_a_job_is_moved_and_both_know_of_it(terminal: Terminal) -> None:
    """The command says where to look; `show` names parent and child."""
    child = terminal.job
    words = ("--to", "lead_intake", "--by", "kim", "--reason", "a sale")
    code, out, _ = terminal.types("move", child, *words)
    assert (code, "is ended as moved" in out) == (0, True)
    data = terminal.json("show", child)
    assert (data["status"], data["reason"]) == ("REJECTED", "moved: a sale")
    parent = terminal.json("show", data["parent"])
    assert parent["children"] == [{"job_id": child, "to": "refund_request"}]
    told = terminal.types("show", data["parent"])[1]
    assert f"Handed over to refund_request: {child}" in told


def test_what_cannot_be_moved_is_said_and_nothing_is_written(terminal: Terminal) -> None:
    """Exit code 1, one line, and the job as it was."""
    before = terminal.journey.record
    words = ("--to", "moon", "--by", "kim", "--reason", "why")
    code, _, told = terminal.types("move", terminal.job, *words)
    assert (code, "it can be moved to" in told) == (1, True)
    assert terminal.journey.record == before


def test_inputs_are_counted_with_samples(terminal: Terminal) -> None:
    """Each line has its outcome, reason, kind, share and ids; without jobs it says so."""
    lines = terminal.json("inputs", "--samples", "1")["inputs"]
    assert sum(line["count"] for line in lines) == 2
    assert {line["workflow"] for line in lines} == {"front_desk", "refund_request"}
    assert all(len(line["samples"]) == 1 for line in lines)
    code, out, _ = terminal.types("inputs")
    assert (code, "2 inputs in 2 lines" in out) == (0, True)
    terminal.world.clock.passes(days=60)
    assert terminal.json("inputs", "--days", "1")["inputs"] == []


def test_inputs_are_compared_around_a_release(terminal: Terminal) -> None:
    """By how its digest begins; one that no job ran under is refused in words."""
    job = terminal.world.store.records()[0].job
    (line,) = terminal.json("inputs", "--release", job.release[:12])["inputs"]
    assert (line["workflow"], line["after"], line["before"]) == (job.workflow, 1, 0)
    code, out, _ = terminal.types("inputs", "--release", job.release[:12])
    assert (code, f"{job.workflow}: 0 inputs before, 1 since" in out) == (0, True)
    code, _, told = terminal.types("inputs", "--release", "nothing")
    assert (code, "no job that was read ran under it" in told) == (2, True)
