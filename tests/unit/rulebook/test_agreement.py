"""Agreement against published figures, and where nothing can be said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

import pytest

from countersign.parsing.annotations.item import Annotation, Box, Item, Span
from countersign.rulebook.agreement import Level, Unit, alpha, bootstrap, f1, kappa
from countersign.rulebook.meeting import measures, met
from tests.seeds import dice

OBSERVERS = ("123321412...", "1233224125.3", ".3332342251.", "12332441251.")
"""Krippendorff's own example: four observers, twelve units, and gaps."""
UNITS: Counter[Unit] = Counter(
    tuple(int(value) for value in unit if value != ".") for unit in zip(*OBSERVERS, strict=True)
)


@pytest.mark.parametrize(
    ("level", "published"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)]
)
def test_alpha_is_as_published(level: Level, published: float) -> None:
    """To the digits that are printed."""
    found = alpha(UNITS, level)
    assert found
    assert round(float(found), 3) == published


@pytest.mark.control
def test_plain_agreement_is_another_figure() -> None:
    """The share of pairs that are equal knows no chance: it is far above alpha."""
    pairs = [
        (unit[one], unit[other])
        for unit in UNITS.elements()
        for one in range(len(unit))
        for other in range(one)
    ]
    assert sum(a == b for a, b in pairs) / len(pairs) > 0.78


def test_kappa_is_as_published() -> None:
    """Cohen's: 50 proposals, two readers, 20 yes and 15 no in common, 5 and 10 apart: 0.4."""
    table: Mapping[Unit, int] = {("y", "y"): 20, ("y", "n"): 5, ("n", "y"): 10, ("n", "n"): 15}
    assert kappa(table) == Fraction(2, 5)


def test_what_is_undefined_is_none_and_never_one() -> None:
    """One value alone, nobody in common, nothing found."""
    assert kappa({("a", "a"): 9}) is None
    assert kappa({}) is None
    assert alpha({("a", "a"): 9}) is None
    assert alpha({("a",): 3}) is None
    assert f1(0, 0) is None


def test_the_same_seed_draws_the_same_interval() -> None:
    """Around the value; another seed draws another; perfect agreement has no width."""
    kinds: dict[Unit, int] = {("a", "a"): 40, ("a", "b"): 10, ("b", "b"): 30, ("b", "a"): 5}

    def measured(weights: Mapping[Unit, int]) -> Mapping[str, Fraction | None]:
        return {"kappa": kappa(weights)}

    first = bootstrap(kinds, measured, "one")["kappa"]
    assert first == bootstrap(dict(reversed(kinds.items())), measured, "one")["kappa"]
    assert first != bootstrap(kinds, measured, "two")["kappa"]
    assert first.low
    assert first.value
    assert first.high
    assert first.low < first.value < first.high
    assert bootstrap({}, measured, "one")["kappa"] == (None, None, None)


def item(*annotations: Annotation, text: str = "") -> Item:
    names = tuple(dict.fromkeys(one.annotator for one in annotations))
    return Item("1", text=text, annotators=names, annotations=annotations)


def box(id_: str, who: str, label: str, *sides: int) -> Annotation:
    return Annotation(id_, who, label, box=Box(*map(Decimal, sides)))


def test_boxes_meet_from_half_an_iou_on_and_each_once() -> None:
    """The closest first; what lies apart meets nothing, and labels of what meets are compared."""
    said = item(
        box("1", "kim", "car", 0, 0, 10, 10),
        box("2", "kim", "bus", 50, 50, 10, 10),
        box("3", "lee", "bus", 0, 1, 10, 10),
        box("4", "lee", "car", 0, 0, 10, 9),
        box("5", "lee", "car", 90, 90, 5, 5),
    )
    (pair,) = met(said, "code_points").pairs
    assert (pair.boxes, pair.matched, pair.iou) == ((2, 3), (("car", "car"),), 900)
    found = measures(Counter([met(said, "code_points")]))
    assert found["kim", "lee", "box F1"] == Fraction(2, 5)
    assert found["kim", "lee", "box IoU"] == Fraction(9, 10)
    assert found["kim", "lee", "label kappa"] is None


def test_spans_meet_exactly_or_by_a_character() -> None:
    """With the same label; counted in UTF-16 units where the rulebook does."""
    said = item(
        Annotation("1", "kim", "PER", span=Span(3, 7)),
        Annotation("2", "kim", "LOC", span=Span(8, 9)),
        Annotation("3", "lee", "PER", span=Span(3, 6)),
        Annotation("4", "lee", "PER", span=Span(8, 9)),
        text="😀 Anna B",
    )
    (pair,) = met(said, "utf16_units").pairs
    assert (pair.spans, pair.exact, pair.overlap) == ((2, 2), 0, 1)


def test_matching_does_not_hang_on_order() -> None:
    """Whoever is read first."""
    drawn = dice()
    boxes = [
        box(str(n), who, "car", drawn.randrange(20), drawn.randrange(20), 10, 10)
        for n, who in enumerate(["kim", "lee"] * 6)
    ]
    shuffled = drawn.sample(boxes, len(boxes))
    assert met(item(*boxes), "code_points") == met(item(*shuffled), "code_points")
