"""Bulk operations: worked through by `tick`, at the pace of what the jobs wait for, each once."""

from __future__ import annotations

import pytest

from countersign.domain.approvals.approval import Choice
from countersign.domain.jobs.bulk import State
from countersign.domain.jobs.job import Status
from countersign.entrypoints.tick import tick
from countersign.jobs import bulk, pausing
from tests.fakes.journey import Journey, accept, form
from tests.fakes.world import World
from tests.unit.cli.terminal import Terminal

WHY = ("--by", "kim", "--reason", "they called")


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str]) -> Terminal:
    """A terminal on a world with three leads that wait for a signature, and one in a case."""
    terminal = Terminal(capsys)
    for number in range(3):
        body = form(email=f"a{number}@other.example")
        journey = Journey(terminal.world, accept(terminal.world, body, f"evt-{number + 2}"))
        assert journey.goes() == "Ask"
        terminal.world.clock.passes(seconds=1)
    terminal.forgets()
    return terminal


def waiting(world: World) -> list[str]:
    """Jobs that wait for a signature."""
    return [one.job_id for one in world.store.live({Status.WAITING_FOR_REVIEW}, 100)]


def start(terminal: Terminal, kind: str = "cancel", status: str = "WAITING_FOR_REVIEW") -> str:
    """The id of an operation that is ordered."""
    told = terminal.json("bulk", "start", kind, "--status", status, *WHY)
    return str(told["bulk_id"])


def test_what_fits_is_counted_and_frozen_and_the_next_minute_does_it(terminal: Terminal) -> None:
    """What begins to fit afterwards is not touched; who ordered it, and why, stands in each job."""
    ordered = start(terminal)
    assert len(waiting(terminal.world)) == 3
    late = Journey(terminal.world, accept(terminal.world, form(email="b@other.example"), "late"))
    late.goes()
    tick(terminal.world.deps)
    assert waiting(terminal.world) == [late.job_id]
    terminal.forgets()
    told = terminal.json("bulk", "show", ordered)
    assert (told["state"], told["ok"], told["failed"], told["pending"]) == ("done", 3, {}, 0)
    record = terminal.world.store.load(terminal.world.deps.bulks.bulk(ordered).jobs[0])
    last = record.audit[-1]
    assert (last.actor, ordered in str(last.fields)) == ("person:kim", True)


def test_each_job_is_judged_when_its_turn_comes(terminal: Terminal) -> None:
    """One that went on meanwhile is refused with why, and the others are done."""
    ordered = start(terminal)
    gone = terminal.world.deps.bulks.bulk(ordered).jobs[1]
    journey = Journey(terminal.world, gone)
    assert journey.record.pending
    journey.is_decided(Choice.APPROVE)
    journey.answered()
    tick(terminal.world.deps)
    terminal.forgets()
    told = terminal.json("bulk", "show", ordered)
    assert (told["ok"], list(told["failed"])) == (2, [gone])
    code, out, _ = terminal.types("bulk", "list")
    assert (code, "cancel" in out) == (0, True)


def test_a_suspended_one_stops_and_goes_on_where_it_stopped(terminal: Terminal) -> None:
    """And a cancelled one leaves what is pending as it is."""
    ordered = start(terminal)
    for command, state, left in (
        ("suspend", State.SUSPENDED, 3),
        ("resume", State.RUNNING, 3),
        ("cancel", State.CANCELLED, 3),
    ):
        assert terminal.json("bulk", command, ordered, *WHY)["state"] == state
        if state is not State.RUNNING:
            tick(terminal.world.deps)
        terminal.forgets()
        assert len(waiting(terminal.world)) == left
    code, _, err = terminal.types("bulk", "resume", ordered, *WHY)
    assert (code, "cannot become" in err) == (1, True)


def test_a_run_that_dies_after_a_job_counts_it_once(terminal: Terminal) -> None:
    """What was done, and whose count was lost, is done: not a failure, and not twice."""
    ordered = start(terminal)
    terminal.world.bulks.breaks()
    tick(terminal.world.deps)
    assert terminal.world.deps.bulks.bulk(ordered).done == 0
    tick(terminal.world.deps)
    held = terminal.world.deps.bulks.bulk(ordered)
    assert (held.state, held.ok, dict(held.failed)) == (State.DONE, 3, {})


def test_it_goes_at_the_pace_of_what_the_jobs_wait_for(
    terminal: Terminal,
) -> None:
    """Nobody is sent to a system that somebody paused; control: ending a job waits for nothing."""
    world = terminal.world
    ordered = start(terminal, "resume", "ESCALATED")
    pausing.pause(world.deps, "crm", "kim: maintenance")
    assert bulk.work(world.deps, lambda: True) == 0
    assert world.deps.bulks.bulk(ordered).pending == 1
    ended = start(terminal)
    assert bulk.work(world.deps, lambda: True) == 3
    assert world.deps.bulks.bulk(ended).state is State.DONE
    pausing.resume(world.deps, "crm")
    assert bulk.work(world.deps, lambda: True) == 1
    assert bulk.work(world.deps, lambda: False) == 0


@pytest.mark.parametrize(
    ("by", "status", "said"),
    [
        ("nobody", "WAITING_FOR_REVIEW", "may not order this"),
        ("ana", "WAITING_FOR_REVIEW", "may not order this"),
        ("kim", "PARKED", "no job fits"),
    ],
)
def test_who_may_not_and_what_fits_nothing_is_refused(
    terminal: Terminal, by: str, status: str, said: str
) -> None:
    """Over all workflows it is for operations; nothing is stored."""
    words = ("bulk", "start", "cancel", "--status", status, "--by", by, "--reason", "x", "--yes")
    code, _, err = terminal.types(*words)
    assert (code, said in err) == (1, True)
    assert terminal.world.bulks.all() == []
