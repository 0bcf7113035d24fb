"""agent_actions: what somebody's agent wants done, under the policy, the people and the ledger that
everything else has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import ClassVar

from countersign.actions.payments import Refund, changes, charge_of, money
from countersign.domain.canonical import canonical, digest
from countersign.domain.contract import Contract
from countersign.domain.jobs.verdicts import VERDICT
from countersign.domain.ledger.action import ProposedAction
from countersign.domain.limits.caps import Cap, day_of
from countersign.domain.money import Money
from countersign.domain.policy.proposal import Fact, Proposal
from countersign.domain.policy.records import Lookup
from countersign.domain.policy.release import Limits
from countersign.domain.workflow import Claim, Draft
from countersign.workflow import Answer, Situation, Summary, workflow
from workflows.agent_actions.contract import ACTIONS, BY_ID, Proposed, read
from workflows.agent_actions.policy import POLICY, REFUNDS, WITHOUT

_REFUND = "payments.refund"
_DAY = "without a signature this caller moves {threshold|a limit} a day; with this one: {value}"


class Says(Answer):
    """Nothing that a model would add."""

    CONTRACT: ClassVar[str] = "agent_actions.answer"
    VERSION: ClassVar[int] = 1

    why: Summary | None


def signs(given: Proposed, _limits: Limits) -> Draft:
    """All is said in the proposal itself."""
    reason = given.parts["reason"]
    facts = {"reason": Fact(value=reason, quotes=(reason,), prose=True)}
    return Draft(facts=facts, wishes=(), drafts={}, confidence=Decimal(1))


def lookups(given: Proposed, _proposal: Proposal) -> tuple[Lookup, ...]:
    """The order of each refund, and what went back to its customer before."""
    asked = [one.parsed() for one in given.actions]
    orders = dict.fromkeys(one.order for one in asked if isinstance(one, Refund))
    kinds = {"order": "order", REFUNDS: "refunds_of_order_customer"}
    return tuple(
        Lookup(name=_nth(name, at), connector="payments", kind=kind, field="number", value=order)
        for at, order in enumerate(orders, 1)
        for name, kind in kinds.items()
    )


def _nth(name: str, at: int) -> str:
    return name if at == 1 else f"{name} {at}"


def propose(s: Situation[Proposed]) -> Iterator[ProposedAction]:
    """Exactly what was proposed; as a verdict, where its caller does it."""
    for call in s.input.actions:
        may = s.input.may_of(call.action)
        does = VERDICT if may and may.by_caller else ""
        yield ProposedAction(f"{call.action}{does}", call.parsed(), call.target)


def claim(given: Proposed, _plan: Proposal, limits: Limits) -> Claim:
    """The same actions of the same caller under another key are seen as such."""
    said = canonical([given.caller, [[one.action, one.params] for one in given.actions]])
    return Claim(key=digest(said), body=given.caller, days=int(limits.number("claim.days")))


def caps(s: Situation[Proposed], params: Contract) -> Sequence[Cap]:
    """The caller's day of this action, in the currency of its sum; without one, nothing of it runs
    by itself."""
    of_sums = (one for one in BY_ID.values() if one.amount and isinstance(params, one.params))
    action = next(of_sums, None)
    held = s.input.may_of(action.id) if action else None
    amount = action.amount(params) if action and action.amount else None
    if action is None or held is None or amount is None:
        return ()
    currency = amount.currency
    most = Money(amount=held.a_day.get(currency, Decimal(0)), currency=currency)
    of = "" if action.id == _REFUND else f"/{action.id}"
    key = f"agent_actions/{s.input.caller}{of}/{currency}"
    return (Cap(key=key, day=day_of(s.now), most=most, sentence=_DAY),)


def evidence(s: Situation[Proposed], refund: Refund) -> Iterator[tuple[str, str]]:
    """Whose money it is, as the payments account has it."""
    charge = charge_of(refund, s.records)
    if charge is None:
        return
    held = charge.fields.get
    yield "customer", ", ".join(filter(None, (held("name", ""), held("email", ""))))
    yield "bought", held("bought", "")
    yield "paid", str(money(charge, "amount_minor") or "")
    yield "refunded before", str(money(charge, "refunded_minor") or "")


WORKFLOW = workflow(
    "agent_actions",
    title="Agents' proposals",
    owner="operations",
    tiers=("refunds", "refunds-lead"),
    source=Proposed,
    read=read,
    answer=Says,
    actions=ACTIONS,
    lookups=lookups,
    connectors=("payments",),
    propose=propose,
    signs=signs,
    policy=POLICY,
    without=WITHOUT,
    claim=claim,
    joins=lambda _mine, _theirs, _hours: True,
    caps=caps,
    shows=dict.fromkeys((_REFUND, f"{_REFUND}{VERDICT}"), changes),
    evidence=dict.fromkeys((_REFUND, f"{_REFUND}{VERDICT}"), evidence),
)
