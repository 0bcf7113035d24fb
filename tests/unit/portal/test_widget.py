"""The dashboard's widget: what is stuck, without a script and without what anybody wrote."""

from __future__ import annotations

from countersign.portal.widget import ASKS, answer, bars
from tests.unit.web.many import escalated, many
from tests.unit.web.waiting import JOB, waiting

EVENT = {ASKS: {"theme": "dark"}}


def test_causes_are_told_the_largest_first_with_what_is_to_be_done() -> None:
    """As `countersign stuck` groups them; nothing of a message, and nothing that runs."""
    world = waiting()
    many(world, 2)
    world.store.put(escalated())
    first, second = bars(world.deps)
    assert (first.count, first.width, first.status) == (3, 100, "waiting for review")
    assert (second.count, second.width, second.status) == (1, 33, "escalated")
    page = answer(world.deps, EVENT)
    assert isinstance(page, str)
    assert f"/approvals/jobs/{JOB}" in page
    assert "<svg" in page
    for foreign in ("<script", "<iframe", "<use", "onclick", "Maria", "Keller"):
        assert foreign not in page


def test_where_nothing_is_stuck_it_says_so_and_asked_what_it_is_it_says_that() -> None:
    """A dashboard's editor asks it to describe itself."""
    world = waiting()
    world.store.loses(JOB)
    assert "Nothing is stuck" in answer(world.deps, EVENT)
    assert "by cause" in str(answer(world.deps, {**EVENT, "describe": True}))
