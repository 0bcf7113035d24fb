"""Metrics of approvals: what is emitted, with which dimensions, and never an id."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from countersign.approvals.metrics import MOST, decided, tier_name
from countersign.domain.approvals.approval import Choice
from countersign.domain.errors import Unavailable
from countersign.domain.jobs.job import Status
from countersign.entrypoints.tick import tick
from tests.builders import AT, approval, decision, held, job, record
from tests.fakes.journey import Journey, accept, form
from tests.fakes.world import World
from tests.unit.web.visitor import Browser
from tests.unit.web.waiting import waiting
from workflows import WORKFLOWS

LIMIT = {"PendingApprovals", "PendingSeconds", "Decisions"}
"""The metrics with a second dimension beside the workflow; the design allows four."""


Line = tuple[str, Any, dict[str, str]]


def emitted(capsys: pytest.CaptureFixture[str]) -> list[Line]:
    """(metric, value or values, dimensions but the service) of every EMF line since last time."""
    found = []
    for text in capsys.readouterr().out.splitlines():
        line = json.loads(text) if text.startswith("{") else {}
        for emf in line.get("_aws", {}).get("CloudWatchMetrics", []):
            (names,) = emf["Dimensions"]
            where = {name: line[name] for name in names if name != "service"}
            found += [(one["Name"], line[one["Name"]], where) for one in emf["Metrics"]]
    return found


def test_a_decision_leaves_its_time_and_its_choices(capsys: pytest.CaptureFixture[str]) -> None:
    """Seconds since the request by workflow, and each action's choice."""
    plain, edited = held(0, text="a"), held(1, text="b", edited_by="ben")
    asked = approval(plain, edited)
    said = decision(asked, at=AT + timedelta(minutes=2))
    decided("letters", (plain, edited), asked, said)
    assert emitted(capsys) == [
        ("SecondsToDecide", [120.0], {"workflow": "letters"}),
        ("Decisions", [1.0], {"workflow": "letters", "choice": "approve"}),
        ("Decisions", [1.0], {"workflow": "letters", "choice": "edit"}),
    ]


def test_a_decision_by_link_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    """The page's POST is one decision, over both actions, and it came at once: a rubber stamp."""
    browser = Browser(waiting())
    browser.opens()
    assert browser.posts(browser.filled("approve")).status in (200, 303)
    found = [(name, values) for name, values, _ in emitted(capsys)]
    assert [name for name, _ in found] == ["SecondsToDecide", "Decisions", "QuickDecisions"]
    assert found[1] == ("Decisions", [2.0])


def test_a_refused_decision_is_not_measured(capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong code decides nothing, so nothing is counted."""
    browser = Browser(waiting())
    browser.opens()
    browser.posts(browser.filled("approve", code="WRONG1"))
    names = {name for name, _, _ in emitted(capsys)}
    assert names.isdisjoint({"SecondsToDecide", "Decisions", "QuickDecisions"})


def test_a_rubber_stamp_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    """Decided within 3 s of opening; later ones are not."""
    asked = approval(held())
    for seconds, quick in ((2, 1), (4, 0)):
        at = AT + timedelta(hours=1)
        said = decision(asked, at=at, opened_at=at - timedelta(seconds=seconds))
        decided("letters", (), asked, said)
        names = [name for name, _, _ in emitted(capsys)]
        assert names.count("QuickDecisions") == quick


def waiting_world(*ages: float) -> World:
    """A world in which requests of these ages in hours wait."""
    world = World(WORKFLOWS["lead_intake"].offline)
    for number, hours in enumerate(ages):
        asked = approval(
            held(),
            approval_id=f"a-{number}",
            requested_at=world.clock.now() - timedelta(hours=hours),
            deadline=world.clock.now() + timedelta(hours=8),
        )
        waits = job(Status.WAITING_FOR_REVIEW, job_id=f"j-{number}", workflow="lead_intake")
        world.store.put(record((), job=waits, approvals={asked.approval_id: asked}))
    return world


def test_tick_tells_how_many_wait_and_since_when(capsys: pytest.CaptureFixture[str]) -> None:
    """One metric holds every age: its maximum is the oldest, its median the middle."""
    tick(waiting_world(1, 5, 2).deps)
    where = {"workflow": "lead_intake", "tier": "sales"}
    others = {"OldestDueSeconds", "OldestJobSeconds", "OldestDecidedSeconds"}
    assert [one for one in emitted(capsys) if one[0] not in others] == [
        ("OldestApprovalSeconds", [18000.0], {}),
        ("PendingApprovals", [3.0], where),
        ("PendingSeconds", [3600.0, 18000.0, 7200.0], where),
    ]


def test_nothing_is_emitted_while_nothing_waits(capsys: pytest.CaptureFixture[str]) -> None:
    """An idle month costs nothing more than before."""
    tick(waiting_world().deps)
    assert [name for name, _, _ in emitted(capsys)] == [
        "OldestDueSeconds",
        "OldestJobSeconds",
        "OldestDecidedSeconds",
    ]


def test_the_read_is_bounded(capsys: pytest.CaptureFixture[str]) -> None:
    """Of 130 waiting requests 100 are read: what one EMF metric holds, in one line."""
    tick(waiting_world(*[1] * 130).deps)
    (count,) = (value for name, value, _ in emitted(capsys) if name == "PendingApprovals")
    assert count == [MOST]


def test_time_goes_on_when_the_numbers_cannot_be_read(capsys: pytest.CaptureFixture[str]) -> None:
    """The due rows are worked through, and the fault is logged and counted."""
    world = waiting_world()
    journey = Journey(world, accept(world, form()))

    class Broken:
        def asked(self, *_: object) -> list[object]:
            raise Unavailable("the index does not answer")

    deps = world.deps_again()
    deps.reviews = Broken()  # type: ignore[assignment] # a desk that fails
    world.clock.passes(minutes=10)
    assert tick(deps) == 1
    assert world.queue.sent == [journey.job_id]
    assert "Defects" in {name for name, _, _ in emitted(capsys)}


def test_no_dimension_is_an_id(capsys: pytest.CaptureFixture[str]) -> None:
    """Workflow, tier and choice only, and a second dimension on at most four metrics."""
    world = waiting_world(1, 2)
    tick(world.deps)
    asked = approval(held())
    for choice in Choice:
        said = decision(asked, choice, opened_at=AT + timedelta(hours=1))
        decided("lead_intake", (), asked, said)
    lines = [one for one in emitted(capsys) if one[0] != "OldestDueSeconds"]
    assert {name for _, _, where in lines for name in where} == {"workflow", "tier", "choice"}
    assert {name for name, _, where in lines if len(where) > 1} == LIMIT
    values = {value for _, _, where in lines for value in where.values()}
    assert values == {"lead_intake", "sales", "approve", "reject"}


@pytest.mark.parametrize(
    ("workflow", "number", "name"),
    [
        ("lead_intake", 0, "sales"),
        ("lead_intake", 9, "9"),
        ("gone", 1, "1"),
        ("lead_intake", -1, "-1"),
    ],
)
def test_a_tier_has_the_name_of_its_role(workflow: str, number: int, name: str) -> None:
    """Its number where this code does not know it."""
    assert tier_name(WORKFLOWS, workflow, number) == name
