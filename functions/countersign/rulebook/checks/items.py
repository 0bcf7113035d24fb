"""Checks of whole items."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from countersign.parsing.annotations.item import Annotation
from countersign.parsing.escaped import as_typed
from countersign.rulebook.checks.model import Model, Pixels
from countersign.rulebook.subject import Fault, Subject

_LOST = "\ufffd"


class ItemAnnotated(Model):
    """So many people looked at an item, and each found at least so much in it."""

    kind: Literal["item_annotated"]
    annotators: int = Field(1, ge=1)
    most_annotators: int = Field(1_000, ge=1)
    annotations: int = Field(0, ge=0)

    def faults(self, subject: Subject) -> Iterator[Fault]:
        """One an item, and one an annotator who found too little."""
        looked = len(subject.item.annotators)
        if not self.annotators <= looked <= self.most_annotators:
            yield Fault(f"{looked} looked at it")
        for name, found in subject.by_annotator.items():
            if len(found) < self.annotations:
                yield Fault(f"has {len(found)} annotations", annotator=name)


class ItemText(Model):
    """A text has characters, none of them lost, and was read in its own encoding."""

    kind: Literal["item_text"]
    least: int = Field(1, ge=0)
    most: int = Field(1_000_000, ge=1)

    def faults(self, subject: Subject) -> Iterator[Fault]:
        """One an item that has a text or should have one."""
        text = subject.item.text
        if text is None:
            return
        if not self.least <= len(text.strip()) <= self.most:
            yield Fault(f"the text has {len(text.strip())} characters", quote=text[:80])
        elif _LOST in text or (not text.isascii() and as_typed(text) != text):
            yield Fault("the text was read in a wrong encoding", quote=text[:80])


class ItemSize(Model):
    """A picture has so many pixels."""

    kind: Literal["item_size"]
    least_width: Pixels
    least_height: Pixels

    def faults(self, subject: Subject) -> Iterator[Fault]:
        """One an item whose size is known."""
        width, height = subject.item.width, subject.item.height
        if width is None or height is None:
            return
        if width < self.least_width or height < self.least_height:
            yield Fault(f"the picture is {width} by {height}")


class ItemRepeated(Model):
    """No two items have the same text."""

    kind: Literal["item_repeated"]

    def faults(self, subject: Subject) -> Iterator[Fault]:
        """One an item that stands in the file before."""
        if subject.repeated:
            yield Fault(f"is the same as {subject.repeated}", quote=subject.text[:80])


class ItemJudged(Model):
    """Every shape is of a kind that this rulebook speaks about."""

    kind: Literal["item_judged"]

    def faults(self, subject: Subject) -> Iterator[Fault]:
        """One an item."""
        if subject.item.unjudged:
            yield Fault(f"{subject.item.unjudged} shapes are of a kind that is not judged")


class Repeated(Model):
    """Nobody gives the same label twice to the same place."""

    kind: Literal["repeated"]

    def faults(self, subject: Subject) -> Iterator[Fault]:
        """One an annotation that stands there before."""
        there: dict[object, Annotation] = {}
        for one in subject.annotations:
            offsets = one.span[:2] if one.span else None
            first = there.setdefault((one.annotator, one.label, one.box, offsets), one)
            if first is not one:
                yield Fault("is given twice", (first, one), one.label)
