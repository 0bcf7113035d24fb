"""The deterministic checks, each a model of its parameters that says where an item breaks it."""

from typing import Annotated

from pydantic import Field

from countersign.rulebook.checks.boxes import (
    BoxInside,
    BoxOverlap,
    BoxPositive,
    BoxShape,
    BoxSize,
    BoxWhole,
    BoxWithin,
)
from countersign.rulebook.checks.items import (
    ItemAnnotated,
    ItemJudged,
    ItemRepeated,
    ItemSize,
    ItemText,
    Repeated,
)
from countersign.rulebook.checks.labels import (
    LabelApart,
    LabelCount,
    LabelKnown,
    LabelShape,
    LabelTogether,
)
from countersign.rulebook.checks.spans import (
    SpanFound,
    SpanInside,
    SpanLength,
    SpanOffsets,
    SpanOverlap,
    SpanPattern,
    SpanSame,
    SpanText,
    SpanTrimmed,
    SpanWords,
)

Check = Annotated[
    BoxInside
    | BoxOverlap
    | BoxPositive
    | BoxShape
    | BoxSize
    | BoxWhole
    | BoxWithin
    | ItemAnnotated
    | ItemJudged
    | ItemRepeated
    | ItemSize
    | ItemText
    | LabelApart
    | LabelCount
    | LabelKnown
    | LabelShape
    | LabelTogether
    | Repeated
    | SpanFound
    | SpanInside
    | SpanLength
    | SpanOffsets
    | SpanOverlap
    | SpanPattern
    | SpanSame
    | SpanText
    | SpanTrimmed
    | SpanWords,
    Field(discriminator="kind"),
]
"""One of these, by its `kind`."""
