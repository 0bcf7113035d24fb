"""After a decision the same page says what is happening and then what happened, by itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from countersign.domain.approvals.approval import Choice
from countersign.domain.jobs.job import Status
from countersign.domain.ledger.entry import ActionStatus
from countersign.domain.policy.policy import Quorum
from countersign.web.http import Response
from tests.fakes.world import World
from tests.unit.web.visitor import Browser
from tests.unit.web.waiting import APPROVAL, JOB, approval, waiting


def signed(world: World, choice: Choice = Choice.APPROVE) -> Browser:
    """Ana has decided."""
    ana = Browser(world)
    ana.opens()
    assert ana.posts(ana.filled(choice)).status == 303
    return ana


def comes_to_rest(world: World, status: Status, action: ActionStatus) -> None:
    """The job ends, with every decided action so."""
    held = world.store.load(JOB)
    job = held.job.model_copy(update={"status": status})
    decided = approval(world).digests
    ledger = tuple(
        one.model_copy(update={"status": action}) if one.digest in decided else one
        for one in held.ledger
    )
    world.store.put(replace(held, job=job, ledger=ledger))


def follows(response: Response) -> bool:
    """Whether the browser looks again by itself, without a script."""
    return response.headers.get("refresh") == "3"


@pytest.mark.parametrize(
    ("status", "action", "told"),
    [
        (Status.COMPLETED, ActionStatus.VERIFIED, "Everything that was approved is done"),
        (Status.ESCALATED, ActionStatus.UNKNOWN, "Not everything ended as it was approved"),
        (Status.PARKED, ActionStatus.AUTHORISED, "It waits for its turn"),
    ],
)
def test_what_happens_is_told_without_being_asked(
    status: Status, action: ActionStatus, told: str
) -> None:
    """The page looks again every 3 seconds while it moves, and says how it ended; then it rests."""
    world = waiting()
    ana = signed(world)
    now = ana.opens()
    assert (follows(now), "being carried out now" in now.body) == (True, True)
    comes_to_rest(world, status, action)
    after = ana.opens()
    assert (follows(after), told in after.body) == (False, True)


def test_it_is_followed_for_two_minutes() -> None:
    """A job that does not move is not asked for for ever."""
    world = waiting()
    ana = signed(world)
    world.clock.passes(seconds=119)
    assert follows(ana.opens())
    world.clock.passes(seconds=1)
    assert not follows(ana.opens())


def test_the_first_of_two_sees_the_second_sign() -> None:
    """The page after the first signature follows too, and tells what comes of it."""
    world = waiting()
    held = world.store.load(JOB)
    two = held.approvals[APPROVAL].model_copy(update={"quorum": Quorum.TWO})
    world.store.put(replace(held, approvals={APPROVAL: two}))
    ana = signed(world)
    assert follows(ana.opens())
    ben = Browser(world, "ben")
    ben.opens()
    ben.posts(ben.filled())
    assert "What is happening" in ana.opens().body


def test_what_was_rejected_is_not_waited_for() -> None:
    """Nothing runs, and the page says so at once."""
    world = waiting()
    page = signed(world, Choice.REJECT).opens()
    assert "Nothing of it runs." in page.body


def test_a_request_that_waits_is_not_looked_at_again() -> None:
    """A page that is being read does not reload under its reader."""
    assert not follows(Browser(waiting()).opens())
