"""What a model says, as facts: normalised, and each kept only with quotes that really say it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Protocol

from countersign.domain.policy.proposal import Fact, flat
from countersign.domain.workflow import money_facts
from countersign.extraction.answers import ReplyDraft, Said, SaidMoney
from countersign.extraction.patterns import amounts, language
from countersign.extraction.patterns.keywords import UNSPACED
from countersign.extraction.prose import cleaned

Supports = Callable[[str, str], bool]
"""(quote, value) → whether the quote says the value."""


class Quoted(Protocol):
    """A value with quotes, whichever values its contract allows."""

    @property
    def value(self) -> str:
        """What is said."""

    @property
    def quotes(self) -> tuple[str, ...]:
        """Where it is said."""


def extracted(said: Said | None, supports: Supports) -> Fact | None:
    """A fact that stands in its quotes; a quote without it is dropped, and a fact whose last quote
    is dropped has none, which the grounding check reports as a fault."""
    if said is None or not said.value.strip():
        return None
    value = flat(said.value)
    return Fact(value=value, quotes=tuple(quote for quote in said.quotes if supports(quote, value)))


def derived(said: Quoted | None) -> Fact | None:
    """A fact that its quotes support without saying it in its words."""
    value = cleaned(said.value) if said else ""
    says = said and re.search(r"[^\W_]", value)
    return Fact(value=value, quotes=said.quotes, derived=True) if said and says else None


def prose(said: Quoted | None) -> Fact | None:
    """The same in the model's free words."""
    fact = derived(said)
    return fact.model_copy(update={"prose": True}) if fact else None


def spoken(said: Said | None) -> Fact | None:
    """The language as an ISO 639-1 code; None when it is none that we know."""
    fact = derived(said)
    known = language.code(fact.value) if fact else ""
    return fact.model_copy(update={"value": known}) if fact and known else None


def money(said: SaidMoney | None, name: str) -> Mapping[str, Fact | None]:
    """`<name>_amount` and, where a currency is said, `<name>_currency`: its ISO 4217 code, or in
    capitals what is said. An amount that is no positive decimal gives no fact at all; a quote that
    names the amount in another currency says nothing for this one."""
    amount = _decimal(said.amount) if said else None
    if said is None or amount is None:
        return {}
    quotes = tuple(quote for quote in said.quotes if amounts.supports(quote, amount))
    currency = said.currency or ""
    code = amounts.currency_code(currency) or flat(currency).upper()
    for_amount, for_currency = money_facts(name)
    found = {for_amount: Fact(value=format(amount, "f"), quotes=quotes)}
    for_it = tuple(quote for quote in quotes if amounts.may_be_in(quote, amount, code))
    return {**found, for_currency: Fact(value=code, quotes=for_it)} if code else found


def drafts(reply: ReplyDraft | None) -> Mapping[str, str]:
    """The reply's `reply_subject` and `reply_body`; nothing when its body is empty."""
    if reply is None or not reply.body.strip():
        return {}
    return {"reply_subject": flat(reply.subject), "reply_body": reply.body.strip()}


def contains(quote: str, value: str) -> bool:
    """Whether the quote holds the value."""
    return flat(value).lower() in flat(quote).lower()


def stands(quote: str, value: str) -> bool:
    """Whether the quote holds the value as whole words: "12 Oak St" is not in "112 Oak Street". In
    scripts without spaces any place is one."""
    wanted = flat(value).lower()
    if not re.search(r"\w", wanted):
        return False
    before = r"(?<!\w)" if wanted[0] < UNSPACED else ""
    after = r"(?!\w)" if wanted[-1] < UNSPACED else ""
    return bool(re.search(before + re.escape(wanted) + after, flat(quote).lower()))


def all_words(quote: str, value: str) -> bool:
    """Whether the quote holds every word of the value, in whatever order."""
    words = flat(value).replace(",", " ").split()
    return bool(words) and all(stands(quote, word) or not word.isalnum() for word in words)


_PLAIN = re.compile(r"\d{1,15}(?:\.\d{1,6})?", re.ASCII)


def _decimal(text: str) -> Decimal | None:
    """A positive amount in plain digits with a point; None for whatever else a model writes."""
    amount = Decimal(text.strip()) if _PLAIN.fullmatch(text.strip()) else Decimal(0)
    return amount if amount > 0 else None
