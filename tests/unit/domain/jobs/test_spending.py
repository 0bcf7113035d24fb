"""What operators added to one job's budget is read from its trail."""

from __future__ import annotations

from countersign.domain.errors import JobBudgetSpent
from countersign.domain.jobs.audit import erased
from countersign.domain.jobs.change import transition
from countersign.domain.jobs.spending import raised_in, raising
from countersign.domain.limits.budgets import NOTHING, Amount
from tests.builders import job
from tests.fakes.world import START


def test_what_was_added_counts_until_it_is_erased() -> None:
    """Exactly; with who added it and why; other entries are none of it."""
    more = Amount(nano_usd=1_500_000_001, tokens=7)
    change = raising(more, by="kim", reason="worth it")
    _, entry = transition(job(), change, START, lambda: "0" * 32)
    assert (entry.actor, entry.fields["reason"].value) == ("person:kim", "worth it")
    assert raised_in([entry, entry]) == more.plus(more)
    assert raised_in([erased(entry), entry.model_copy(update={"event": "parked"})]) == NOTHING


def test_a_job_without_room_says_what_lets_it_go_on() -> None:
    """In the sentence that its case shows."""
    said = str(JobBudgetSpent("j-1", "2 USD"))
    assert "2 USD" in said
    assert "`countersign budget raise j-1`" in said
