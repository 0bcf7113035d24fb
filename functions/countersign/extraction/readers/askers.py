"""What follows from what is heard: the rules that every workflow has, unless it takes one out.

A workflow whose policy speaks of payments hears what bears on money; every one hears what bears on
mail. Where the model sees it too nothing changes; where it does not, the text decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from countersign.domain.policy.policy import Answer
from countersign.domain.policy.rules import Situation
from countersign.extraction.messages import Source
from countersign.extraction.readers.hearing import heard, is_understood
from countersign.extraction.readers.plain import unclear
from countersign.parsing.masking import mask

_NO_WISH = frozenset({"signature", "quoted"})
Hit = tuple[object, object] | None
Check = Callable[[Situation[Any]], Hit]


@dataclass(frozen=True)
class Row:
    """A rule of the readers, and what follows for some actions."""

    rule: str
    actions: tuple[str, ...]
    answer: Answer
    sentence: str
    check: Check


_MONEY, _MAIL = "payments.*", "email.*"
_OF_MONEY = {
    "part": "the text speaks of a part of the sum: {value}",
    "items": "the text speaks of some of several things: {value}",
    "withdrawn": "the text takes the wish back, or says that its reason is gone: {value}",
    "condition": "the text makes a condition of the wish, or asks a question: {value}",
    "remedy": "the text speaks of something else than money: {value}",
    "way": "the text names another way for the money than it came by: {value}",
    "third": "the text speaks of somebody else's money: {value}",
    "done": "the text says that the money is back: {value}",
    "threat": "the text threatens to contest the payment: {value}",
    "fraud": "the text says that somebody else bought: {value}",
}


_NO_MAIL = "the text asks for no more mail: {value}"
_CONTESTED = "the text says that the payment is contested at the bank: {value}"
_MORE = "the text says more about money than a plain wish: {value}"
_UNREAD = "the text is in no language that is read for what speaks against it"


def own_words(source: Source) -> str:
    """What the sender wrote, masked: every part but the signature, which hears no wish, and the
    history, which is no word of theirs."""
    texts = source.texts().items()
    return _masked("\n\n".join(text for name, text in texts if name not in _NO_WISH))


@lru_cache(maxsize=64)
def _masked(text: str) -> str:
    return mask(text)


def rows(*, money: bool) -> Iterator[Row]:
    """The rules of the readers; `money` says whether the workflow pays."""
    if money:
        yield from _about_money()
    else:
        yield _asks("text.language", (_MAIL,), _UNREAD, _strange)
    yield Row("text.opt_out", (_MAIL,), Answer.FORBID, _NO_MAIL, hears("opt_out"))
    yield _asks("text.opt_out", ("*",), _NO_MAIL, hears("opt_out"))
    yield _asks(
        "text.erasure", ("*",), "the text asks that data be erased: {value}", hears("erasure")
    )


def _about_money() -> Iterator[Row]:
    both = (_MONEY, _MAIL)
    for kind, sentence in _OF_MONEY.items():
        yield _asks(f"text.{kind}", both, sentence, hears(kind))
    yield Row("text.dispute", (_MONEY,), Answer.FORBID, _CONTESTED, hears("dispute"))
    yield _asks("text.dispute", (_MAIL,), _CONTESTED, hears("dispute"))
    yield _asks("text.unclear", both, _MORE, _unclear)
    yield _asks("text.language", both, _UNREAD, _strange)


def _asks(rule: str, actions: tuple[str, ...], sentence: str, check: Check) -> Row:
    return Row(rule, actions, Answer.ASK, sentence, check)


def hears(kind: str) -> Check:
    """A check that finds the kind, with the sentence in which it is heard."""

    def check(situation: Situation[Any]) -> Hit:
        words = heard(own_words(situation.input)).get(kind)
        return (f"“{words}”", "nothing of it") if words else None

    return check


def _strange(situation: Situation[Any]) -> Hit:
    return None if is_understood(own_words(situation.input)) else ("none known", "a language read")


def _unclear(situation: Situation[Any]) -> Hit:
    words = unclear(own_words(situation.input))
    return (f"“{words}”", "a plain wish") if words else None
