"""Where two people meet in one item, as counts that add up over items."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from typing import NamedTuple, TypeVar

from countersign.parsing.annotations.item import Annotation, Item
from countersign.rulebook.agreement import Unit, alpha, f1, kappa
from countersign.rulebook.checks.model import iou
from countersign.rulebook.subject import Offsets, placed

HALF = Decimal("0.5")
"""Boxes of two people are the same thing from this IoU on."""
_THOUSAND = 1_000
PlaceT = TypeVar("PlaceT")
Place = tuple[int, int]
Key = tuple[str, str, str]
"""Two annotators and a measure; two empty names: all of them."""


class Pair(NamedTuple):
    """Two people at one item: how many each found, how many of them are the same."""

    one: str
    other: str
    boxes: tuple[int, int]
    matched: tuple[tuple[str, str], ...]
    """Labels of boxes that lie on one another."""
    iou: int
    """Their IoU, added up, in thousandths."""
    spans: tuple[int, int]
    exact: int
    overlap: int


class Met(NamedTuple):
    """All that an item says of agreement."""

    labels: tuple[tuple[str, str], ...]
    """What annotators called the whole item; who gave it no label is left out."""
    pairs: tuple[Pair, ...]


def met(item: Item, offsets: Offsets) -> Met:
    """Of all pairs of people who looked at the item."""
    names = sorted(item.annotators)
    mine = {n: [one for one in item.annotations if one.annotator == n] for n in names}
    labels = {n: "+".join(sorted({_called(one) for one in mine[n] if _whole(one)})) for n in names}
    pairs = tuple(
        _pair(item, offsets, (one, mine[one]), (other, mine[other]))
        for one, other in combinations(names, 2)
    )
    return Met(tuple((name, label) for name, label in labels.items() if label), pairs)


def measures(seen: Mapping[Met, int]) -> Mapping[Key, Fraction | None]:
    """Every measure of every pair, and alpha over all, of items and how often each is there."""
    totals: dict[tuple[str, str], _Total] = {}
    units: Counter[Unit] = Counter()
    for one, times in seen.items():
        units[tuple(label for _, label in one.labels)] += times
        for pair in one.pairs:
            totals.setdefault(pair[:2], _Total()).add(pair, dict(one.labels), times)
    found: dict[Key, Fraction | None] = {("", "", "label alpha"): alpha(units)}
    for names, total in sorted(totals.items()):
        found |= {(*names, name): value for name, value in total.measures()}
    return found


class _Total:
    def __init__(self) -> None:
        self.labels: Counter[Unit] = Counter()
        self.matched: Counter[Unit] = Counter()
        self.counts: Counter[str] = Counter()

    def add(self, pair: Pair, labels: Mapping[str, str], times: int) -> None:
        if pair.one in labels and pair.other in labels:
            self.labels[labels[pair.one], labels[pair.other]] += times
        for both in pair.matched:
            self.matched[both] += times
        counts = {
            "boxes": sum(pair.boxes),
            "iou": pair.iou,
            "spans": sum(pair.spans),
            "exact": pair.exact,
            "overlap": pair.overlap,
        }
        for name, count in counts.items():
            self.counts[name] += count * times

    def measures(self) -> Iterator[tuple[str, Fraction | None]]:
        same = sum(self.matched.values())
        yield "label kappa", kappa(self.labels)
        yield "box F1", f1(same, self.counts["boxes"])
        yield "box IoU", Fraction(self.counts["iou"], same * _THOUSAND) if same else None
        yield "box label alpha", alpha(self.matched)
        yield "span F1, exact", f1(self.counts["exact"], self.counts["spans"])
        yield "span F1, overlap", f1(self.counts["overlap"], self.counts["spans"])


def _called(one: Annotation) -> str:
    return f"not {one.label}" if one.denied else one.label


def _whole(one: Annotation) -> bool:
    return one.box is None and one.span is None


def _pair(
    item: Item,
    offsets: Offsets,
    one: tuple[str, list[Annotation]],
    other: tuple[str, list[Annotation]],
) -> Pair:
    boxes = [[(said, said.box) for said in side[1] if said.box] for side in (one, other)]
    spans = [list(_spans(item, offsets, side[1])) for side in (one, other)]
    matched = _matched(boxes[0], boxes[1], iou, HALF)
    return Pair(
        one[0],
        other[0],
        (len(boxes[0]), len(boxes[1])),
        tuple(sorted((a.label, b.label) for a, b, _ in matched)),
        sum(int(share * _THOUSAND) for _, _, share in matched),
        (len(spans[0]), len(spans[1])),
        len(_matched(spans[0], spans[1], _same, Decimal(1), same_label=True)),
        len(_matched(spans[0], spans[1], _shared, Decimal(1), same_label=True)),
    )


def _spans(
    item: Item, offsets: Offsets, said: Iterable[Annotation]
) -> Iterator[tuple[Annotation, Place]]:
    for one in said:
        place = placed(item.text or "", one, offsets)
        if place:
            yield one, place


def _same(one: Place, other: Place) -> Decimal:
    return Decimal(one == other)


def _shared(one: Place, other: Place) -> Decimal:
    """Characters that both hold."""
    return Decimal(min(one[1], other[1]) - max(one[0], other[0]))


def _matched(
    mine: list[tuple[Annotation, PlaceT]],
    theirs: list[tuple[Annotation, PlaceT]],
    close: Callable[[PlaceT, PlaceT], Decimal],
    least: Decimal,
    *,
    same_label: bool = False,
) -> list[tuple[Annotation, Annotation, Decimal]]:
    """Pairs of the closest, each thing once: what COCO's own evaluation does. Ties go by id."""
    near = (
        (close(a, b), one, other)
        for one, a in mine
        for other, b in theirs
        if not same_label or one.label == other.label
    )
    ranked = sorted(
        (one for one in near if one[0] >= least), key=lambda one: (-one[0], one[1].id, one[2].id)
    )
    taken: set[tuple[str, str]] = set()
    found = []
    for share, one, other in ranked:
        ends = {("mine", one.id), ("theirs", other.id)}
        if not taken & ends:
            taken |= ends
            found.append((one, other, share))
    return found
