"""A workflow of two systems has both looked at, by one visit each, before it is judged."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from countersign.domain.policy.proposal import Proposal
from countersign.domain.policy.records import Lookup, Records
from countersign.domain.workflow import Workflow
from countersign.extraction.messages import Message
from tests.fakes.journey import Journey, accept, form
from tests.fakes.world import World
from tests.unit.steps.test_journeys import offline
from workflows import WORKFLOWS

LEAD: Workflow[Any] = WORKFLOWS["lead_intake"]
ORDER = Lookup(name="order", connector="payments", kind="order", field="number", value="1042")


def two(*more: Lookup) -> Workflow[Any]:
    """lead_intake, looking at payments besides."""

    def lookups(given: Message, proposal: Proposal) -> tuple[Lookup, ...]:
        return (*LEAD.lookups(given, proposal), *more)

    return replace(LEAD, connectors=("crm", "payments"), lookups=lookups)


def travelled(flow: Workflow[Any]) -> Journey:
    """A web form through that workflow."""
    world = World(offline, workflows={"lead_intake": flow})
    world.payments.has_order("1042", 4990, "EUR")
    journey = Journey(world, accept(world, form()))
    journey.goes()
    return journey


def test_each_connector_is_looked_at_before_the_plan() -> None:
    """Decide sends the job on to the second connector, whose records join the first's."""
    journey = travelled(two(ORDER))
    looks = [state for state in journey.visited if state in ("Look", "Decide")]
    assert looks[:4] == ["Look", "Decide", "Look", "Decide"]
    records = journey.record.results["records"].as_(Records)
    assert {"contact", "order"} <= records.found.keys()
    assert len(records.all("order")) == 1


def test_a_connector_that_nothing_is_asked_of_costs_no_visit() -> None:
    """Without a lookup there, the job is judged after the first look."""
    journey = travelled(two())
    looks = [state for state in journey.visited if state in ("Look", "Decide")]
    assert looks[:2] == ["Look", "Decide"]
    assert looks.count("Look") == travelled(LEAD).visited.count("Look")


@pytest.mark.control
def test_control_one_look_alone_knows_nothing_of_the_second_system() -> None:
    """With one connector declared, the other's lookup is never asked."""
    journey = travelled(replace(two(ORDER), connectors=("crm",)))
    assert "order" not in journey.record.results["records"].as_(Records).found
