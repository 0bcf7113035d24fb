"""Checks of boxes. A box that breaks one is quoted by its numbers."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations
from typing import Literal

from countersign.parsing.annotations.item import Annotation, Box
from countersign.parsing.annotations.records import written
from countersign.rulebook.checks.model import Model, Pixels, Share, area, boxed, iou, shared, shown
from countersign.rulebook.subject import Change, Fault, Subject

_NONE = Decimal(0)


class BoxPositive(Model):
    """A box has a width and a height above zero."""

    kind: Literal["box_positive"]

    def faults(self, subject: Subject) -> Iterator[Fault]:
        """One a box that is empty or turned inside out."""
        for one, box in boxed(subject.annotations):
            if box.width <= 0 or box.height <= 0:
                yield Fault("the box is empty", (one,), shown(box))


class BoxInside(Model):
    """A box lies within its picture; what stands out by a little is cut off with certainty."""

    kind: Literal["box_inside"]
    tolerance: Pixels = _NONE
    cut: Pixels = _NONE
    """A box that stands out by at most so many pixels is corrected."""

    def faults(self, subject: Subject) -> Iterator[Fault]:
        """One a box, where the picture's size is known."""
        width, height = subject.item.width, subject.item.height
        if width is None or height is None:
            return
        for one, box in boxed(subject.annotations):
            out = max(-box.x, -box.y, box.x + box.width - width, box.y + box.height - height)
            if out > self.tolerance:
                within = _within(box, width, height) if out <= self.cut else box
                changes = tuple(
                    Change(one.id, name, written(new))
                    for name, old, new in zip(Box._fields, box, within, strict=True)
                    if old != new
                )
                yield Fault("the box lies outside its picture", (one,), shown(box), changes)


def _within(box: Box, width: Decimal, height: Decimal) -> Box:
    left, top = max(box.x, _NONE), max(box.y, _NONE)
    right, bottom = min(box.x + box.width, width), min(box.y + box.height, height)
    return Box(left, top, right - left, bottom - top)


class BoxSize(Model):
    """Sides in pixels, or the share of the picture that a box covers, lie within bounds."""

    kind: Literal["box_size"]
    least_side: Pixels = _NONE
    most_side: Pixels | None = None
    least_share: Share = _NONE
    most_share: Share = Decimal(1)

    def faults(self, subject: Subject) -> Iterator[Fault]:
        """One a box. An empty one is the business of `box_positive`."""
        whole = (subject.item.width or _NONE) * (subject.item.height or _NONE)
        for one, box in boxed(subject.annotations):
            if not area(box):
                continue
            share = area(box) / whole if whole > 0 else None
            said = self._said(box, share)
            if said:
                yield Fault(said, (one,), shown(box))

    def _said(self, box: Box, share: Decimal | None) -> str:
        if min(box.width, box.height) < self.least_side:
            return f"a side is shorter than {self.least_side} pixels"
        if self.most_side is not None and max(box.width, box.height) > self.most_side:
            return f"a side is longer than {self.most_side} pixels"
        if share is not None and not self.least_share <= share <= self.most_share:
            return f"the box covers {share:.2%} of the picture"
        return ""


class BoxShape(Model):
    """Width divided by height lies within bounds."""

    kind: Literal["box_shape"]
    least_ratio: Pixels = _NONE
    most_ratio: Pixels

    def faults(self, subject: Subject) -> Iterator[Fault]:
        """One a box that has an area."""
        for one, box in boxed(subject.annotations):
            if area(box) and not self.least_ratio <= box.width / box.height <= self.most_ratio:
                said = f"width is {box.width / box.height:.2f} times the height"
                yield Fault(said, (one,), shown(box))


class BoxWhole(Model):
    """Corners lie on whole pixels."""

    kind: Literal["box_whole"]

    def faults(self, subject: Subject) -> Iterator[Fault]:
        """One a box."""
        for one, box in boxed(subject.annotations):
            if any(side != side.to_integral_value() for side in box):
                yield Fault("the box lies between pixels", (one,), shown(box))


class BoxOverlap(Model):
    """No two boxes of one annotator cover one another by more than a share (IoU)."""

    kind: Literal["box_overlap"]
    most_iou: Share
    same_label: bool = True

    def faults(self, subject: Subject) -> Iterator[Fault]:
        """One a pair."""
        for found in subject.by_annotator.values():
            for one, other in combinations(boxed(found), 2):
                if self.same_label and one[0].label != other[0].label:
                    continue
                share = iou(one[1], other[1])
                if share > self.most_iou:
                    said = f"two boxes cover one another by {share:.2f}"
                    yield Fault(said, (one[0], other[0]), shown(one[1]))


class BoxWithin(Model):
    """A box of the scope lies within one of another label: a plate within a car."""

    kind: Literal["box_within"]
    of: tuple[str, ...]
    least_share: Share = Decimal("0.9")

    def faults(self, subject: Subject) -> Iterator[Fault]:
        """One a box that no such box holds by that share of its area."""
        for one, box in boxed(subject.annotations):
            if not area(box):
                continue
            if not any(self._holds(one, box, other) for other in subject.item.annotations):
                yield Fault(f"lies in no {' or '.join(self.of)}", (one,), shown(box))

    def _holds(self, one: Annotation, box: Box, other: Annotation) -> bool:
        if other.box is None or other.label not in self.of or other.annotator != one.annotator:
            return False
        return shared(box, other.box) >= self.least_share * area(box)
