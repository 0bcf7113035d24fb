"""`countersign items`, and `pause`, `resume` and `cancel` of a job whose file is worked through."""

from __future__ import annotations

from datetime import timedelta

import pytest

from countersign.domain.campaigns.sent import Event, Intent
from countersign.domain.jobs.job import Status
from countersign.domain.lane.batches import Head
from countersign.domain.lane.items import Item
from tests import words
from tests.fakes.items_machine import ItemsMachine
from tests.fakes.journey import Journey, accept
from tests.fakes.world import World
from tests.unit.cli.terminal import Terminal


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str]) -> Terminal:
    """A terminal on a world with a file of thirty words, whose first batch is done."""
    terminal = Terminal(capsys)
    world = World(lambda _: {}, workflows={words.WORDS: words.workflow()})
    body = "".join(f"{one}\n" for one in ("one", "?", "bad", *["x"] * 27)).encode()
    job_id = accept(world, body, workflow=words.WORDS, door="upload")
    terminal.world, terminal.journey = world, Journey(world, job_id)
    terminal.journey.goes()
    machine = ItemsMachine(world)
    first, *_ = machine.children(*world.item_runs.started[0])
    world.clock.passes(seconds=5)
    machine.works(first)
    terminal.forgets()
    return terminal


def test_it_says_where_every_row_stands(terminal: Terminal) -> None:
    """The counts are of the rows themselves, while the run is under way."""
    said = terminal.json("items", terminal.job)
    assert said["states"] == {
        "quarantined": 1,
        "skipped": 0,
        "done": 9,
        "failed": 1,
        "unknown": 0,
        "left": 19,
    }
    assert (said["rows"], said["causes"], said["word"]) == (30, {"the word is bad": 1}, "running")
    assert said["a_second"] == 2.0
    assert said["seconds_left"] == 10


def test_of_a_campaign_it_says_what_became_of_its_mails(terminal: Terminal) -> None:
    """Counts of everything that was heard, what came back with its bounds; of a file without mails
    nothing of the kind."""
    assert "mails" not in terminal.json("items", terminal.job)
    world, job = terminal.world, terminal.job
    world.lanes.keep_head(job, 99, None, Head(attempt=1, entry=1))
    now, apart = world.clock.now(), timedelta(days=7)
    for number in range(1, 41):
        item = Item(number=number, entry=1, tries=1)
        world.campaigns.intend(Intent(job, 99, item, f"who-{number}", f"t-{number}", now, apart))
        world.campaigns.event((job, 99, number), Event.SENT, now)
    world.campaigns.event((job, 99, 1), Event.BOUNCED, now)
    said = terminal.json("items", terminal.job)
    assert (said["mails"]["sent"], said["mails"]["bounced"], said["mails"]["complained"]) == (
        *(40, 1, 0),
    )
    assert said["told"]["bounced"].startswith("1 of 40: 0.13% to 11.")
    _, out, _ = terminal.types("items", terminal.job)
    assert "1 of 40: 0.13% to 11." in out


def test_people_stop_it_and_let_it_go_on(terminal: Terminal) -> None:
    """By the job's id, with a reason, and by who may; what is cancelled says so."""
    why = ("--by", "kim", "--reason", "too fast")
    assert terminal.types("pause", terminal.job, "--by", "eve", "--reason", "no")[0] == 1
    assert terminal.json("pause", terminal.job, *why) == {"paused": terminal.job}
    assert terminal.json("items", terminal.job)["said"] == "paused by kim: too fast"
    assert "11 of 30 rows, run 1, 2.0 a second" in terminal.types("items", terminal.job)[1]
    assert terminal.json("resume", terminal.job, "--by", "kim") == {"resumed": terminal.job}
    assert terminal.json("cancel", terminal.job, *why) == {"cancelled": terminal.job}
    (name, job_id), *_ = terminal.world.item_runs.started
    ItemsMachine(terminal.world).collects(name, job_id)
    terminal.journey.goes()
    done = terminal.journey.record.job
    assert (done.status, done.reason) == (Status.COMPLETED, "cancelled: too fast")
