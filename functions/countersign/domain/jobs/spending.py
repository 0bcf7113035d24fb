"""What operators added to one job's budget of the model: entries of its own audit trail."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from countersign.domain.jobs.audit import Entry
from countersign.domain.jobs.change import Change
from countersign.domain.limits.budgets import Amount, total

RAISED = "model budget raised"


def raising(more: Amount, *, by: str, reason: str) -> Change:
    """The change by which a person adds to a job's budget."""
    said = {"usd": str(more.usd), "tokens": str(more.tokens), "reason": reason}
    return Change(event=RAISED, actor=f"person:{by}", fields=said)


def raised_in(audit: Iterable[Entry]) -> Amount:
    """All that was added; what was erased counts no more."""
    return total(
        Amount.of(Decimal(one.fields["usd"].value), int(one.fields["tokens"].value))
        for one in audit
        if one.event == RAISED and {"usd", "tokens"} <= one.fields.keys()
    )
