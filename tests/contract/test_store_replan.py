"""A job that is planned anew, on the fake and on the adapter: the same rows, the same end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import pytest

from countersign.connectors.dynamodb.store import DynamoStore
from tests.fakes.on_moto import jobs_table
from tests.fakes.store import FakeStore
from tests.fakes.trimming_crm import TrimmingCrm
from tests.fakes.world import World
from tests.unit.steps.replans import LEAD, SENDER, asked, attentive, decides


@pytest.fixture(params=["fake", "moto"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    """A world whose jobs lie in the fake, or in the table of the adapter."""
    made = attentive(TrimmingCrm())
    if request.param == "fake":
        yield made
        return
    with jobs_table() as db:
        made.store = cast("FakeStore", DynamoStore("jobs", db))
        made.deps = made.deps_again()
        yield made


def test_refusal_undo_and_new_plan_read_back_as_they_were_written(world: World) -> None:
    """Both kinds of failure in one job: refused and left out, then made wrongly, undone, and made
    again; every entry is there with its plan, and what was seen."""
    crm = cast("TrimmingCrm", world.crm)
    journey = asked(world)
    decides(world, journey)
    assert journey.answered() == "Ask"
    crm.drops("description")
    decides(world, journey)
    assert journey.answered() == "Ask"
    decides(world, journey)
    assert journey.answered() == "Close"
    leads = [held for held in journey.record.ledger if held.action == LEAD]
    assert [(held.plan, held.status) for held in leads] == [
        (0, "dropped"),
        (1, "undone"),
        (2, "verified"),
    ]
    assert [held.seen.refused for held in leads if held.seen] == [True, False]
    assert len(world.crm.all("deals")) == 1
    assert len(world.mail.to(SENDER)) == 1
    assert journey.record.job.status == "COMPLETED"
