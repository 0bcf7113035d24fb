"""A job in one line: whom it is about, and how much."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from countersign.domain.errors import UnknownVersion
from countersign.domain.jobs.change import JobRecord
from countersign.domain.ledger.told import is_money
from countersign.domain.money import Money
from countersign.domain.policy.proposal import Proposal
from countersign.domain.policy.records import Records
from countersign.domain.workflow import Workflow
from countersign.web.text import one_line

_WHO, _ORDER = ("name", "company"), "order"
_NAME = 60


def headline(record: JobRecord, workflow: Workflow[Any] | None) -> str:
    """`Nora Beck · 59.00 EUR · order 1053`; empty when nothing of it is known yet, or can be read
    by this code."""
    try:
        proposal = record.results["proposal"].as_(Proposal)
        title = one_line(proposal.value("title") or "", _NAME)
        who = named(proposal) or title or _sender(record, workflow)
    except (KeyError, UnknownVersion):
        return ""
    order = one_line(proposal.value(_ORDER) or "", _NAME)
    parts = (who, _much(record), f"order {order}" if order else "")
    return " · ".join(part for part in parts if part)


def named(proposal: Proposal) -> str:
    """Name and company of whom a message is about; empty where it names nobody."""
    return ", ".join(one_line(held, _NAME) for name in _WHO if (held := proposal.value(name)))


def _sender(record: JobRecord, workflow: Workflow[Any] | None) -> str:
    """Who wrote: the name under which a system of record has the address, or the address with the
    name that the message gives itself; what a document is called that nobody sent."""
    if workflow is None:
        return ""
    given = record.results["input"].as_(workflow.input)
    address = one_line(workflow.requester(given), _NAME)
    said = (getattr(given, "sender_name" if address else "title", ""), address)
    return _known_as(record, address) or ", ".join(one_line(one, _NAME) for one in said if one)


def _known_as(record: JobRecord, address: str) -> str:
    stored = record.results.get("records")
    found = stored.as_(Records).found.values() if stored and address else ()
    fields = (one.fields.get for several in found for one in several)
    held = (of("name", "") for of in fields if of("email", "").casefold() == address.casefold())
    return one_line(next(filter(None, held), ""), _NAME)


def _much(record: JobRecord) -> str:
    """The sums among what it would do, each once."""
    # What somebody damaged has no sums, and is refused where it would be signed.
    params = (held.content().get("params", {}) for held in record.ledger)
    return ", ".join(dict.fromkeys(str(sum_) for one in params for sum_ in amounts(one)))


def amounts(params: Mapping[str, Any]) -> Iterator[Money]:
    """Every amount of money among an action's parameters."""
    return (Money.model_validate(value) for value in params.values() if is_money(value))
