"""Corrections as a person says them, and the facts that rules read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, get_args

from pydantic import ValidationError

from countersign.domain.contract import Value
from countersign.domain.errors import ContractBroken
from countersign.domain.money import Money
from countersign.domain.proposal import Proposal
from countersign.domain.workflow import Workflow, money_facts

_SUM = re.compile(r"(\d{1,15}(?:\.\d{1,4})?) ([A-Z]{3})")


def parts(workflow: Workflow[Any]) -> dict[str, type[Value]]:
    """The parts of the model's answer that become facts, each with its kind."""
    every = workflow.answer.model_fields.items()
    kinds = ((name, get_args(info.annotation) or (info.annotation,)) for name, info in every)
    return {name: kind for name, among in kinds for kind in among if _is_part(kind)}


def said(workflow: Workflow[Any], proposal: Proposal, name: str) -> str:
    """What is known of a part now, as a person would type it: a sum as `1250.00 EUR`."""
    held = (proposal.value(one) for one in _facts(workflow, name))
    return " ".join(one for one in held if one)


def facts_of(workflow: Workflow[Any], typed: Mapping[str, str]) -> dict[str, str]:
    """Corrections under the names of the facts that rules read. A fact's own name is taken too.

    Raises ContractBroken for a name that nothing reads, and for a sum that is none.
    """
    found: dict[str, str] = {}
    for name, text in typed.items():
        found |= _corrected(workflow, name, text)
    return found


def is_sum(text: str) -> bool:
    """Whether `text` is digits with a point and a currency: `1250.00 EUR`."""
    match = _SUM.fullmatch(text)
    try:
        return bool(match and Money(amount=Decimal(match[1]), currency=match[2]))
    except ValidationError:
        return False


def _corrected(workflow: Workflow[Any], name: str, text: str) -> dict[str, str]:
    known = {one: _facts(workflow, one) for one in parts(workflow)}
    facts = known.get(name, ())
    if not facts and not any(name in own for own in known.values()):
        raise ContractBroken(f"nothing reads a fact {name}; there are {', '.join(known)}")
    if len(facts) < 2:  # noqa: PLR2004 - an amount and a currency are two facts
        return {name: text}
    if text and not is_sum(text):
        raise ContractBroken(f"{name} is digits with a point and a currency: 1250.00 EUR")
    amount, _, currency = text.partition(" ")
    return dict(zip(facts, (amount, currency), strict=True))


def _facts(workflow: Workflow[Any], name: str) -> tuple[str, ...]:
    """The names under which a part of the answer is kept."""
    prefix = workflow.money.get(name)
    return money_facts(prefix) if prefix else (name,)


def _is_part(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Value) and "quotes" in kind.model_fields
