"""Confidence against what people decided."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from countersign.domain.approvals.approval import Choice
from countersign.domain.contract import Stored
from countersign.domain.jobs.change import JobRecord
from countersign.domain.reporting.calibration import curve
from countersign.domain.reporting.sampling import wilson
from tests.builders import approval, decision, held, proposal, record

SURE = ("0.05", "0.10", "0.55", "0.80", "0.95", "1")


def decided(sure: str, choice: Choice, **more: object) -> JobRecord:
    """A job of that confidence, whose one action somebody decided."""
    action = held()
    asked = approval(action, **more)
    signed = asked.model_copy(update={"decision": decision(asked, choice)})
    stored = Stored.of(proposal(confidence=Decimal(sure)))
    return record([action], approvals={signed.approval_id: signed}, results={"proposal": stored})


def jobs(moved: float) -> Iterator[JobRecord]:
    """Forty at each confidence, of which people leave as proposed so many as was told, and `moved`
    more or less."""
    for sure in SURE:
        right = round(40 * min(max(float(sure) + moved, 0), 1))
        for number in range(40):
            yield decided(sure, Choice.APPROVE if number < right else Choice.REJECT)


def test_each_tenth_counts_what_was_left_as_proposed() -> None:
    """A confidence on a border counts upwards, and 1 with the last tenth; the interval is
    Wilson's."""
    found = curve(
        [
            *(decided("0.80", Choice.APPROVE) for _ in range(3)),
            decided("0.89", Choice.REJECT),
            decided("1", Choice.APPROVE),
        ]
    )
    assert [(one.low, one.right.hits, one.right.n) for one in found] == [
        (Decimal("0.8"), 3, 4),
        (Decimal("0.9"), 1, 1),
    ]
    assert (found[0].right.low, found[0].right.high) == wilson(3, 4)
    assert found[0].mean == Decimal("0.8225")


def test_what_is_superseded_or_undecided_or_has_no_proposal_counts_nowhere() -> None:
    """Only what somebody said of what still stands."""
    action = held()
    stored = {"proposal": Stored.of(proposal())}
    waits = approval(action)
    assert curve([]) == ()
    assert curve([record([action], approvals={waits.approval_id: waits}, results=stored)]) == ()
    assert curve([decided("0.8", Choice.APPROVE, superseded=True)]) == ()
    bare = decided("0.8", Choice.APPROVE)
    (asked,) = bare.approvals.values()
    assert asked.decision
    silent = asked.decision.model_copy(update={"choices": {}})
    nothing = {asked.approval_id: asked.model_copy(update={"decision": silent})}
    assert curve([record(bare.ledger, approvals=nothing, results=bare.results)]) == ()
    older = stored["proposal"].model_copy(update={"version": 0})
    for results in ({}, {"proposal": older}):
        assert curve([record(bare.ledger, approvals=bare.approvals, results=results)]) == ()


def test_who_is_as_sure_as_right_is_found_so() -> None:
    """At each confidence as often right as told."""
    assert {one.judged for one in curve(jobs(0))} == {"as sure as right"}


@pytest.mark.control
@pytest.mark.parametrize(("moved", "says"), [(-0.4, "too sure"), (0.4, "too modest")])
def test_control_who_is_not_is_seen(moved: float, says: str) -> None:
    """Told four tenths more, or less, than people found right."""
    judged: list[str] = [one.judged for one in curve(jobs(moved))]
    assert judged.count(says) >= 3
    assert not {"too sure", "too modest"} - {says} & set(judged)
