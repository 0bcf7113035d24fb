"""What is known about a job's request: the order's record before the form, the form before text."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_DOWN, Decimal, InvalidOperation
from functools import lru_cache

from countersign.actions.payments import Refund, money
from countersign.domain.money import ISO, Money, exponent
from countersign.domain.policy.proposal import Proposal
from countersign.domain.policy.records import CLAIM_HOLDER, Record, Records
from countersign.domain.policy.rules import Situation
from countersign.domain.workflow import Dealing, Draft
from countersign.extraction import scoring
from countersign.extraction.checks import earlier, instant
from countersign.extraction.patterns import orders
from countersign.extraction.readers.askers import own_words
from countersign.extraction.readers.hearing import heard
from workflows.refund_request.contract import RefundInput, source_text
from workflows.refund_request.keywords import WISHES
from workflows.refund_request.shares import Share, computed

Request = Situation[RefundInput]

KEY = "action_key"
"""The field of a refund with the key of the action that made it."""
_CAME_TO_NOTHING = frozenset({"failed", "canceled"})
"""States of a refund whose money is back where it was."""
_PARTS = frozenset({"part", "items"})
_SIGNS = (
    ("USD", "us", frozenset(["AUD", "CAD", "HKD", "MXN", "NZD", "SGD", "TWD"])),
    ("JPY", "jp", frozenset({"CNY"})),
)
"""Codes whose sign other currencies share, the letters that tell them apart, and those others."""


@dataclass(frozen=True)
class Order:
    """The order as the payments system holds it."""

    charge: str
    number: str
    customer: str
    email: str
    left: Money
    """What was paid and not yet refunded."""
    refunded: Money
    is_paid: bool
    is_disputed: bool
    created: datetime | None


@dataclass(frozen=True)
class AskedAmount:
    """The sum that is asked for. `currency` is an ISO 4217 code, or empty when none is known."""

    amount: Decimal
    currency: str


def order_number(message: RefundInput, proposal: Proposal) -> str:
    """The order's number as a person corrected it, as the shop says, or else as the text does."""
    said = proposal.corrected("order") or message.stated.order or proposal.value("order") or ""
    return orders.normal(said)


def refunds(situation: Request) -> tuple[Record, ...]:
    """The customer's refunds that took effect, without those of this very job."""
    held = _effective(situation)
    return tuple(one for one in held if one.fields.get(KEY) not in situation.ours)


def wish(situation: Request) -> str:
    """What the sender wants; a shop's refund form says it where the text does not."""
    said = situation.proposal.value("wish")
    return said or ("refund" if situation.input.channel == "form" else "other")


def lacks_order(situation: Request) -> bool:
    """Whether a mail asks for money back and names no order that we know. A shop's form has its
    number from the shop; a number that only we see in the text is a person's to judge."""
    if situation.input.channel != "mail" or wish(situation) != "refund" or records(situation):
        return False
    named = {number for number, _ in orders.found(source_text(situation.input))}
    return named <= {order_number(situation.input, situation.proposal)}


def reason(situation: Request) -> str:
    """The class of the reason; `other` when nothing says it."""
    proposal = situation.proposal
    said = proposal.corrected("reason") or situation.input.stated.reason or proposal.value("reason")
    return said or "other"


def records(situation: Request) -> tuple[Record, ...]:
    """The records whose number is exactly the order's."""
    number = order_number(situation.input, situation.proposal)
    found = situation.records.all("order")
    return tuple(one for one in found if orders.normal(one.fields.get("number", "")) == number)


@lru_cache(maxsize=2)
def order(situation: Request) -> Order | None:
    """The order as it was before this very job gave anything back; None when there is not exactly
    one, or when its record cannot be read."""
    found = records(situation)
    return _order(found[0], _own(situation, found[0])) if len(found) == 1 else None


def asked(situation: Request) -> AskedAmount | None:
    """The sum in an edited refund, else the one that a person corrected, that the shop states, or
    that the text asks for, or where it is less the share that we computed; None without any."""
    edited = next((one for one in situation.edited if isinstance(one, Refund)), None)
    if edited:
        return AskedAmount(edited.amount.amount, edited.amount.currency)
    named, part = _named(situation), share(situation)
    if part and (named is None or part.amount.amount < named.amount):
        return AskedAmount(part.amount.amount, part.amount.currency)
    return named


@lru_cache(maxsize=2)
def share(situation: Request) -> Share | None:
    """The share of the order that the text asks for, computed; None without one, or where a person
    set the sum."""
    found = order(situation)
    if found is None or is_set_by_person(situation):
        return None
    paid = found.left.model_copy(update={"amount": found.left.amount + found.refunded.amount})
    return computed(own_words(situation.input), found.number, paid, found.left)


def is_part_unstated(situation: Request) -> bool:
    """Whether a part is asked for, and nothing says how much it is: then never the whole."""
    kinds = heard(own_words(situation.input)).keys()
    return bool(kinds & _PARTS) and asked(situation) is None


def _named(situation: Request) -> AskedAmount | None:
    corrected = situation.proposal.corrected("asked_amount")
    form = situation.input.stated.amount
    if form and not corrected:
        return AskedAmount(form.amount, form.currency)
    amount = said_amount(situation.proposal)
    return AskedAmount(amount, _currency(situation)) if amount else None


def is_set_by_person(situation: Request) -> bool:
    """Whether a person edited the refund, or corrected the sum."""
    edited = any(isinstance(one, Refund) for one in situation.edited)
    return edited or situation.proposal.corrected("asked_amount") is not None


def codes_of_sign(currency: str) -> frozenset[str]:
    """The code, and the one whose sign it shares: `$` is read as USD, and may mean CAD."""
    return frozenset({currency, *(code for code, _, others in _SIGNS if currency in others)})


def said_amount(proposal: Proposal) -> Decimal | None:
    """The number that text or person name; None when there is none, or none above zero."""
    try:
        amount = Decimal(proposal.value("asked_amount") or "")
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and amount > 0 else None


def proposed(situation: Request) -> Money | None:
    """The refund: what is asked, bounded by what is left of the order; all of that when no sum in
    the order's currency is asked. None when there is nothing that could be refunded, or a part is
    asked for and nothing says how much it is."""
    found = order(situation)
    if found is None or wish(situation) != "refund" or found.left.amount <= 0:
        return None
    said = asked(situation)
    if is_part_unstated(situation):
        return None
    if said is None or said.currency not in ("", found.left.currency):
        return found.left
    unit = Decimal(1).scaleb(-exponent(found.left.currency))
    amount = min(said.amount, found.left.amount).quantize(unit, rounding=ROUND_DOWN)
    return Money(amount=amount, currency=found.left.currency) if amount > 0 else None


def is_senders(found: Order, message: RefundInput) -> bool:
    """Whether the order belongs to the address that wrote."""
    return bool(found.email) and found.email.casefold() == message.sender.casefold()


def _effective(situation: Request) -> Iterator[Record]:
    held = situation.records.all("refunds")
    return (one for one in held if one.fields.get("status", "") not in _CAME_TO_NOTHING)


def _own(situation: Request, charge: Record) -> Decimal:
    """What this very job has given back of the charge: a look after it finds that too."""
    mine = (one for one in _effective(situation) if one.fields.get(KEY) in situation.ours)
    sums = (money(one, "amount_minor") for one in mine if one.fields.get("charge") == charge.id)
    return sum((one.amount for one in sums if one), Decimal(0))


def _order(record: Record, own: Decimal) -> Order | None:
    held = record.fields.get
    paid, gone = money(record, "amount_minor"), money(record, "refunded_minor")
    if paid is None or gone is None:
        return None
    # The order may have been read just before our refund was there.
    refunded = Money(amount=max(gone.amount - own, Decimal(0)), currency=gone.currency)
    return Order(
        charge=record.id,
        number=held("number", ""),
        customer=held("customer", ""),
        email=held("email", "").strip(),
        left=Money(amount=paid.amount - refunded.amount, currency=paid.currency),
        refunded=refunded,
        is_paid=held("paid") == "true",
        is_disputed=held("disputed") != "false",
        created=instant(held("created", "")),
    )


def _currency(situation: Request) -> str:
    """The code that the text names. A sign that several currencies share means the order's."""
    fact = situation.proposal.facts.get("asked_currency")
    if fact is None or fact.value not in ISO:
        return ""
    found = order(situation)
    quotes = " ".join(fact.quotes).lower()
    for code, letters, others in _SIGNS:
        shared = fact.value == code and letters not in quotes and not fact.by
        if shared and found and found.left.currency in others:
            return found.left.currency
    return fact.value


_NEEDED = {"form": ("wish", "says"), "mail": ("order", "wish", "reason", "says")}


def confidence(message: RefundInput, draft: Draft) -> Decimal:
    """Our confidence in `draft`, 0 to 1 with two decimals, by the key words of its wish."""
    return scoring.by_keywords(
        message,
        source_text(message),
        draft,
        support=_wish(message, draft),
        needed=_NEEDED[message.channel],
        stated={"order": message.stated.order, "reason": message.stated.reason or ""},
    )


def _wish(message: RefundInput, draft: Draft) -> float:
    """The shop's form is about refunds, and so is a text that is heard to ask for money back: there
    it takes words to doubt one."""
    fact = draft.facts.get("wish")
    wish, text = fact.value if fact else "other", f"{message.subject}\n{message.text}"
    if wish == "refund" and (message.channel == "form" or "wish" in heard(text)):
        return 1.0 if WISHES.likeliest(text)[0] in ("refund", "other") else 0.0
    return WISHES.support(wish, text)


def evidence(situation: Request, refund: Refund) -> Iterator[tuple[str, str]]:
    """What was bought and paid by whom and when, what went back before, and who else asks."""
    held = next((one for one in records(situation) if one.id == refund.charge), None)
    found = order(situation)
    if held is None or found is None:
        return
    paid = found.left.model_copy(update={"amount": found.left.amount + found.refunded.amount})
    days = situation.limits.number("window.days")
    field = held.fields.get
    yield "customer", ", ".join(filter(None, (field("name", ""), found.email)))
    yield "bought", field("bought", "")
    yield "paid", f"{paid}, {_ago(found.created, situation.now)}; refunds are made within {days}"
    yield "refunded before", str(found.refunded) if found.refunded.amount else "nothing"
    other = situation.records.first(CLAIM_HOLDER)
    if other:
        yield "also asked", f"another request about this order: {earlier(other)}"


def _ago(at: datetime | None, now: datetime) -> str:
    if at is None:
        return "on an unknown day"
    days = (now - at).days
    return "today" if days < 1 else f"{days} day{'s' if days > 1 else ''} ago"


def history(records: Records, ours: Collection[str]) -> tuple[Dealing, ...]:
    """The customer's refunds, newest first as the account gives them."""
    earlier = (one for one in records.all("refunds") if one.fields.get(KEY) not in ours)
    return tuple(_dealing(one) for one in earlier)


def _dealing(refund: Record) -> Dealing:
    held = refund.fields.get
    amount, made = money(refund, "amount_minor"), instant(held("created", ""))
    when = f"{made.day} {made:%b %Y}" if made else ""
    parts = (str(amount) if amount else "", held("status", ""), when)
    order = held("order", "")
    return Dealing(
        title=f"Refund of order {order}" if order else f"Refund {refund.id}",
        details=tuple(part for part in parts if part),
    )
