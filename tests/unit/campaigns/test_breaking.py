"""A campaign pauses itself where its mails do harm, people are asked, and what they let go on is
stopped again only by something new."""

from __future__ import annotations

from datetime import timedelta

import pytest

from countersign.campaigns.breaking import BREAKER, after_events
from countersign.campaigns.standing import standing
from countersign.domain.campaigns.sending import Reading
from countersign.domain.campaigns.sent import Event, Intent
from countersign.domain.errors import StoreConflict
from countersign.domain.lane.batches import Head
from countersign.domain.lane.control import Control, Word, ordered
from countersign.domain.lane.items import Item
from tests.fakes.world import World

JOB = "j-1"


@pytest.fixture
def world() -> World:
    """A campaign of which 400 mails were sent."""
    world = World(lambda _: {})
    world.lanes.keep_head(JOB, 1, None, Head(attempt=1, entry=1))
    now, apart = world.clock.now(), timedelta(days=7)
    for number in range(1, 401):
        item = Item(number=number, entry=1, tries=1)
        world.campaigns.intend(Intent(JOB, 1, item, f"who-{number}", f"t-{number}", now, apart))
        world.campaigns.event((JOB, 1, number), Event.SENT, now)
    return world


def happens(world: World, event: Event, *numbers: int) -> bool:
    """It is heard of these messages, one after the other; whether the last one paused it."""
    paused = False
    for number in numbers:
        world.campaigns.event((JOB, 1, number), event, world.clock.now())
        paused = after_events(world.deps, JOB)
    return paused


def says(world: World, word: Word) -> Control:
    """A person says a word."""
    held = world.lanes.control(JOB)
    said = ordered(held, word, by="kim", reason="the list is mended", at=world.clock.now())
    world.lanes.keep_control(JOB, held, said)
    return said


def test_what_is_certainly_above_the_line_pauses_it(world: World) -> None:
    """Not the first complaint of four hundred mails, the second; the word says who paused it and
    why, in counts."""
    assert not happens(world, Event.BOUNCED, 1, 2, 3)
    assert not happens(world, Event.COMPLAINED, 4)
    assert happens(world, Event.COMPLAINED, 5)
    control = world.lanes.control(JOB)
    assert (control.word, control.by) == (Word.PAUSED, BREAKER)
    assert control.reason.startswith("2 of 400 mails complained: at least")


def test_who_lets_it_go_on_has_seen_what_stopped_it(world: World) -> None:
    """A delivery does not stop it again; a further complaint does."""
    happens(world, Event.COMPLAINED, 1, 2)
    says(world, Word.RUNNING)
    assert not happens(world, Event.DELIVERED, 9)
    assert world.lanes.control(JOB).runs
    assert happens(world, Event.COMPLAINED, 4)


@pytest.mark.parametrize("word", [Word.PAUSED, Word.CANCELLED])
def test_what_people_said_before_stays_as_they_said_it(world: World, word: Word) -> None:
    """A campaign that does not run is not paused by anybody else."""
    said = says(world, word)
    assert not happens(world, Event.COMPLAINED, 1, 2, 3, 4)
    assert world.lanes.control(JOB) == said


def test_a_word_that_comes_at_the_same_moment_is_read_again(world: World) -> None:
    """Somebody cancels while the breaker pauses: it is cancelled."""
    plain, tries = world.lanes.keep_control, iter([True])

    def at_once(job: str, before: Control, after: Control) -> None:
        if next(tries, False):
            said = ordered(before, Word.CANCELLED, by="kim", reason="no", at=world.clock.now())
            plain(job, before, said)
            raise StoreConflict("x")
        plain(job, before, after)

    world.lanes.keep_control = at_once  # type: ignore[method-assign, assignment] # somebody is first
    assert not happens(world, Event.COMPLAINED, 1, 2)
    assert world.lanes.control(JOB).word is Word.CANCELLED


def test_operators_read_counts_bounds_and_what_the_account_has_left(world: World) -> None:
    """In words: what came back with its bounds beside the line, and SES's own count."""
    happens(world, Event.BOUNCED, 1, 2)
    now = world.clock.now()
    reading = Reading(at=now, sent=900, quota=50_000, rate=200)
    world.sending_limits.keep(None, reading)
    found = standing(world.deps, JOB)
    assert found
    told = found.told()
    assert told["sent"] == "400"
    assert told["bounced"].startswith("2 of 400: 0.09% to ")
    assert told["bounced"].endswith("it pauses when the lower one is above 2.00%")
    assert told["in 24 hours"] == "0 by campaigns, of at most 40,000; SES counts 900"
    assert standing(world.deps, "j-2") is None
