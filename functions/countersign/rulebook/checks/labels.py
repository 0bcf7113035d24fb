"""Checks of labels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from countersign.parsing.annotations.item import Annotation
from countersign.rulebook.checks.model import Model
from countersign.rulebook.subject import Change, Fault, Subject

Shape = Literal["box", "span", "whole"]
_SHAPES: dict[Shape, str] = {"box": "a box", "span": "a span", "whole": "the whole item"}


class LabelKnown(Model):
    """A label is one of the rulebook's; another spelling of one is corrected."""

    kind: Literal["label_known"]

    def faults(self, subject: Subject) -> Iterator[Fault]:
        """One an annotation."""
        for one in subject.annotations:
            meant = subject.known.get(one.label)
            if meant != one.label:
                changes = (Change(one.id, "label", meant),) if meant else ()
                said = f"is spelled {meant}" if meant else "is no label of this rulebook"
                yield Fault(said, (one,), one.label, changes)


class LabelCount(Model):
    """Of the labels in the scope each annotator gives so many to an item."""

    kind: Literal["label_count"]
    least: int = Field(0, ge=0)
    most: int = Field(10_000, ge=0)

    def faults(self, subject: Subject) -> Iterator[Fault]:
        """One an annotator."""
        for name, found in subject.by_annotator.items():
            if not self.least <= len(found) <= self.most:
                yield Fault(f"is given {len(found)} times", found[:1], annotator=name)


class LabelTogether(Model):
    """Who gives a label of the scope also gives one of these."""

    kind: Literal["label_together"]
    needs: tuple[str, ...] = Field(min_length=1)

    def faults(self, subject: Subject) -> Iterator[Fault]:
        """One an annotator."""
        for name, found in subject.by_annotator.items():
            if found and not _given(subject, name, self.needs):
                needed = " or ".join(self.needs)
                yield Fault(f"there is no {needed} beside it", found[:1], found[0].label)


class LabelApart(Model):
    """Who gives a label of the scope gives none of these."""

    kind: Literal["label_apart"]
    never: tuple[str, ...] = Field(min_length=1)

    def faults(self, subject: Subject) -> Iterator[Fault]:
        """One an annotator."""
        for name, found in subject.by_annotator.items():
            others = _given(subject, name, self.never)
            if found and others:
                yield Fault(
                    f"stands beside {others[0].label}", (found[0], others[0]), found[0].label
                )


class LabelShape(Model):
    """A label of the scope is given to a box, to a span, or to the whole item."""

    kind: Literal["label_shape"]
    to: Shape

    def faults(self, subject: Subject) -> Iterator[Fault]:
        """One an annotation."""
        for one in subject.annotations:
            if _shape(one) != self.to:
                yield Fault(f"is given to {_SHAPES[_shape(one)]}", (one,), one.label)


def _shape(one: Annotation) -> Shape:
    if one.box is not None:
        return "box"
    return "whole" if one.span is None else "span"


def _given(subject: Subject, name: str, labels: tuple[str, ...]) -> list[Annotation]:
    every = subject.item.annotations
    return [one for one in every if one.annotator == name and one.label in labels]
