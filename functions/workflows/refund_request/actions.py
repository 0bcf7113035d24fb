"""Which records are looked up, and which actions a request wants before policy has spoken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Literal

from countersign.actions import mail, notify, payments
from countersign.actions.payments import Refund
from countersign.domain.canonical import canonical, digest
from countersign.domain.contract import Contract
from countersign.domain.ledger.action import ProposedAction
from countersign.domain.limits.caps import Cap, day_of
from countersign.domain.money import Money
from countersign.domain.policy.policy import Answer, Verdict
from countersign.domain.policy.proposal import Proposal
from countersign.domain.policy.records import Lookup
from countersign.domain.policy.release import Limits
from countersign.domain.workflow import Claim
from countersign.extraction import inquiries, replies
from countersign.workflow import verdict
from workflows.refund_request import facts
from workflows.refund_request.contract import RefundInput, form_shown
from workflows.refund_request.facts import Request, order_number
from workflows.refund_request.policy import POLICY, WITHOUT
from workflows.refund_request.replies import confirmation, considered

ACTIONS = (payments.REFUND, mail.SEND_REPLY, mail.ASK_SENDER, notify.PUSH)
_REFUND, _TO_TELL = "payments.refund", "destination.large_refund"
_QUESTION = mail.ASK_SENDER.id
_TOLD = frozenset({"refund.over_auto", "currency.no_limit"})
"""Rules that find a refund above what runs by itself."""
_Cause = Literal["requested_by_customer", "duplicate", "fraudulent"]
_CAUSES: Mapping[str, _Cause] = {"duplicate_charge": "duplicate", "fraud": "fraudulent"}


def lookups(message: RefundInput, proposal: Proposal) -> tuple[Lookup, ...]:
    """The order by its number, and the refunds of the customer to whom it belongs."""
    number = facts.order_number(message, proposal)
    if not number:
        return ()
    kinds = {"order": "order", "refunds": "refunds_of_order_customer"}
    return tuple(
        Lookup(name=name, connector="payments", kind=kind, field="number", value=number)
        for name, kind in kinds.items()
    )


def want(situation: Request) -> Sequence[ProposedAction]:
    """The refund, where an order has something left to refund, then the reply, and then a word to
    finance about a refund above what runs by itself. Without an order that we know, the question
    which one it is.

    Charge, customer, currency and the bound of the amount come from the order's record, whatever
    the text or the model says; the model's wish counts only for its own draft. Finance comes last:
    a message that may be lost must not hold up the customer's answer.
    """
    if facts.lacks_order(situation) and _may_ask(situation):
        return (inquiries.inquiry(situation, ("order",), "refund"),)
    said = verdict(POLICY, _REFUND, situation, without=WITHOUT, form_shown=form_shown)
    return (*_refund(situation), _reply(situation, said), *_finance(situation, said))


def _may_ask(situation: Request) -> bool:
    said = verdict(POLICY, _QUESTION, situation, without=WITHOUT, form_shown=form_shown)
    return inquiries.may_ask(situation) and said.answer is not Answer.FORBID


def _refund(situation: Request) -> Iterator[ProposedAction]:
    order, amount = facts.order(situation), facts.proposed(situation)
    if order is None or amount is None:
        return
    params = payments.Refund(
        order=order.number,
        charge=order.charge,
        customer=order.customer,
        amount=amount,
        reason=_CAUSES.get(facts.reason(situation), "requested_by_customer"),
    )
    yield ProposedAction(action=_REFUND, params=params, target=order.charge)


def _finance(situation: Request, said: Verdict) -> Iterator[ProposedAction]:
    """Only what no edit before the signature can make untrue: the amount stands in the job."""
    order = facts.order(situation)
    if not order or said.answer is not Answer.ASK or not said.rules & _TOLD:
        return
    for channel in situation.limits.lists.get(_TO_TELL, ()):
        yield _told(channel, order)


def _told(channel: str, order: facts.Order) -> ProposedAction:
    params = notify.Push(
        channel=channel,
        title=f"Refund of order {order.number}",
        text=(
            f"A refund of order {order.number} was signed and has been made.\n"
            f"Its amount and who signed it stand in the job of order {order.number}."
        ),
    )
    return ProposedAction(action="notify.push", params=params, target=channel, after=_REFUND)


def _reply(situation: Request, said: Verdict) -> ProposedAction:
    """Only a refund that runs by itself is confirmed: it has happened when the reply leaves. A
    person who signs may still say no to the refund, so what they read must be true either way."""
    order, amount = facts.order(situation), facts.proposed(situation)
    language, to = replies.language_of(situation), _recipient(situation)
    draft = replies.drafted(situation.proposal)
    if not order or not amount or said.answer is Answer.FORBID:
        fixed = replies.acknowledgement(language, "")
        return replies.reply(situation, fixed, draft=draft, to=to)
    if said.answer is Answer.RUN:
        told = confirmation(language, order.number, amount)
        return replies.reply(situation, told, draft=False, to=to, after=_REFUND)
    return replies.reply(situation, considered(language, order.number), draft=draft, to=to)


def _recipient(situation: Request) -> str:
    """The order's address as its record spells it, when it is the one that wrote; else that one."""
    order, sender = facts.order(situation), situation.input.sender
    return order.email if order and facts.is_senders(order, situation.input) else sender


_WHOLE = (
    "refunds without a signature may sum up to {threshold|a limit} a day; with this one: {value}"
)
_CUSTOMER = (
    "a customer may have {threshold|a limit} a day without a signature; with this one: {value}"
)


def caps(situation: Request, params: Contract) -> tuple[Cap, ...]:
    """The workflow's day and the customer's day, each in the refund's own currency. A currency
    without a cap has room for nothing."""
    if not isinstance(params, Refund):
        return ()
    currency, day = params.amount.currency, day_of(situation.now)
    nothing = Money(amount=Decimal(0), currency=currency)
    rows = (("cap.daily", "", _WHOLE), ("cap.customer", _customer(situation, params), _CUSTOMER))
    return tuple(
        Cap(
            key="/".join(filter(None, ("refund_request", name, who, currency))),
            day=day,
            most=situation.limits.amount(name, currency) or nothing,
            sentence=sentence,
        )
        for name, who, sentence in rows
    )


def _customer(situation: Request, refund: Refund) -> str:
    """An opaque name of the customer; a guest is known by the order's address."""
    order = facts.order(situation)
    guest = order.email.casefold() if order else ""
    return digest((refund.customer or guest).encode())[:32]


_BODY = "refund"


def claim(message: RefundInput, proposal: Proposal, limits: Limits) -> Claim | None:
    """The claim on the order that is named; None when none is. It holds a digest and nothing else:
    the row outlives the message."""
    number = order_number(message, proposal)
    if not number:
        return None
    key = digest(canonical(["refund_request", number]))
    return Claim(key=key, body=_BODY, days=int(limits.number("claim.days")))


def joins(mine: str, holder: str, hours: float) -> bool:  # noqa: ARG001 - the order says it, not time
    """Two requests about one order belong together, whoever wrote them and however they put it."""
    return mine == holder
