"""The parts of which a model's answer is made, and the fixed texts that answer for one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator

from countersign.domain.contract import Value

_MAX_QUOTES = 8
_MAX_PERCENT = 100


def _at_most(limit: int) -> AfterValidator:
    # Bounds are validators and not schema keywords: strict output modes refuse the keywords.
    def check(text: str) -> str:
        if len(text) > limit:
            raise ValueError(f"longer than {limit} characters")
        return text

    return AfterValidator(check)


def _percent(number: int) -> int:
    if not 0 <= number <= _MAX_PERCENT:
        raise ValueError("a percentage from 0 to 100")
    return number


def _few(quotes: tuple[str, ...]) -> tuple[str, ...]:
    if len(quotes) > _MAX_QUOTES:
        raise ValueError(f"more than {_MAX_QUOTES} quotes")
    return quotes


Short = Annotated[str, _at_most(300)]
Long = Annotated[str, _at_most(2_000)]
Quotes = Annotated[tuple[Annotated[str, _at_most(1_000)], ...], AfterValidator(_few)]
Percent = Annotated[int, AfterValidator(_percent)]
"""The model's own number: how sure it is, in per cent."""


class Said(Value):
    """A value and the verbatim pieces of the source that say it."""

    value: Short
    quotes: Quotes


class SaidSummary(Value):
    """Up to three sentences about the message."""

    value: Long
    quotes: Quotes


class SaidMoney(Value):
    """An amount as plain digits with a point (`12500.00`), and an ISO 4217 code or null."""

    amount: Short
    currency: Short | None
    quotes: Quotes


class ReplyDraft(Value):
    """A reply that a person will read before anybody sends it."""

    subject: Short
    body: Annotated[str, _at_most(4_000)]


def said(found: tuple[str, str] | None) -> Mapping[str, Any] | None:
    """What heuristics found, a value and the words that say it, as the contracts have it."""
    return {"value": found[0], "quotes": [found[1]]} if found else None


def summary(chosen: list[str]) -> Mapping[str, Any] | None:
    """Sentences of the message as its summary."""
    return {"value": " ".join(" ".join(chosen).split()), "quotes": chosen} if chosen else None


Words = Mapping[str, tuple[str, str, str, str]]
"""By language: subject, greeting with `{name}`, thanks with `{said}`, closing."""
_TARGET = re.compile(
    r"\w+://\S+|www\.\S+|\S+@\S+|(?:[\w-]+\.)+[^\W\d_]{2,}(?:/\S*)?|\+?\(?\d[\d ()./-]{5,}\d"
)
_LONGEST = 220


def filled(words: Words, language: str, name: str, said: str) -> Mapping[str, str]:
    """Subject and body in `language` (English where we have none), quoting `said` cut short.

    Links, addresses and long numbers in it are left out: a reply must not carry them.
    """
    subject, greeting, thanks, closing = words.get(language, words["en"])
    plain = " ".join(_TARGET.sub("…", said).split())
    short = plain if len(plain) <= _LONGEST else plain[:_LONGEST].rsplit(" ", 1)[0] + " …"
    lines = (greeting.format(name=_safe(name)).replace(" ,", ",").replace(" :", ":"), "")
    return {"subject": subject, "body": "\n".join((*lines, thanks.format(said=short), "", closing))}


def _safe(name: str) -> str:
    return "" if _TARGET.search(name) else name.replace("{", "").replace("}", "")[:80]
