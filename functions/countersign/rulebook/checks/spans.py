"""Checks of spans. Offsets are counted as the rulebook says; findings quote the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from countersign.parsing.annotations.item import Annotation
from countersign.rulebook.checks.model import Model
from countersign.rulebook.subject import Change, Fault, Offsets, Subject, placed, written

_OTHER: dict[Offsets, Offsets] = {"code_points": "utf16_units", "utf16_units": "code_points"}


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as broken:
        raise ValueError(f"is no regular expression: {broken}") from None
    return pattern


Pattern = Annotated[str, Field(min_length=1, max_length=300), AfterValidator(_compiles)]


class SpanInside(Model):
    """A span begins and ends within its text, and holds at least one character."""

    kind: Literal["span_inside"]

    def faults(self, subject: Subject) -> Iterator[Fault]:
        """One a span."""
        for one in subject.annotations:
            if one.span and subject.place(one) is None:
                said = f"{one.span.start} to {one.span.end} is no span of the text"
                yield Fault(said, (one,), one.span.text or "")


class SpanText(Model):
    """The words that a span states are those at its offsets."""

    kind: Literal["span_text"]

    def faults(self, subject: Subject) -> Iterator[Fault]:
        """One a span; its place is taken for right where the stated words stand there once."""
        for one, start, end in subject.spans():
            said = one.span.text if one.span else None
            if said is not None and said != subject.text[start:end]:
                yield Fault(
                    f"the text there is “{subject.quoted(start, end)}”",
                    (one,),
                    said,
                    _moved(subject, one, said),
                )


def _moved(subject: Subject, one: Annotation, said: str) -> tuple[Change, ...]:
    if not said or subject.text.count(said) != 1:
        return ()
    start = subject.text.index(said)
    return _placed(subject, one, start, start + len(said))


def _placed(subject: Subject, one: Annotation, start: int, end: int) -> tuple[Change, ...]:
    """What changes a span's offsets to these code points."""
    ends = {
        name: written(subject.text, at, subject.offsets)
        for name, at in (("start", start), ("end", end))
    }
    old = one.span._asdict() if one.span else {}
    return tuple(Change(one.id, name, at) for name, at in ends.items() if old.get(name) != at)


class SpanOffsets(Model):
    """Offsets are of the rulebook's kind: a text with an emoji tells code points from UTF-16."""

    kind: Literal["span_offsets"]

    def faults(self, subject: Subject) -> Iterator[Fault]:
        """One a span whose stated words stand where the other way of counting has them."""
        other = _OTHER[subject.offsets]
        for one in subject.annotations:
            place, here = placed(subject.text, one, other), subject.place(one)
            said = one.span.text if one.span else None
            if said and place and said == _words(subject, place) != _words(subject, here):
                counted = other.replace("_", " ")
                yield Fault(f"counted in {counted}", (one,), said, _placed(subject, one, *place))


def _words(subject: Subject, place: tuple[int, int] | None) -> str | None:
    return subject.text[slice(*place)] if place else None


class SpanTrimmed(Model):
    """A span begins and ends with a character that is seen."""

    kind: Literal["span_trimmed"]

    def faults(self, subject: Subject) -> Iterator[Fault]:
        """One a span; without its spaces it is certainly meant."""
        for one, start, end in subject.spans():
            words = subject.text[start:end]
            left, right = len(words) - len(words.lstrip()), len(words) - len(words.rstrip())
            if left or right:
                seen = words.strip()
                changes = _placed(subject, one, start + left, end - right) if seen else ()
                quote = subject.quoted(start, end)
                yield Fault("begins or ends with a space", (one,), quote, changes)


class SpanWords(Model):
    """A span cuts no word."""

    kind: Literal["span_words"]

    def faults(self, subject: Subject) -> Iterator[Fault]:
        """One a span."""
        for one, start, end in subject.spans():
            if _cuts(subject.text, start) or _cuts(subject.text, end):
                yield Fault("cuts a word", (one,), subject.quoted(start, end))


def _cuts(text: str, at: int) -> bool:
    return 0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum()


class SpanLength(Model):
    """A span has so many characters and words."""

    kind: Literal["span_length"]
    least: int = Field(1, ge=1)
    most: int = Field(10_000, ge=1)
    most_words: int = Field(10_000, ge=1)

    def faults(self, subject: Subject) -> Iterator[Fault]:
        """One a span."""
        for one, start, end in subject.spans():
            words = len(subject.text[start:end].split())
            if not self.least <= end - start <= self.most or words > self.most_words:
                said = f"has {end - start} characters and {words} words"
                yield Fault(said, (one,), subject.quoted(start, end))


class SpanPattern(Model):
    """The whole of a span's words has a form, or has not."""

    kind: Literal["span_pattern"]
    must: Pattern | None = None
    must_not: Pattern | None = None

    def faults(self, subject: Subject) -> Iterator[Fault]:
        """One a span."""
        for one, start, end in subject.spans():
            words = subject.text[start:end]
            lacks = self.must is not None and not re.fullmatch(self.must, words)
            has = self.must_not is not None and re.fullmatch(self.must_not, words)
            if lacks or has:
                said = "has not the form asked for" if lacks else "has a form that is not meant"
                yield Fault(said, (one,), subject.quoted(start, end))


class SpanOverlap(Model):
    """Spans of one annotator do not overlap: at all, or only where their labels are the same."""

    kind: Literal["span_overlap"]
    same_label: bool = False
    nested: bool = False
    """One within another is meant."""

    def faults(self, subject: Subject) -> Iterator[Fault]:
        """One a pair. Twice the same span with the same label is the business of `repeated`."""
        for name in subject.item.annotators:
            found = [one for one in subject.spans() if one[0].annotator == name]
            for one, other in combinations(found, 2):
                if self._meets(one, other):
                    quote = subject.quoted(max(one[1], other[1]), min(one[2], other[2]))
                    yield Fault("two spans overlap", (one[0], other[0]), quote)

    def _meets(self, one: tuple[Annotation, int, int], other: tuple[Annotation, int, int]) -> bool:
        same = one[0].label == other[0].label
        if min(one[2], other[2]) <= max(one[1], other[1]) or (self.same_label and not same):
            return False
        if one[1:] == other[1:] and same:
            return False
        return not (self.nested and _holds(one, other))


def _holds(one: tuple[Annotation, int, int], other: tuple[Annotation, int, int]) -> bool:
    begins, ends = one[1] - other[1], one[2] - other[2]
    return begins * ends <= 0


class SpanFound(Model):
    """Whatever has a form in the text stands in a span of the scope: nothing is overlooked."""

    kind: Literal["span_found"]
    pattern: Pattern

    def faults(self, subject: Subject) -> Iterator[Fault]:
        """One a place and annotator."""
        for name in subject.item.annotators:
            mine = [one[1:] for one in subject.spans() if one[0].annotator == name]
            for seen in re.finditer(self.pattern, subject.text):
                if not any(start <= seen.start() and seen.end() <= end for start, end in mine):
                    yield Fault("is overlooked", quote=seen[0], annotator=name)


class SpanSame(Model):
    """The same words of one text have the same label."""

    kind: Literal["span_same"]

    def faults(self, subject: Subject) -> Iterator[Fault]:
        """One a span whose words an earlier one of the same annotator calls otherwise."""
        called: dict[tuple[str, str], Annotation] = {}
        for one, start, end in subject.spans():
            first = called.setdefault((one.annotator, subject.text[start:end]), one)
            if first.label != one.label:
                said = f"is {first.label} elsewhere and {one.label} here"
                yield Fault(said, (first, one), subject.quoted(start, end))
