"""`countersign show` tells each plan of a job, and what the one before met with."""

from __future__ import annotations

from rich.console import Console

from countersign.portal.timeline import timeline
from infra.cli.job_view import as_dict
from infra.cli.show import job
from tests.unit.steps.replans import asked, attentive, decides
from workflows import WORKFLOWS


def test_a_second_plan_is_told_with_what_the_target_said() -> None:
    """The story names the failure, the actions stand under their plan, with what was seen."""
    world = attentive()
    journey = asked(world)
    decides(world, journey)
    journey.answered()
    record = journey.record
    console = Console(width=200)
    with console.capture() as said:
        console.print(job(as_dict(record, WORKFLOWS), timeline(record)))
    text = said.get()
    assert "An action failed; what was seen goes back for a new plan" in text
    first, second = text.split("Plan 2, after a failure:")
    assert "deal_currency_code: seen “INVALID_OPTION”" in first
    assert "does not run any more" in first
    assert second.count("waits for a signature") == 3
