"""The policy of refund_request: from findings to run, ask or forbid. The strictest line wins.

Whatever objects to the refund also makes the reply ask: no reply leaves unseen but the fixed
confirmation of a refund that runs by itself.
"""

from __future__ import annotations

from countersign.domain.limits.caps import REACHED
from countersign.domain.policy.policy import Answer, Policy, PolicyLine, Quorum

_REFUND = ("payments.refund",)
_REPLY = ("email.send_reply",)
_PUSH = ("notify.push",)
_RUN, _ASK, _FORBID = Answer.RUN, Answer.ASK, Answer.FORBID


def _asks(line: str, rule: str, quorum: Quorum = Quorum.ONE) -> tuple[PolicyLine, ...]:
    """A person signs the refund and reads the reply."""
    return (
        PolicyLine(line, _REFUND, _ASK, rule, quorum=quorum),
        PolicyLine(f"{line}-reply", _REPLY, _ASK, rule),
    )


def _stops(line: str, rule: str) -> tuple[PolicyLine, ...]:
    """No refund, whoever would sign it; a person reads what is answered."""
    return PolicyLine(line, _REFUND, _FORBID, rule), PolicyLine(f"{line}-reply", _REPLY, _ASK, rule)


POLICY = Policy(
    version="refund_request/2026-11-20",
    author="payments-ops",
    lines=(
        PolicyLine("small", _REFUND, _RUN, sentence="a small refund runs when no rule objects"),
        PolicyLine(
            "confirmation", _REPLY, _RUN, sentence="the fixed confirmation may go out with it"
        ),
        PolicyLine(
            "finance", _PUSH, _ASK, sentence="finance is told of what was signed, and not before"
        ),
        *_stops("no-order", "order.unstated"),
        *_stops("unknown-order", "order.not_found"),
        *_stops("unreadable-order", "order.unreadable"),
        *_stops("wrong-sender", "order.sender_mismatch"),
        *_stops("disputed", "order.disputed"),
        *_stops("unpaid", "order.unpaid"),
        *_stops("over-paid", "amount.over_paid"),
        *_stops("other-currency", "currency.differs"),
        *_stops("other-wish", "request.no_refund"),
        *_stops("nothing", "refund.none"),
        *_asks("several", "order.several"),
        *_asks("window", "order.window"),
        *_asks("refunded-before", "order.refunded_before"),
        *_asks("unauthenticated", "sender.unauthenticated"),
        *_asks("second", "request.second"),
        *_asks("no-amount", "amount.unstated"),
        *_asks("two-amounts", "amount.contradicts"),
        *_asks("unknown-currency", "currency.unknown"),
        *_asks("no-limit", "currency.no_limit", Quorum.TWO),
        *_asks("over-auto", "refund.over_auto"),
        *_asks("over-single", "refund.over_single", Quorum.TWO),
        *_asks("cap", REACHED),
        *_asks("too-many", "customer.too_many"),
        *_asks("fraud", "reason.fraud"),
        *_asks("unsure", "confidence.low"),
        *_asks("orders", "injection.suspected"),
        *_asks("size", "size.over_limit"),
        PolicyLine("foreign-target", _REFUND, _ASK, "reply.foreign_target"),
        PolicyLine("foreign-target-reply", _REPLY, _FORBID, "reply.foreign_target"),
    ),
)
