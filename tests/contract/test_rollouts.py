"""Stored releases: the same rules hold for the fake and for DynamoDB."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest

from countersign.connectors.dynamodb.rollouts import DynamoRollouts
from countersign.domain.errors import NotFound, StoreConflict
from countersign.domain.ports import Rollouts
from countersign.domain.releases.canary import Metric
from countersign.domain.releases.rollout import Closed, Moved, Rollout, State, changes, moved
from tests.fakes.on_moto import jobs_table
from tests.fakes.rollouts import FakeRollouts
from tests.fakes.world import START
from tests.rollouts import rollout


@pytest.fixture(params=["fake", "moto"])
def rollouts(request: pytest.FixtureRequest) -> Iterator[Rollouts]:
    """The adapter under the contract."""
    if request.param == "fake":
        yield FakeRollouts()
        return
    with jobs_table() as db:
        yield DynamoRollouts("jobs", db)


def said(to: State, share: str = "0") -> Moved:
    """A change of state."""
    return Moved(at=START, to=to, share=Decimal(share), by="kim", why="tried")


def test_what_is_stored_comes_back_and_doors_see_what_runs(rollouts: Rollouts) -> None:
    """A workflow's own, the oldest first; of all workflows those that jobs come to."""
    first, second = rollout("a" * 64), rollout("b" * 64, at=START + timedelta(hours=1))
    other = rollout("c" * 64, workflow="lead_intake")
    for one in (second, first, other):
        rollouts.change([(None, one)])
    after = moved(second, said(State.CANARY, "0.1"))
    rollouts.change([(second, after)])
    assert rollouts.of("refund_request") == [first, after]
    assert rollouts.running() == [after]
    assert rollouts.rollout("lead_intake", "c" * 64) == other
    with pytest.raises(NotFound):
        rollouts.rollout("lead_intake", "a" * 64)


def test_a_promotion_is_stored_whole_or_not_at_all(rollouts: Rollouts) -> None:
    """Of two releases that change together none does when one was changed meanwhile."""
    held = moved(rollout("a" * 64), said(State.LIVE))
    new = rollout("b" * 64, over="a" * 64)
    for one in (held, new):
        rollouts.change([(None, one)])
    both = changes([held, new], new, said(State.LIVE))
    rollouts.change([(held, moved(held, said(State.RETIRED)))])
    with pytest.raises(StoreConflict):
        rollouts.change(both)
    with pytest.raises(StoreConflict):
        rollouts.change([(None, new)])
    assert [one.state for one in rollouts.of("refund_request")] == [State.RETIRED, State.DRAFT]


def test_closed_jobs_come_back_by_when_they_came(rollouts: Rollouts) -> None:
    """Kept once each, however often they are told of; each canary has its own."""
    late, early = (
        Closed(
            job_id=name,
            at=START + timedelta(minutes=minutes),
            share=Decimal("0.1"),
            canary=minutes > 1,
            unit=name,
            asked=True,
            harm=(Metric.OVERRIDDEN,),
            usd=Decimal("0.002"),
            milliseconds=900,
        )
        for name, minutes in (("j-late", 2), ("j-early", 1))
    )
    for one in (late, early, late):
        rollouts.close("a" * 64, one)
    assert rollouts.closed("a" * 64) == [early, late]
    assert rollouts.closed("b" * 64) == []


def test_the_table_orders_by_workflow(rollouts: Rollouts) -> None:
    """A workflow whose name begins with another one's has its own rows."""
    rollouts.change([(None, rollout("a" * 64)), (None, rollout("b" * 64, workflow="refund"))])
    assert [one.workflow for one in rollouts.of("refund")] == ["refund"]
    held: Rollout = rollouts.of("refund")[0]
    assert held.digest == "b" * 64
