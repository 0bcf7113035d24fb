"""The signs that decide without a model: a form's id, the address that it came to, who wrote it, an
order."""

from __future__ import annotations

from decimal import Decimal

from countersign.domain.policy.proposal import Fact
from countersign.domain.policy.release import Limits
from countersign.domain.workflow import Draft
from countersign.extraction.patterns import orders, sentences
from countersign.extraction.readers.askers import own_words
from countersign.extraction.readers.hearing import heard
from workflows.front_desk.contract import DeskInput
from workflows.front_desk.keywords import WORDS, goes_on

_AGAINST = frozenset({"withdrawn", "condition", "remedy", "dispute", "opt_out", "erasure"})
"""What is heard beside a wish for money back and makes it another matter, or a second one."""


def signs(message: DeskInput, limits: Limits) -> Draft | None:
    """What needs no model: the whole message is one matter's. None where no sign says so."""
    ways = (_by_form, _by_address, _by_correspondent, _by_order)
    found = next((one for way in ways if (one := way(message, limits))), None)
    return _draft(*found) if found else None


def goes_back(to: str, limits: Limits) -> Draft | None:
    """A mail of a thread goes where the thread's first message went."""
    return _draft(to) if to in limits.list("desk.destinations") else None


def _draft(destination: str, *quotes: str) -> Draft:
    fact = Fact(value=destination, quotes=quotes, derived=True)
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


def _by_correspondent(message: DeskInput, limits: Limits) -> tuple[str, str] | None:
    """All mail of this sender, or of this domain, is one matter's; only a header that somebody
    vouches for says whose it is, and what they ask us to stop or erase is another matter."""
    sender = message.sender.lower()
    whose = (sender, f"@{sender.rpartition('@')[2]}")
    found = next((where for one in whose if (where := limits.lists.get(f"from.{one}"))), None)
    if not found or not message.authenticated or heard(own_words(message)).keys() & _AGAINST:
        return None
    return found[0], sender


def _by_order(message: DeskInput, limits: Limits) -> tuple[str, str] | None:
    """An order is named, money back is wished, and nothing else is said."""
    text = own_words(message)
    said = heard(text)
    numbers = [words for _, words in orders.found(text)]
    others = {name for name in WORDS.order if name != "refund" and WORDS.weight(name, text) > 2}  # noqa: PLR2004 - one strong word
    if "wish" not in said or len(numbers) != 1 or said.keys() & _AGAINST or others:
        return None
    if goes_on(sentences.split(text), ["refund"]):
        return None
    return limits.list("route.refund")[0], numbers[0]
