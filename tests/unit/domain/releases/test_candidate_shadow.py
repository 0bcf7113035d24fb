"""A candidate's shadow: which jobs it can see, what it may cost, and what stands beside it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from countersign.domain.contract import Stored
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.job import Status
from countersign.domain.policy.rules import Findings
from countersign.domain.releases.candidate_shadow import (
    COSTS,
    beside,
    is_judged,
    may_cost,
    never_judged,
)
from countersign.domain.releases.comparing import Judged
from tests.builders import held
from tests.flows import limits, release
from tests.unit.domain.releases.test_comparing import flow, past


def job(status: Status = Status.COMPLETED, *, judged: bool = True) -> JobRecord:
    """A letter, judged or not."""
    record = past(held()).record
    found = {"findings": Stored.of(Findings(found=()))} if judged else {}
    at = record.job.model_copy(update={"status": status})
    return replace(record, job=at, results={**record.results, **found})


def test_a_job_is_shown_once_it_is_judged() -> None:
    """One that ended without that never is."""
    assert is_judged(job())
    assert not is_judged(job(judged=False))
    over = [job(), job(judged=False), job(Status.PROCESSING, judged=False)]
    assert [never_judged(one) for one in over] == [False, True, False]


def test_a_shadow_may_cost_what_its_release_says() -> None:
    """Five dollars where it says nothing."""
    assert may_cost(release()) == Decimal(5)
    assert may_cost(release(limits=limits(**{COSTS: "0.5"}))) == Decimal("0.5")


def test_the_real_job_is_judged_by_the_limits_that_it_had() -> None:
    """Beside it stands what the candidate made of it, as it was kept."""
    made = Judged(facts={"text": "hi"})
    found = beside(flow(), job(), made)
    assert found.after is made
    assert found.before
    assert found.before.facts == {"text": "hello"}
