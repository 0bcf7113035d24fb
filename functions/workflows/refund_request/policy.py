"""The policy of refund_request: what is looked for, with its value and threshold, and what follows.
The strictest line wins; what no line allows is forbidden."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from countersign.domain.limits.caps import REACHED
from countersign.domain.money import Money
from countersign.domain.policy.policy import Quorum
from countersign.domain.policy.records import CLAIM_HOLDER
from countersign.extraction import checks, replies
from countersign.extraction.checks import Hit, day, earlier, instant, ordinal
from countersign.extraction.patterns import orders
from countersign.extraction.readers.askers import own_words
from countersign.extraction.readers.hearing import heard
from countersign.workflow import Check, Clause, ask, forbid, note, run
from workflows.refund_request import facts, sums
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
    text = source_text(situation.input)
    named = [*(number for number, _ in orders.found(text)), *orders.alike(text, stated or "")]
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
        return "on no day in the past that we know", f"{days} days"
    late = situation.now - found.created > timedelta(days=float(days))
    return (f"on {day(found.created)}", f"{days} days") if late else None


def _refunded_before(situation: Request) -> Hit:
    found = facts.order(situation)
    if found is None or found.refunded.amount <= 0:
        return None
    return f"{found.refunded}", f"{found.left}"


def _disputed(situation: Request) -> Hit:
    found = facts.order(situation)
    return ("disputed at the bank", "no dispute") if found and found.is_disputed else None


def _unpaid(situation: Request) -> Hit:
    found = facts.order(situation)
    return ("not paid", "paid") if found and not found.is_paid else None


def _no_refund(situation: Request) -> Hit:
    wish = facts.wish(situation)
    return None if wish == "refund" else (wish.replace("_", " "), "refund")


def _second(situation: Request) -> Hit:
    holder = situation.records.first(CLAIM_HOLDER)
    return (earlier(holder), f"{situation.limits.number('claim.days')} days") if holder else None


def _over_paid(situation: Request) -> Hit:
    found, said = facts.order(situation), facts.asked(situation)
    if found is None or said is None or said.currency not in ("", found.left.currency):
        return None
    over = said.amount > found.left.amount
    return (f"{said.amount:f} {found.left.currency}", f"{found.left}") if over else None


def _amount_unstated(situation: Request) -> Hit:
    is_there = facts.asked(situation) or facts.is_part_unstated(situation)
    return None if is_there else ("none stated", "an amount")


def _computed(situation: Request) -> Hit:
    part, said = facts.share(situation), facts.asked(situation)
    is_it = part and said and part.amount.amount == said.amount
    return (f"{part.words} = {part.amount}", "a sum that is named") if part and is_it else None


def _part_unstated(situation: Request) -> Hit:
    return ("no sum", "how much it is") if facts.is_part_unstated(situation) else None


def _contradicts(situation: Request) -> Hit:
    form, proposal = situation.input.stated.amount, situation.proposal
    said = facts.said_amount(proposal)
    if form is None or said is None or proposal.corrected("asked_amount"):
        return None
    return (f"{said:f}", form) if said != form.amount else None


def _other_sum(situation: Request) -> Hit:
    """The text asks for another sum than the plan refunds; of several the smallest counts. A sum
    that a person set is their word, and one that we computed stands in no text."""
    amount, order = facts.proposed(situation), facts.order(situation)
    is_ours = facts.is_set_by_person(situation) or _computed(situation)
    if amount is None or order is None or is_ours:
        return None
    found = sums.asked_for(own_words(situation.input), order.number)
    if not found:
        said = facts.said_amount(situation.proposal)
        return (f"nothing of {said:f}", amount) if said else None
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
    is_there = facts.proposed(situation) or facts.is_part_unstated(situation)
    return None if is_there else ("nothing", "an amount that is left")


def _over_auto(situation: Request) -> Hit:
    return _over("auto.max", situation)


def _over_single(situation: Request) -> Hit:
    return _over("single.max", situation)


def _over(name: str, situation: Request) -> Hit:
    amount = facts.proposed(situation)
    limit = situation.limits.amount(name, amount.currency) if amount else None
    return (amount, limit) if amount and limit and amount.amount > limit.amount else None


def _over_offline(situation: Request) -> Hit:
    amount, name = facts.proposed(situation), "offline.max"
    if amount is None or not situation.proposal.offline:
        return None
    limit = situation.limits.amount(name, amount.currency)
    return None if limit and amount.amount <= limit.amount else (amount, limit or "no limit")


def _offline_unsure(situation: Request) -> Hit:
    """Wish and sum each said once and in words; the order's number has rules of its own."""
    if not situation.proposal.offline:
        return None
    if situation.proposal.value("wish") is None:
        return "no clear wish", "one wish"
    order = facts.order_number(situation.input, situation.proposal)
    named = {one.amount for one in sums.named(own_words(situation.input), order)}
    return (f"{len(named)} sums", "one sum") if len(named) > 1 else None


def _too_many(situation: Request) -> Hit:
    days, most = (situation.limits.number(f"refunds.{name}") for name in ("days", "max"))
    since = situation.now - timedelta(days=float(days))
    created = (instant(one.fields.get("created", "")) for one in facts.refunds(situation))
    late = [at for at in created if (at or since) >= since]
    return (ordinal(len(late) + 1), f"{days} days") if len(late) >= most else None


def _fraud(situation: Request) -> Hit:
    claimed = facts.reason(situation) == "fraud"
    return ("fraud", "a look at the payment") if claimed else None


def _foreign_target(situation: Request) -> Hit:
    proposal = situation.proposal
    drafts = proposal.drafts if replies.drafted(proposal) else {}
    numbers = f"{situation.input.stated.order}{proposal.value('order') or ''}"
    return checks.foreign(replies.foreign(situation, drafts, numbers))


_DECISIVE = ("order", "wish", "reason", "asked_amount", "asked_currency")
"""Facts that the plan needs: where one was dropped, a person looks."""
_REFUND, _REPLY, _PUSH = "payments.refund", "email.send_reply", "notify.push"
_QUESTION = "email.ask_sender"
_DOUBTS = ("request.unheard", "confidence.low", "injection.suspected", "size.over_limit")


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
    run(_QUESTION, "which order it is may be asked of whoever is vouched for"),
    *(ask(_QUESTION, "", rule) for rule in _DOUBTS),
    ask(_PUSH, "finance is told of what was signed, and not before"),
    *_stops("order.unstated", "no order is named", _unstated),
    *_stops("order.not_found", "there is no order {value|of this number}", _not_found),
    *_stops(
        "order.unreadable",
        "the order's record has {value|something that cannot be read}",
        _unreadable,
    ),
    *_asks("order.several", "more than one order is meant: {value}", _several),
    *_stops("order.sender_mismatch", "another address wrote than the order's own", _mismatch),
    *_asks(
        "order.window",
        "the order was paid {value|long ago}, and money goes back within {threshold|some days}",
        _window,
    ),
    *_asks(
        "order.refunded_before",
        "{value|some} of this order went back before, {threshold|the rest} is left",
        _refunded_before,
    ),
    *_stops("order.disputed", "the payment is disputed at the bank", _disputed),
    *_stops("order.unpaid", "the order was never paid", _unpaid),
    *_asks(
        "sender.unauthenticated",
        "nobody vouches that the sender is who they say: {value}",
        checks.unauthenticated,
    ),
    *_stops("request.no_refund", "the message does not ask for money back: {value}", _no_refund),
    *_asks("request.second", "an earlier request is about this order too: {value}", _second),
    *_stops(
        "amount.over_paid",
        "{value|more} is asked for, and {threshold|less} is left of what was paid",
        _over_paid,
    ),
    *_asks(
        "amount.unstated", "no amount is stated: all that is left is proposed", _amount_unstated
    ),
    *_asks("amount.computed", "a share is asked for: {value|what we computed}", _computed),
    *_stops(
        "amount.part_unstated", "a part is asked for, and nothing says how much", _part_unstated
    ),
    *_asks(
        "amount.contradicts",
        "the text asks for {value|one sum}, the form for {threshold|another}",
        _contradicts,
    ),
    *_asks(
        "amount.text_differs",
        "the text says {value|another sum}, and {threshold|the refund} would go back",
        _other_sum,
    ),
    *_asks("request.unheard", "nothing in the text asks for money back", _unheard),
    *_asks("currency.unknown", "the amount names no currency that is known", _unknown_currency),
    *_stops(
        "currency.differs",
        "the amount is in {value|one currency}, the order in {threshold|another}",
        _differs,
    ),
    *_asks(
        "currency.no_limit",
        "there are no limits for {value|this currency}, so two people sign",
        _no_limit,
        Quorum.TWO,
    ),
    *_stops("refund.none", "there is nothing that could be refunded", _nothing),
    *_asks(
        "refund.over_auto",
        "{value|this} is more than is refunded without a signature ({threshold|the limit})",
        _over_auto,
    ),
    *_asks(
        "refund.over_single",
        "above {threshold|the limit} two people sign, and this is {value|more}",
        _over_single,
        Quorum.TWO,
    ),
    *_asks(
        "offline.over_limit",
        "no language model read this, and {value|this} is more than is refunded without one"
        " ({threshold|the limit})",
        _over_offline,
    ),
    *_asks(
        "offline.unsure",
        "no language model read this, and the text names {value|something unclear}",
        _offline_unsure,
    ),
    *_asks(
        "customer.too_many",
        "this would be the customer's {value|next} refund within {threshold|some days}",
        _too_many,
    ),
    *_asks("reason.fraud", "the customer says that it is fraud", _fraud),
    *_asks(REACHED, ""),
    *_asks(
        "confidence.low",
        "the reading is only {value|little} sure; below {threshold|the limit} a person looks",
        checks.low_confidence,
    ),
    *_asks(
        "injection.suspected",
        "the message gives orders to a model: {value}",
        lambda situation: checks.orders(source_text(situation.input)),
    ),
    ask(
        _REFUND,
        "the draft points somewhere that is not ours: {value}",
        _foreign_target,
        rule="reply.foreign_target",
    ),
    forbid(_REPLY, "", "reply.foreign_target"),
    *_asks(
        "prose.unsupported",
        "the model says what the message does not: {value}",
        lambda situation: checks.foreign_prose(situation, source_text(situation.input)),
    ),
    *_asks(
        "size.over_limit",
        "the message is larger than what is handled unseen: {value}",
        checks.over_size,
    ),
    *_asks(
        "facts.dropped",
        "the model says what no words of the message show: {value}",
        checks.dropped(*_DECISIVE),
    ),
    *_asks(
        "source.only_quoted",
        "it stands only in what the message quotes: {value}",
        checks.only_quoted,
    ),
    note(
        "the model said more than the message shows: {value}", checks.dropped(), rule="facts.shown"
    ),
    note("card, account or identity numbers were masked", checks.masked, rule="safety.masked"),
)
"""Whatever objects to the refund also makes the reply ask: no reply leaves unseen but the fixed
confirmation of a refund that runs by itself. Nobody has to read what finance is told, so the usual
askers are said here for refund and reply alone."""
WITHOUT = ("customer.unsure",)
"""Whose the order is stands in its record: who else wrote is compared with that."""
