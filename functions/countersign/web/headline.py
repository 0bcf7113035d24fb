"""A job in one line: whom it is about, and how much."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from countersign.domain.errors import UnknownVersion
from countersign.domain.jobs.change import JobRecord
from countersign.domain.ledger.told import is_money
from countersign.domain.money import Money
from countersign.domain.policy.proposal import Proposal
from countersign.domain.workflow import Workflow
from countersign.web.text import one_line

_WHO, _ORDER = ("name", "company"), "order"
_NAME = 60


def headline(record: JobRecord, workflow: Workflow[Any] | None) -> str:
    """`Nora Beck · 59.00 EUR · order 1053`; empty when nothing of it is known yet, or can be read
    by this code."""
    try:
        proposal = record.results["proposal"].as_(Proposal)
        sender = _sender(record, workflow)
    except (KeyError, UnknownVersion):
        return ""
    named = [one_line(held, _NAME) for name in _WHO if (held := proposal.value(name))]
    order = one_line(proposal.value(_ORDER) or "", _NAME)
    parts = (", ".join(named) or sender, _much(record), f"order {order}" if order else "")
    return " · ".join(part for part in parts if part)


def _sender(record: JobRecord, workflow: Workflow[Any] | None) -> str:
    if workflow is None:
        return ""
    return one_line(workflow.requester(record.results["input"].as_(workflow.input)), _NAME)


def _much(record: JobRecord) -> str:
    """The sums among what it would do, each once."""
    # What somebody damaged has no sums, and is refused where it would be signed.
    params = (held.content().get("params", {}) for held in record.ledger)
    return ", ".join(dict.fromkeys(str(sum_) for one in params for sum_ in amounts(one)))


def amounts(params: Mapping[str, Any]) -> Iterator[Money]:
    """Every amount of money among an action's parameters."""
    return (Money.model_validate(value) for value in params.values() if is_money(value))
