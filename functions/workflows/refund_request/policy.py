"""The policy of refund_request: what is looked for, with its value and threshold, and what follows.
The strictest line wins; what no line allows is forbidden."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from countersign.domain.limits.caps import REACHED
from countersign.domain.money import Money
from countersign.domain.policy.policy import Quorum
from countersign.extraction import checks, replies
from countersign.extraction.checks import Hit, earlier, instant
from countersign.extraction.readers.askers import own_words
from countersign.extraction.readers.hearing import heard
from countersign.workflow import Check, Clause, ask, forbid, note, run
from workflows.refund_request import facts, orders, sums
from workflows.refund_request.contract import source_text
from workflows.refund_request.facts import Request


def _unstated(situation: Request) -> Hit:
    number = facts.order_number(situation.input, situation.proposal)
    return None if number else ("none named", "an order's number")


def _not_found(situation: Request) -> Hit:
    number = facts.order_number(situation.input, situation.proposal)
    return (number, "an order of ours") if number and not facts.records(situation) else None


def _unreadable(situation: Request) -> Hit:
    found = facts.records(situation)
    if len(found) == 1 and facts.order(situation) is None:
        return "an amount or currency that cannot be read", "whole minor units and ISO 4217"
    return None


def _several(situation: Request) -> Hit:
    stated = facts.order_number(situation.input, situation.proposal)
    named = [number for number, _ in orders.found(source_text(situation.input))]
    numbers = dict.fromkeys((*((stated,) if stated else ()), *named))
    most = max(len(numbers), len(facts.records(situation)))
    return (f"{most} orders", "one order") if most > 1 else None


def _mismatch(situation: Request) -> Hit:
    found = facts.order(situation)
    if found is None or facts.is_senders(found, situation.input):
        return None
    return "another address wrote", "the order's address"


def _window(situation: Request) -> Hit:
    found, days = facts.order(situation), situation.limits.number("window.days")
    if found is None:
        return None
    if found.created is None or found.created > situation.now:
        return "no date in the past", f"{days} days"
    late = situation.now - found.created > timedelta(days=float(days))
    return (f"{found.created:%Y-%m-%d}", f"{days} days") if late else None


def _refunded_before(situation: Request) -> Hit:
    found = facts.order(situation)
    if found is None or found.refunded.amount <= 0:
        return None
    return f"{found.refunded}, {found.left} left", "nothing refunded"


def _disputed(situation: Request) -> Hit:
    found = facts.order(situation)
    return ("disputed at the bank", "no dispute") if found and found.is_disputed else None


def _unpaid(situation: Request) -> Hit:
    found = facts.order(situation)
    return ("not paid", "paid") if found and not found.is_paid else None


def _no_refund(situation: Request) -> Hit:
    wish = facts.wish(situation)
    return None if wish == "refund" else (wish, "refund")


def _second(situation: Request) -> Hit:
    holder = situation.records.first("claim_holder")
    return (earlier(holder), f"{situation.limits.number('claim.days')} days") if holder else None


def _over_paid(situation: Request) -> Hit:
    found, said = facts.order(situation), facts.asked(situation)
    if found is None or said is None or said.currency not in ("", found.left.currency):
        return None
    over = said.amount > found.left.amount
    return (f"{said.amount:f}", f"{found.left} left") if over else None


def _amount_unstated(situation: Request) -> Hit:
    return None if facts.asked(situation) else ("none stated", "an amount")


def _contradicts(situation: Request) -> Hit:
    form, proposal = situation.input.stated.amount, situation.proposal
    said = facts.said_amount(proposal)
    if form is None or said is None or proposal.corrected("asked_amount"):
        return None
    return (f"the text says {said:f}", form) if said != form.amount else None


def _other_sum(situation: Request) -> Hit:
    """The text asks for another sum than the plan refunds; of several the smallest counts. A sum
    that a person set is their word."""
    amount, order = facts.proposed(situation), facts.order(situation)
    if amount is None or order is None or facts.is_set_by_person(situation):
        return None
    found = sums.asked_for(own_words(situation.input), order.number)
    if not found:
        said = facts.said_amount(situation.proposal)
        return (f"{said:f} is in no sentence", "a sum that the text names") if said else None
    least = min(found, key=lambda one: one.lower)
    strange = next((one for one in found if one.currency not in ("", *_meant(amount))), None)
    if strange:
        return f"“{strange.words}”", amount
    differs = least.lower != amount.amount
    more = differs and not (situation.input.stated.amount and least.lower > amount.amount)
    return (f"“{least.words}”", amount) if more else None


def _meant(amount: Money) -> frozenset[str]:
    """The codes that a text may mean with the sign of this currency."""
    return facts.codes_of_sign(amount.currency)


def _unheard(situation: Request) -> Hit:
    """The shop's form is about money back; a mail has to say so."""
    is_form = situation.input.channel == "form"
    heard_it = is_form or "wish" in heard(own_words(situation.input))
    return None if heard_it else ("no word of it", "words for money back")


def _unknown_currency(situation: Request) -> Hit:
    said = facts.asked(situation)
    return ("none known", "a currency by name") if said and not said.currency else None


def _differs(situation: Request) -> Hit:
    found, said = facts.order(situation), facts.asked(situation)
    if found is None or said is None or said.currency in ("", found.left.currency):
        return None
    return said.currency, found.left.currency


def _no_limit(situation: Request) -> Hit:
    found = facts.order(situation)
    if found is None or situation.limits.amount("auto.max", found.left.currency):
        return None
    return found.left.currency, "a currency with limits"


def _nothing(situation: Request) -> Hit:
    return None if facts.proposed(situation) else ("nothing", "an amount that is left")


def _over_auto(situation: Request) -> Hit:
    return _over("auto.max", situation)


def _over_single(situation: Request) -> Hit:
    return _over("single.max", situation)


def _over(name: str, situation: Request) -> Hit:
    amount = facts.proposed(situation)
    limit = situation.limits.amount(name, amount.currency) if amount else None
    return (amount, limit) if amount and limit and amount.amount > limit.amount else None


def _too_many(situation: Request) -> Hit:
    days, most = (situation.limits.number(f"refunds.{name}") for name in ("days", "max"))
    since = situation.now - timedelta(days=float(days))
    created = (instant(one.fields.get("created", "")) for one in facts.refunds(situation))
    late = [at for at in created if (at or since) >= since]
    return (f"{len(late)} refunds", f"{most} in {days} days") if len(late) >= most else None


def _fraud(situation: Request) -> Hit:
    claimed = facts.reason(situation) == "fraud"
    return ("the customer says fraud", "a look at the payment") if claimed else None


def _foreign_target(situation: Request) -> Hit:
    proposal = situation.proposal
    drafts = proposal.drafts if replies.drafted(proposal) else {}
    numbers = f"{situation.input.stated.order}{proposal.value('order') or ''}"
    return checks.foreign(replies.foreign(situation, drafts, numbers))


_DECISIVE = ("order", "wish", "reason", "asked_amount", "asked_currency")
"""Facts that the plan needs: where one was dropped, a person looks."""
_REFUND, _REPLY, _PUSH = "payments.refund", "email.send_reply", "notify.push"


def _asks(
    rule: str, sentence: str, check: Check | None = None, quorum: Quorum = Quorum.ONE
) -> Iterator[Clause]:
    """A person signs the refund and reads the reply."""
    yield ask(_REFUND, sentence, check or rule, rule=rule, quorum=quorum)
    yield ask(_REPLY, sentence, rule)


def _stops(rule: str, sentence: str, check: Check) -> Iterator[Clause]:
    """No refund, whoever would sign it; a person reads what is answered."""
    yield forbid(_REFUND, sentence, check, rule=rule)
    yield ask(_REPLY, sentence, rule)


POLICY: tuple[Clause, ...] = (
    run(_REFUND, "a small refund runs when no rule objects"),
    run(_REPLY, "the fixed confirmation may go out with it"),
    ask(_PUSH, "finance is told of what was signed, and not before"),
    *_stops("order.unstated", "no order is named", _unstated),
    *_stops("order.not_found", "there is no such order", _not_found),
    *_stops("order.unreadable", "the order's record cannot be read", _unreadable),
    *_asks("order.several", "more than one order is meant", _several),
    *_stops("order.sender_mismatch", "the sender's address is not the order's", _mismatch),
    *_asks("order.window", "the order is older than the refund window", _window),
    *_asks("order.refunded_before", "money of this order went back before", _refunded_before),
    *_stops("order.disputed", "the payment is disputed at the bank", _disputed),
    *_stops("order.unpaid", "the order was never paid", _unpaid),
    *_asks("sender.unauthenticated", "nobody vouches for the sender", checks.unauthenticated),
    *_stops("request.no_refund", "the message does not ask for money back", _no_refund),
    *_asks("request.second", "an earlier request holds this order", _second),
    *_stops("amount.over_paid", "more is asked than is left of what was paid", _over_paid),
    *_asks(
        "amount.unstated", "no amount is stated: all that is left is proposed", _amount_unstated
    ),
    *_asks("amount.contradicts", "form and text name different amounts", _contradicts),
    *_asks("amount.text_differs", "the text names another sum than is refunded", _other_sum),
    *_asks("request.unheard", "nothing in the text asks for money back", _unheard),
    *_asks("currency.unknown", "the amount names no currency that is known", _unknown_currency),
    *_stops("currency.differs", "the amount is in another currency than the order", _differs),
    *_asks("currency.no_limit", "the order's currency has no limits", _no_limit, Quorum.TWO),
    *_stops("refund.none", "there is nothing that could be refunded", _nothing),
    *_asks("refund.over_auto", "the refund is above what runs by itself", _over_auto),
    *_asks(
        "refund.over_single",
        "the refund is above what one person may sign",
        _over_single,
        Quorum.TWO,
    ),
    *_asks("customer.too_many", "this customer had too many refunds lately", _too_many),
    *_asks("reason.fraud", "the customer says that it is fraud", _fraud),
    *_asks(REACHED, ""),
    *_asks("confidence.low", "the confidence is too low", checks.low_confidence),
    *_asks(
        "injection.suspected",
        "the message gives orders to the model",
        lambda situation: checks.orders(source_text(situation.input)),
    ),
    ask(
        _REFUND,
        "the draft points somewhere that is not ours",
        _foreign_target,
        rule="reply.foreign_target",
    ),
    forbid(_REPLY, "", "reply.foreign_target"),
    *_asks(
        "prose.unsupported",
        "the model's words say what the message does not",
        lambda situation: checks.foreign_prose(situation, source_text(situation.input)),
    ),
    *_asks(
        "size.over_limit",
        "the message is larger than what is handled unseen",
        checks.over_size,
    ),
    *_asks("facts.dropped", "the model stated what no quote shows", checks.dropped(*_DECISIVE)),
    *_asks("source.only_quoted", "it stands only in what is quoted", checks.only_quoted),
    note("the model stated more than quotes show", checks.dropped(), rule="facts.shown"),
    note("card, account or identity numbers were masked", checks.masked, rule="safety.masked"),
)
"""Whatever objects to the refund also makes the reply ask: no reply leaves unseen but the fixed
confirmation of a refund that runs by itself. Nobody has to read what finance is told, so the usual
askers are said here for refund and reply alone."""
