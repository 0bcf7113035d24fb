"""Corrections: facts that a person sets before anything ran, by the parts of the model's answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, get_args

from pydantic import ValidationError

from countersign.domain.contract import Value
from countersign.domain.errors import ContractBroken
from countersign.domain.money import Money
from countersign.domain.policy.proposal import Fact, Proposal
from countersign.domain.workflow import Workflow, money_facts

_SUM = re.compile(r"(\d{1,15}(?:\.\d{1,4})?) ([A-Z]{3})")


def parts(workflow: Workflow[Any]) -> dict[str, type[Value]]:
    """The parts of the model's answer that become facts, each with its kind."""
    every = workflow.answer.model_fields.items()
    return {n: kind for n, info in every for kind in _types(info.annotation) if _is_part(kind)}


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
        found |= _named(workflow, name, text)
    return found


def is_sum(text: str) -> bool:
    """Whether `text` is digits with a point and a currency: `1250.00 EUR`."""
    match = _SUM.fullmatch(text)
    try:
        return bool(match and Money(amount=Decimal(match[1]), currency=match[2]))
    except ValidationError:
        return False


def corrected(proposal: Proposal, facts: Mapping[str, str], by: str) -> Proposal:
    """`proposal` with facts that a person set; they carry that person's name."""
    changed = {
        name: Fact(
            value=value, quotes=(), derived=True, by=by, by_before=_correctors(proposal, name)
        )
        for name, value in facts.items()
    }
    return proposal.model_copy(update={"facts": {**proposal.facts, **changed}})


def _named(workflow: Workflow[Any], name: str, text: str) -> dict[str, str]:
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


def _correctors(proposal: Proposal, name: str) -> tuple[str, ...]:
    fact = proposal.facts.get(name)
    return fact.correctors if fact else ()


def _types(hint: Any) -> Iterator[Any]:
    """The types in an annotation, whatever else stands beside them."""
    if hasattr(hint, "__metadata__"):
        yield hint.__origin__
    elif isinstance(hint, type):
        yield hint
    else:
        for one in get_args(hint):
            yield from _types(one)


def _is_part(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Value) and "quotes" in kind.model_fields
