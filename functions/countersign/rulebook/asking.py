"""What a model is asked about an item, all of it in one question, and what counts as its answer.

The model reads text alone: of a picture, questions stay open. It is shown neither ids nor names of
annotators, so that who asks the same asks in the same words.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, StringConstraints

from countersign.domain.contract import Contract, Value
from countersign.parsing.annotations.item import Annotation, Item
from countersign.parsing.masking import mask
from countersign.rulebook.judging import Answer, Asked, Verdict, questions, subject_of
from countersign.rulebook.schema import Example, Rulebook
from countersign.rulebook.subject import placed

MOST_QUESTIONS = 40
MOST_CHARACTERS = 20_000
"""Of a text that is asked about."""
A_PICTURE = "the item has no text, and the model reads nothing else"
TOO_LONG = f"the text has more than {MOST_CHARACTERS:,} characters"
TOO_MANY = f"more than {MOST_QUESTIONS} questions are asked of the item"
UNSURE = "the model cannot tell"
_MOST_EXAMPLES = 4

Line = Annotated[str, StringConstraints(max_length=300, strip_whitespace=True)]


class Said(Value):
    """What the model says to one question."""

    question: Annotated[int, Field(ge=1, le=MOST_QUESTIONS)]
    broken: Literal["yes", "no", "unsure"]
    why: Line
    quote: Line
    """Words of the text that show it; empty where nothing is broken."""


class Verdicts(Contract):
    """What the model says to the questions about one item."""

    CONTRACT: ClassVar[str] = "rulebook.verdicts"
    VERSION: ClassVar[int] = 1

    verdicts: tuple[Said, ...]


@dataclass(frozen=True)
class Questioning:
    """The questions of a rulebook about one item."""

    rulebook: Rulebook
    item: Item
    asked: tuple[Asked, ...]

    @property
    def text(self) -> str:
        """As the model reads it."""
        return mask(self.item.text or "")

    @property
    def barred(self) -> str:
        """Why nothing of it can be asked; empty: it can."""
        if not self.item.text:
            return A_PICTURE
        if len(self.item.text) > MOST_CHARACTERS:
            return TOO_LONG
        return TOO_MANY if len(self.asked) > MOST_QUESTIONS else ""

    def shown(self) -> str:
        """One JSON object: the text, and the questions by number."""
        numbered = enumerate(self.asked, start=1)
        whole = {"text": self.text, "questions": [self._question(at, one) for at, one in numbered]}
        return json.dumps(whole, ensure_ascii=False, indent=1)

    def faults(self, said: Verdicts) -> Iterator[str]:
        """What is wrong with the answer: each question once, and what is broken with a quote."""
        expected, given = range(1, len(self.asked) + 1), [one.question for one in said.verdicts]
        if sorted(given) != list(expected):
            yield f"answer each of the questions 1 to {len(self.asked)} once"
        for one in said.verdicts:
            if one.broken == "yes" and not (one.quote and one.quote in self.text):
                yield f"question {one.question}: the quote does not stand in the text as it is"

    def answer(self, said: Verdicts) -> Answer:
        """The verdicts, for whom `judge` asks; None of what the model cannot tell."""
        by = {_key(self.asked[one.question - 1]): one for one in said.verdicts}

        def answered(_: Item, asked: Asked) -> Verdict | None:
            found = by[_key(asked)]
            if found.broken == "unsure":
                return None
            return Verdict(found.broken == "yes", found.why, found.quote)

        return answered

    def _question(self, number: int, asked: Asked) -> Mapping[str, Any]:
        rule, question = asked.rule, asked.rule.question
        assert question is not None  # noqa: S101 - only such rules are asked about
        about = {"about": self._words(asked.annotation)} if asked.annotation else {}
        marked = {} if asked.annotation else {"marked": self._marked(asked)}
        told = {"number": number, "id": rule.id, "rule": rule.text, "question": question.ask}
        return {**told, **about, **marked, **_examples(self.rulebook, asked)}

    def _marked(self, asked: Asked) -> list[Mapping[str, str]]:
        found = subject_of(self.rulebook, asked.rule, self.item).annotations
        return list({json.dumps(one): one for one in map(self._words, found)}.values())

    def _words(self, one: Annotation) -> Mapping[str, str]:
        return _words(self.rulebook, self.item.text or "", one)


def questioning(rulebook: Rulebook, item: Item) -> Questioning:
    """All that the rulebook asks about the item."""
    rules = (rule for rule in rulebook.rules if rule.question)
    found = (one for rule in rules for one in questions(rule, subject_of(rulebook, rule, item)))
    return Questioning(rulebook, item, tuple(found))


def _words(rulebook: Rulebook, text: str, one: Annotation) -> Mapping[str, str]:
    """A label, what it means, and what it marks."""
    name = rulebook.known.get(one.label, one.label)
    meant = rulebook.labels.get(name)
    place = placed(text, one, rulebook.offsets)
    means = {"means": meant.text} if meant else {}
    return {"label": name, **means, **({"text": mask(text[slice(*place)])} if place else {})}


def _examples(rulebook: Rulebook, asked: Asked) -> Mapping[str, Any]:
    """What people said of such cases: what they overruled among them."""
    held = asked.rule.examples
    kept = (*held.keeps, *(one.item for one in rulebook.overruled if one.rule == asked.rule.id))
    found = {"not broken": kept[-_MOST_EXAMPLES:], "broken": held.breaks[-_MOST_EXAMPLES:]}
    told = {said: [_example(rulebook, one) for one in of] for said, of in found.items() if of}
    return {"examples": told} if told else {}


def _example(rulebook: Rulebook, one: Example) -> Mapping[str, Any]:
    item = one.item
    marked: Sequence[Any] = [_words(rulebook, item.text or "", of) for of in item.annotations]
    return {"text": mask(item.text or ""), "marked": marked}


def _key(asked: Asked) -> tuple[str, str]:
    return asked.rule.id, asked.annotation.id if asked.annotation else ""
