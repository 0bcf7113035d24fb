"""What every check is."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from countersign.parsing.annotations.item import Annotation, Box
from countersign.parsing.annotations.records import written

Share = Annotated[Decimal, Field(ge=0, le=1)]
Pixels = Annotated[Decimal, Field(ge=0)]


class Model(BaseModel):
    """A frozen part of a rulebook. Its text gives no types, so numbers are read from words."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def shown(box: Box) -> str:
    """A box in words."""
    return ", ".join(f"{name} {written(value)}" for name, value in box._asdict().items())


def area(box: Box) -> Decimal:
    """Zero of a box that is turned inside out."""
    return max(box.width, Decimal(0)) * max(box.height, Decimal(0))


def shared(one: Box, other: Box) -> Decimal:
    """The area that both cover."""
    width = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    height = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    return width * height if width > 0 and height > 0 else Decimal(0)


def iou(one: Box, other: Box) -> Decimal:
    """Intersection over union, from 0 to 1; 0 of boxes without an area."""
    both = shared(one, other)
    return both / (area(one) + area(other) - both) if both else Decimal(0)


def boxed(found: tuple[Annotation, ...]) -> Iterator[tuple[Annotation, Box]]:
    """Those that are boxes."""
    for one in found:
        if one.box is not None:
            yield one, one.box
