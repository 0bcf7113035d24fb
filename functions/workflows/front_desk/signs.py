"""The signs that decide without a model: a form's id, the address that it came to, an order."""

from __future__ import annotations

from decimal import Decimal

from countersign.domain.policy.proposal import Fact
from countersign.domain.policy.release import Limits
from countersign.domain.workflow import Draft
from countersign.extraction.patterns import orders
from countersign.extraction.readers.askers import own_words
from countersign.extraction.readers.hearing import heard
from workflows.front_desk.contract import DeskInput
from workflows.front_desk.keywords import WORDS

_AGAINST = frozenset({"withdrawn", "condition", "remedy", "dispute", "opt_out", "erasure"})
"""What is heard beside a wish for money back and makes it another matter, or a second one."""


def signs(message: DeskInput, limits: Limits) -> Draft | None:
    """What needs no model: the whole message is one matter's. None where no sign says so."""
    found = _by_form(message, limits) or _by_address(message, limits) or _by_order(message, limits)
    if found is None:
        return None
    destination, quote = found
    fact = Fact(value=destination, quotes=(quote,), derived=True)
    return Draft(facts={"sign": fact}, wishes=(), drafts={}, confidence=Decimal(1))


def _by_form(message: DeskInput, limits: Limits) -> tuple[str, str] | None:
    """A form of a process that we hand over to names itself."""
    process = message.form.partition(".")[0]
    return (process, message.form) if process in limits.list("desk.destinations") else None


def _by_address(message: DeskInput, limits: Limits) -> tuple[str, str] | None:
    """Each address that it came to is of a process or a team, and of the same one."""
    known = {one: limits.lists.get(f"address.{one}", ()) for one in message.recipients}
    found = {where[0] for where in known.values() if where}
    if len(found) != 1:
        return None
    return found.pop(), next(one for one, where in known.items() if where)


def _by_order(message: DeskInput, limits: Limits) -> tuple[str, str] | None:
    """An order is named, money back is wished, and nothing else is said."""
    text = own_words(message)
    said = heard(text)
    numbers = [words for _, words in orders.found(text)]
    others = {name for name in WORDS.order if name != "refund" and WORDS.weight(name, text) > 2}  # noqa: PLR2004 - one strong word
    if "wish" not in said or len(numbers) != 1 or said.keys() & _AGAINST or others:
        return None
    return limits.list("route.refund")[0], numbers[0]
