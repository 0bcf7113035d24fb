"""What must be said of a workflow, and stand around it, before it goes live."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from countersign.domain.policy.release import Limits
from countersign.domain.releases.readiness import GREEN, SCOPE, Around, missing, unstated
from countersign.domain.workflow import Criterion
from tests.flows import release, workflow

WELL = Criterion(
    metric="run_alone_share", compare=">=", value=Decimal("0.5"), sentence="half run alone"
)
WHOLE = Around(owned=True, alarmed=True, shown=True, heard=True, green="0" * 64)
BARE = replace(workflow([]), success=(), thresholds=())
PAGE = Limits(numbers={}, amounts={}, lists=dict.fromkeys(SCOPE, ("said",)))
STATED = replace(BARE, success=(WELL,), thresholds=(WELL,), release=release(limits=PAGE))


def test_a_workflow_says_when_it_does_well_when_not_and_what_its_inputs_become() -> None:
    """Each thing that is missing is a sentence that says where it is written."""
    said = tuple(unstated(BARE))
    assert len(said) == 2 + len(SCOPE)
    assert said[0].startswith("no [[success]]")
    assert said[-1] == "[scope] lacks refuses: what it refuses"
    assert tuple(unstated(STATED)) == ()


def test_a_stage_has_an_owner_alarms_a_row_somebody_who_hears_and_a_green_run() -> None:
    """All at once nothing is missing; each that is taken away is named by itself."""
    assert missing(STATED, WHOLE) == ()
    lacking = (
        replace(WHOLE, owned=False),
        replace(WHOLE, alarmed=False),
        replace(WHOLE, shown=False),
        replace(WHOLE, heard=False),
        replace(WHOLE, green=""),
    )
    said = [missing(STATED, one) for one in lacking]
    assert {len(one) for one in said} == {1}
    assert len({*said}) == len(lacking)
    assert said[-1] == (GREEN,)
