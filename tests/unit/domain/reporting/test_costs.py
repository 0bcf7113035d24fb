"""What the model cost: one line for each workflow and model, the dearest first."""

from __future__ import annotations

from decimal import Decimal

from countersign.domain.contract import Stored
from countersign.domain.jobs.change import JobRecord
from countersign.domain.policy.proposal import Usage
from countersign.domain.reporting.costs import costs
from tests.builders import proposal, record


def asked(model: str, usd: str) -> JobRecord:
    """A job whose proposal came from this model, for so much."""
    used = Usage(calls=2, input_tokens=1_000, output_tokens=100, usd=Decimal(usd))
    return record(results={"proposal": Stored.of(proposal(model=model, usage=used))})


def test_what_the_model_cost_is_told_by_workflow_and_model() -> None:
    """A job without an answer counts as one of no model; nothing costs nothing."""
    found = costs(
        [asked("small", "0.01"), asked("large", "0.25"), asked("small", "0.02"), record()]
    )
    assert [(one.model, one.jobs, one.calls, one.usd) for one in found] == [
        ("large", 1, 2, Decimal("0.25")),
        ("small", 2, 4, Decimal("0.03")),
        ("", 1, 0, Decimal(0)),
    ]
    assert (found[1].input_tokens, found[1].output_tokens) == (2_000, 200)
    assert found[1].usd_per_job == Decimal("0.015")
    assert str(found[2].usd_per_job) == "0"
    assert costs([]) == []
