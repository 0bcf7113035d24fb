"""What kind of fact each part of a model's answer is: declared beside the part, never guessed.

    class Says(Answer):
        address: Quoted | None      # must stand in its own quote
        country: Derived | None     # rests on a quote without standing in it
        budget: Sum | None          # an amount and a currency, each grounded
        wish: Chosen[Literal["refund", "other"]] | None
        language: Language | None
        need: Prose | None          # free text, held against the source
        summary: Summary | None
        reply: ReplyDraft | None    # a draft, no fact

A part with quotes and no kind is an error of the workflow, found when it is made.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    ClassVar,
    Generic,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from countersign.domain.contract import Contract, Value
from countersign.domain.errors import DefinitionBroken
from countersign.domain.policy.proposal import Fact
from countersign.domain.workflow import Draft
from countersign.extraction import grounding
from countersign.extraction.answers import (
    Percent,
    Quotes,
    ReplyDraft,
    Said,
    SaidMoney,
    SaidSummary,
)

ChoiceT = TypeVar("ChoiceT", bound=str)
_PER_CENT = Decimal(100)
_OTHERS = frozenset({"actions", "confidence"})
"""Parts of an answer that are no facts, besides the draft of a reply."""


@dataclass(frozen=True)
class Given:
    """What a part may be read beside: the input, and the whole answer."""

    source: Any
    answer: Any


Ground = Callable[[Any, Given], Fact | None]
"""(the part as it was said, what it was said beside) → the fact, or None when it says nothing."""


@dataclass(frozen=True)
class Kind:
    """How a part of an answer becomes a fact of the same name."""

    ground: Ground
    word: str = "quoted"
    """What the kind is called in lists."""

    def facts(self, name: str, said: Any, given: Given) -> Mapping[str, Fact | None]:
        """The facts that the part `name` becomes."""
        return {name: self.ground(said, given)}


@dataclass(frozen=True)
class Money(Kind):
    """A sum: two facts, `<prefix>_amount` and `<prefix>_currency`; the prefix is the part's name
    unless one is given."""

    ground: Ground = lambda _said, _given: None
    word: str = "sum"
    prefix: str = ""

    def facts(self, name: str, said: Any, given: Given) -> Mapping[str, Fact | None]:  # noqa: ARG002 - a kind's shape
        """Both facts; neither for an amount that is no positive decimal."""
        return grounding.money(said, self.prefix or name)


def quoted(supports: grounding.Supports = grounding.stands) -> Kind:
    """A value that stands in its own quotes, as `supports` sees it."""
    return Kind(lambda said, _given: grounding.extracted(said, supports))


DERIVED = Kind(lambda said, _given: grounding.derived(said), "derived")

Quoted = Annotated[Said, quoted()]
"""A value that stands in its quote, word for word."""
Derived = Annotated[Said, DERIVED]
"""A value that rests on a quote without standing in it: read, translated, concluded."""
Language = Annotated[Said, Kind(lambda said, _given: grounding.spoken(said), "language")]
"""The language of the text, as an ISO 639-1 code."""
Prose = Annotated[Said, Kind(lambda said, _given: grounding.prose(said), "prose")]
"""Free text of the model's about the source, which people will act on: see `prose`."""
Summary = Annotated[SaidSummary, Kind(lambda said, _given: grounding.prose(said), "summary")]
"""Up to three sentences about the source."""
Sum = Annotated[SaidMoney, Money()]
"""An amount and a currency."""


class Chosen(Value, Generic[ChoiceT]):
    """One of a closed set of values, and the pieces of the source that it rests on."""

    KIND: ClassVar[Kind] = DERIVED

    value: ChoiceT
    quotes: Quotes

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """A name that strict output takes as a definition's: letters, digits, underscores."""
        return "Chosen_" + "_".join(re.sub(r"\W+", "_", str(one)) for one in get_args(params[0]))


class Answer(Contract):
    """What a model must answer: parts of declared kinds, and how sure it is, in per cent."""

    confidence: Percent


@cache
def kinds(answer: type[Contract]) -> Mapping[str, Kind]:
    """The parts of an answer that become facts, each with its kind. Raises DefinitionBroken for a
    part whose kind nobody declared, or that a model could not leave out."""
    hints = get_type_hints(answer, include_extras=True)
    parts = {name: list(_among(hints[name])) for name in answer.model_fields if name not in _OTHERS}
    facts = {name: among for name, among in parts.items() if (ReplyDraft, None) not in among}
    return {name: _declared(answer, name, among) for name, among in facts.items()}


def draft(source: Any, answer: Contract) -> Draft:
    """Facts, wishes and drafts out of an answer whose parts declare their kinds.

    A quote that does not support its value is dropped; a fact whose last quote is dropped has none,
    which the grounding check reports as a fault.
    """
    given, facts = Given(source, answer), dict[str, Fact]()
    for name, kind in kinds(type(answer)).items():
        said = getattr(answer, name)
        made = kind.facts(name, said, given) if said is not None else {}
        facts |= {one: fact for one, fact in made.items() if fact is not None}
    reply = next((one for _, one in answer if isinstance(one, ReplyDraft)), None)
    return Draft(
        facts=facts,
        wishes=tuple(dict.fromkeys(getattr(answer, "actions", ()))),
        drafts=grounding.drafts(reply),
        confidence=Decimal(getattr(answer, "confidence", 0)) / _PER_CENT,
    )


def sums(answer: type[Contract]) -> Mapping[str, str]:
    """The parts that are sums, each with the word that its two facts begin with."""
    found = kinds(answer).items()
    return {name: kind.prefix or name for name, kind in found if isinstance(kind, Money)}


def _among(hint: Any) -> Iterator[tuple[Any, Kind | None]]:
    """The types that a part may have, each with the kind that stands beside it."""
    if hasattr(hint, "__metadata__"):
        yield hint.__origin__, next((k for k in hint.__metadata__ if isinstance(k, Kind)), None)
    elif get_origin(hint) in (Union, UnionType):
        for one in get_args(hint):
            yield from _among(one)
    else:
        yield hint, getattr(hint, "KIND", None)


def _declared(answer: type[Contract], name: str, among: list[tuple[Any, Kind | None]]) -> Kind:
    found = [kind for _, kind in among if kind]
    if len(found) != 1 or (NoneType, None) not in among or len(among) > 2:  # noqa: PLR2004 - a kind, or nothing
        raise DefinitionBroken(
            f"{answer.__name__}.{name}: say what kind of fact it is, and that it may be missing:"
            " Quoted | None (stands in its quote), Derived | None (rests on one), Prose | None"
            " (free text about it), Sum | None, Chosen[Literal[…]] | None, Language | None or"
            " Summary | None"
        )
    return found[0]
