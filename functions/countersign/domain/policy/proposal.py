"""Proposals: facts with the quotes that support them, and wishes for actions. Never a decision."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar, Literal

from countersign.domain.contract import Contract, Value


class Fact(Value):
    """A value that the model says the source contains.

    `quotes` are verbatim pieces of the source. A derived fact (a summary, a language) cites the
    quotes that support it; an extracted one is itself found in its quote.
    """

    value: str
    quotes: tuple[str, ...]
    derived: bool = False
    prose: bool = False
    """Whether it is the model's free text."""
    by: str = ""
    """Who corrected it; empty for what the model said. A person's word goes before any form."""
    by_before: tuple[str, ...] = ()
    """Who corrected it earlier."""

    @property
    def correctors(self) -> tuple[str, ...]:
        """Ids of all who corrected it."""
        return (*self.by_before, self.by) if self.by else ()


class Usage(Value):
    """What one or more model calls used."""

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    """Of the input: read from the provider's cache, at a price of its own."""
    written_tokens: int = 0
    """Of the input: written into it."""
    usd: Decimal = Decimal(0)

    def plus(self, other: Usage) -> Usage:
        """The sum of two usages."""
        return Usage(
            calls=self.calls + other.calls,
            input_tokens=self.input_tokens + other.input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
            written_tokens=self.written_tokens + other.written_tokens,
            usd=self.usd + other.usd,
        )


Ended = Literal["completed", "refused", "truncated", "filtered", "empty", "tool_call"]
"""How an answer ended: whole; refused by the model; cut at its limit; held back by the provider's
filter; without a word; with a call of a tool that nobody offered."""
IN_VAIN: frozenset[Ended] = frozenset({"refused", "filtered"})
"""The same model would say the same again."""


class ModelReply(Contract):
    """One model answer as it came, kept so that a retry need not ask again."""

    CONTRACT: ClassVar[str] = "model.reply"
    VERSION: ClassVar[int] = 1

    content: str
    model: str
    offline: bool
    usage: Usage
    ended: Ended = "completed"


class Proposal(Contract):
    """What the model proposes: facts by name, ids of wished actions, drafts, and a confidence.

    `confidence` (0 to 1, two decimals) is computed by us from measured features; the model's own
    number is one of them.
    """

    CONTRACT: ClassVar[str] = "proposal"
    VERSION: ClassVar[int] = 1

    facts: Mapping[str, Fact]
    wishes: tuple[str, ...]
    drafts: Mapping[str, str]
    confidence: Decimal
    model: str
    """Which model answered, as the endpoint names it."""
    offline: bool
    """Whether the plain heuristics answered instead of a model."""
    usage: Usage
    plan: int = 0
    """Which plan it is for: 0 is the first, every new one after a failure one more."""
    dropped: Mapping[str, str] = {}
    """What the model said without a quote that stands in the source, by the fact's name: shown to
    people, and no fact."""
    covered: Decimal = Decimal(1)
    """The share of a long source that was read, 0 to 1: below 1 something had no valid answer."""

    def value(self, name: str) -> str | None:
        """The fact's value, or None when the source does not say."""
        fact = self.facts.get(name)
        return fact.value if fact else None

    @property
    def correctors(self) -> tuple[str, ...]:
        """Ids of all who corrected any fact, each once: the plan is their work too."""
        return tuple(dict.fromkeys(one for f in self.facts.values() for one in f.correctors))

    def corrected(self, name: str) -> str | None:
        """The value that a person set, or None when nobody corrected this fact."""
        fact = self.facts.get(name)
        return fact.value if fact and fact.by else None


_SPACE = re.compile(r"\s+")


def flat(text: str) -> str:
    """`text` in NFC with every run of white space as one space: quotes survive line breaks."""
    whole = text if text.isascii() else unicodedata.normalize("NFC", text)
    return _SPACE.sub(" ", whole).strip()


def ungrounded(facts: Mapping[str, Fact], source: str) -> list[str]:
    """What is wrong with the facts' quotes, in sentences: no quote, or one that is not verbatim."""
    hay = flat(source)
    return [fault for name, fact in facts.items() for fault in _faults(name, fact, hay)]


def grounded(facts: Mapping[str, Fact], source: str) -> dict[str, Fact]:
    """The facts whose every quote stands in `source`: one bad quote costs one fact."""
    hay = flat(source)
    return {name: fact for name, fact in facts.items() if not _faults(name, fact, hay)}


def _faults(name: str, fact: Fact, hay: str) -> list[str]:
    quotes = [flat(quote) for quote in fact.quotes]
    bare = [] if any(quotes) else [f"fact {name} has no quote"]
    foreign = [quote for quote in quotes if not _stands(quote, hay)]
    return bare + [f"fact {name}: a quote is not verbatim" for _ in foreign]


_PART = "\u241e"
"""Stands between the parts of a source, and in no quote."""


def _stands(quote: str, hay: str) -> bool:
    """Whether the quote is verbatim in the source, within one part, and cuts no number: "500 EUR"
    does not stand in "12,500 EUR"."""
    if _PART in quote or quote not in hay:
        return False
    before = r"(?<!\d)(?<!\d[.,])" if quote[:1].isdigit() else ""
    after = r"(?!\d)(?![.,]\d)" if quote[-1:].isdigit() else ""
    return not (before or after) or bool(re.search(before + re.escape(quote) + after, hay))
