"""Which records are looked up, and which actions a request wants before policy has spoken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from countersign.actions import mail, notify, payments
from countersign.domain.actions import Action
from countersign.domain.policy import Answer
from countersign.domain.proposal import Proposal
from countersign.domain.records import Lookup
from countersign.domain.rules import findings
from countersign.domain.wanted import Wanted
from countersign.understanding.replies import acknowledgement, threaded
from countersign.workflows.refund_request import facts, replies
from countersign.workflows.refund_request.contract import RefundInput
from countersign.workflows.refund_request.facts import Request
from countersign.workflows.refund_request.policy import POLICY
from countersign.workflows.refund_request.rules import RULES

ACTIONS: Mapping[str, Action[Any, Any]] = {
    "payments.refund": payments.REFUND,
    "email.send_reply": mail.SEND_REPLY,
    "notify.push": notify.PUSH,
}
_REFUND, _CHANNEL = "payments.refund", "finance"
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


def want(situation: Request) -> Sequence[Wanted]:
    """The refund, where an order has something left to refund, then the reply, and then a word to
    finance about a refund above what runs by itself.

    Charge, customer, currency and the bound of the amount come from the order's record, whatever
    the text or the model says; the model's wish counts only for its own draft. Finance comes last:
    a message that may be lost must not hold up the customer's answer.
    """
    return (*_refund(situation), _reply(situation), *_finance(situation))


def _refund(situation: Request) -> Iterator[Wanted]:
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
    yield Wanted(action=_REFUND, params=params, target=order.charge)


def _finance(situation: Request) -> Iterator[Wanted]:
    """Only what no edit before the signature can make untrue: the amount stands in the job."""
    order, found = facts.order(situation), findings(RULES, situation)
    asks = POLICY.verdict(_REFUND, found).answer is Answer.ASK
    if not order or not asks or not any(one.rule in _TOLD for one in found):
        return
    params = notify.Push(
        channel=_CHANNEL,
        title=f"Refund of order {order.number}",
        text=(
            f"A refund of order {order.number} was signed and has been made on charge"
            f" {order.charge}.\nIts amount and who signed it: job {situation.job_id}."
        ),
    )
    yield Wanted(action="notify.push", params=params, target=_CHANNEL, after=_REFUND)


def _reply(situation: Request) -> Wanted:
    subject, text, is_draft = _words(situation)
    params = mail.Reply(
        to=_recipient(situation),
        subject=threaded(situation.input.subject, subject),
        text=text,
        template="draft" if is_draft else "acknowledgement",
        in_reply_to=situation.input.message_id,
    )
    after = _REFUND if _runs(situation) else ""  # the confirmation says that it has happened
    return Wanted(action="email.send_reply", params=params, target=params.to, after=after)


def _words(situation: Request) -> tuple[str, str, bool]:
    """Subject and text, and whether they are a draft.

    Only a refund that runs by itself is confirmed: it has happened when the reply leaves. A person
    who signs may still say no to the refund, so what they read must be true either way.
    """
    order, amount = facts.order(situation), facts.proposed(situation)
    language = _language(situation)
    if order and amount and _runs(situation):
        return (*replies.confirmation(language, order.number, amount), False)
    own, text = acknowledgement(language)
    if not replies.drafted(situation.proposal):
        return own, text, False
    drafts = situation.proposal.drafts
    return drafts.get("reply_subject") or own, drafts["reply_body"], True


def _runs(situation: Request) -> bool:
    found = findings(RULES, situation)
    return POLICY.verdict(_REFUND, found).answer is Answer.RUN


def _recipient(situation: Request) -> str:
    """The order's address as its record spells it, when it is the one that wrote; else that one."""
    order, sender = facts.order(situation), situation.input.sender
    return order.email if order and facts.is_senders(order, situation.input) else sender


def _language(situation: Request) -> str:
    hints = situation.input.language_hints
    return situation.proposal.value("language") or (hints[0] if hints else "")
