"""The policy of agent_actions: the caller's limits, the order's record, and a person above them. A
proposal is judged whole: what objects to one of its actions holds for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from countersign.actions.payments import Refund, charge_of, money
from countersign.domain.contract import Contract
from countersign.domain.jobs.senders import MayPropose
from countersign.domain.limits.caps import REACHED
from countersign.domain.money import Money
from countersign.domain.policy.policy import Quorum
from countersign.domain.policy.records import CLAIM_HOLDER, Record
from countersign.domain.policy.rules import Situation
from countersign.extraction.checks import Hit, earlier
from countersign.extraction.readers import askers
from countersign.workflow import Clause, ask, forbid, run
from workflows.agent_actions.contract import ACTIONS, BY_ID, PlannedCall, Proposed, target_of

Seen = Situation[Proposed]
REFUNDS = "refunds"
"""How the names of records begin that are earlier refunds."""
_ALL = tuple(one.id for one in ACTIONS)


def refunds(situation: Seen) -> Iterator[Refund]:
    """The refunds, each as a person left it."""
    for _, params in _left_by_people(situation):
        if isinstance(params, Refund):
            yield params


def _left_by_people(situation: Seen) -> Iterator[tuple[PlannedCall, Contract]]:
    """What is proposed, each with its parameters as a person left them."""
    for call in situation.input.actions:
        given = call.parsed()
        edited = (one for one in situation.edited if isinstance(one, type(given)))
        same = (one for one in edited if target_of(call.action, one) == call.target)
        yield call, next(same, given)


def _sums(situation: Seen) -> Iterator[tuple[MayPropose | None, Money]]:
    """What is to be moved, each with the caller's row of its action."""
    for call, params in _left_by_people(situation):
        amount = BY_ID[call.action].amount
        if amount and (money := amount(params)):
            yield situation.input.may_of(call.action), money


def _permitted(situation: Seen) -> Hit:
    named = (one.action for one in situation.input.actions)
    foreign = next((one for one in named if situation.input.may_of(one) is None), None)
    return (foreign, situation.input.caller) if foreign else None


def _over(situation: Seen, limits: str) -> Hit:
    for held, amount in _sums(situation):
        if held is None:
            continue
        most: Decimal | None = getattr(held, limits).get(amount.currency)
        if most is None or amount.amount > most:
            return amount, _limit(most, amount.currency)
    return None


def _limit(most: Decimal | None, currency: str) -> str:
    return "nothing" if most is None else str(Money(amount=most, currency=currency))


def _over_most(situation: Seen) -> Hit:
    return _over(situation, "most")


def _over_alone(situation: Seen) -> Hit:
    return _over(situation, "alone")


def _over_single(situation: Seen) -> Hit:
    for _, amount in _sums(situation):
        limit = situation.limits.amount("single.max", amount.currency)
        if limit is None or amount.amount > limit.amount:
            return amount, limit or "nothing"
    return None


def _signed_always(situation: Seen) -> Hit:
    rows = (situation.input.may_of(one.action) for one in _without_money(situation))
    asks = next((one for one in rows if one and one.asks), None)
    return (
        (asks.action.partition(".")[2].replace("_", " "), situation.input.caller) if asks else None
    )


def _without_money(situation: Seen) -> Iterator[PlannedCall]:
    return (one for one in situation.input.actions if not one.moves_money)


def _late(situation: Seen) -> Hit:
    until = situation.input.deadline
    return (f"{until:%d %b %H:%M}", "now") if until and situation.now > until else None


def _charges(situation: Seen) -> Iterator[tuple[Refund, Record | None]]:
    return ((one, charge_of(one, situation.records)) for one in refunds(situation))


def _unknown(situation: Seen) -> Hit:
    """The charge is the order's and the customer's, and not only one that exists."""
    for refund, charge in _charges(situation):
        if charge is None or charge.fields.get("customer", "") != refund.customer:
            return refund.order, refund.charge
    return None


def _over_left(situation: Seen) -> Hit:
    for refund, charge in _charges(situation):
        left = _left(charge, situation) if charge else None
        if left and refund.amount.amount > left.amount:
            return refund.amount, left
    return None


def _left(charge: Record, situation: Seen) -> Money | None:
    """What is left to refund, what this very job has given back counted as left."""
    paid, gone = money(charge, "amount_minor"), money(charge, "refunded_minor")
    if paid is None or gone is None:
        return None
    own = sum((one.amount for one in _own(charge, situation)), Decimal(0))
    return paid.model_copy(update={"amount": paid.amount - max(gone.amount - own, Decimal(0))})


def _own(charge: Record, situation: Seen) -> Iterator[Money]:
    found = situation.records.found.items()
    for one in (one for name, held in found if name.startswith(REFUNDS) for one in held):
        amount, field = money(one, "amount_minor"), one.fields.get
        if amount and field("charge") == charge.id and field("action_key") in situation.ours:
            yield amount


def _unpaid(situation: Seen) -> Hit:
    for _, charge in _charges(situation):
        held = charge.fields.get if charge else None
        if held and (held("paid") != "true" or held("disputed") != "false"):
            return "not paid, or disputed at the bank", "paid"
    return None


def _again(situation: Seen) -> Hit:
    holder = situation.records.first(CLAIM_HOLDER)
    return (earlier(holder), f"{situation.limits.number('claim.days')} days") if holder else None


POLICY: tuple[Clause, ...] = (
    run(_ALL, "within its caller's limits it runs by itself"),
    forbid(_ALL, "this caller may not propose {value|this}", _permitted, rule="caller.action"),
    forbid(
        _ALL,
        "{value|this} is more than its caller may propose ({threshold|the limit})",
        _over_most,
        rule="caller.over_most",
    ),
    forbid(_ALL, "it was to be done by {value|then}", _late, rule="proposal.late"),
    forbid(
        _ALL,
        "order {value|named} has no such charge of this customer",
        _unknown,
        rule="order.unknown",
    ),
    forbid(
        _ALL,
        "{value|more} is proposed, and {threshold|less} is left",
        _over_left,
        rule="order.left",
    ),
    forbid(_ALL, "the payment is {value|not in order}", _unpaid, rule="order.unpaid"),
    ask(
        _ALL,
        "{value|this} is more than runs by itself for its caller ({threshold|its limit})",
        _over_alone,
        rule="caller.over_alone",
    ),
    ask(
        _ALL,
        "above {threshold|the limit} two people sign, and this is {value|more}",
        _over_single,
        rule="refund.over_single",
        quorum=Quorum.TWO,
    ),
    ask(
        _ALL,
        "somebody signs every “{value|action}” of this caller",
        _signed_always,
        rule="caller.asks",
    ),
    ask(_ALL, "the same was proposed before: {value|earlier}", _again, rule="proposal.again"),
    ask(_ALL, "", REACHED),
)
WITHOUT = (
    *("sender.unauthenticated", "customer.unsure"),
    *dict.fromkeys(one.rule for one in askers.rows(money=True)),
)
"""Whose a proposal is stands in its signature. Its text is a system's reason, for whoever signs: no
customer wrote it to us, and no action is read out of it."""
