"""Receipts that keep every rule of the workflow's rulebook, and a way to break each."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

Record = dict[str, Any]
TEXT = (
    "Cafe Linde, 2026-03-{day:02}, total {amount}.50 EUR, vat DE123456789, ref DE987654321, "
    "phone 030 7654321, note for the office of room {n} and once again for all that come by later "
    "today, thanks Cafe Linde"
)
SMALL = {"x": 905, "y": 10, "width": 90, "height": 20}
"""A box beside the receipt, within the picture."""


@dataclass
class Receipt:
    """One item: the first record is one annotator's, and faults are made in it."""

    id: str
    text: str
    records: list[Record]
    rules: set[str] = field(default_factory=set)

    @property
    def mine(self) -> Record:
        return self.records[0]

    def lines(self) -> Iterator[bytes]:
        for one in self.records:
            line = {"id": self.id, "text": self.text, **one}
            yield json.dumps(line, ensure_ascii=False).encode() + b"\n"


def honest(n: int) -> Receipt:
    """The `n`-th; every third begins with an emoji, every second was looked at by two."""
    emoji = "😀 " if n % 3 == 0 else ""
    text = emoji + TEXT.format(day=n % 28 + 1, amount=10 + n % 90, n=n)
    who = ("kim", "lee") if n % 2 else ("kim",)
    return Receipt(f"r{n}", text, [record(text, name) for name in who])


def record(text: str, who: str) -> Record:
    """What somebody marks who knows the rules."""
    spans = [
        span(text, "Cafe Linde", "vendor") | {"text": "Cafe Linde"},
        span(text, text[text.index("2026") :][:10], "date"),
        span(text, text[text.index("total") + 6 :][:5], "amount"),
        span(text, "EUR", "currency"),
        span(text, "DE123456789", "vat"),
        span(text, "030 7654321", "phone"),
        span(text, "for the office", "note"),
    ]
    boxes = [
        {"label": "receipt", "x": 100, "y": 100, "width": 800, "height": 1200},
        *(line_box(120 + 40 * at) for at in range(3)),
        {"label": "sum", "x": 500, "y": 1000, "width": 200, "height": 40},
        {"label": "stamp", "x": 600, "y": 600, "width": 100, "height": 80},
    ]
    return {
        "width": 1000,
        "height": 1400,
        "annotator": who,
        "label": "paid",
        "spans": spans + boxes,
    }


def span(text: str, words: str, label: str, after: int = 0) -> Record:
    start = text.index(words, after)
    return {"start": start, "end": start + len(words), "label": label}


def line_box(y: int, **more: Any) -> Record:
    return {"label": "line", "x": 150, "y": y, "width": 300, "height": 20} | more


def of(one: Receipt, label: str) -> Record:
    """The first thing of that label."""
    return next(found for found in one.mine["spans"] if found["label"] == label)


def change(label: str, /, **values: Any) -> Callable[[Receipt], None]:
    """Other values of the first thing of a label."""
    return lambda one: of(one, label).update(values)


def move(label: str, /, **by: int) -> Callable[[Receipt], None]:
    """Ends of a span moved."""

    def moved(one: Receipt) -> None:
        found = of(one, label)
        found.update({name: found[name] + step for name, step in by.items()})
        if "text" in found:
            found["text"] = one.text[found["start"] : found["end"]]

    return moved


def add(*more: Record) -> Callable[[Receipt], None]:
    """More things."""
    return lambda one: one.mine["spans"].extend(dict(thing) for thing in more)


def remove(*labels: str) -> Callable[[Receipt], None]:
    """Nothing of these labels."""

    def removed(one: Receipt) -> None:
        one.mine["spans"] = [found for found in one.mine["spans"] if found["label"] not in labels]

    return removed


def called(label: str | None) -> Callable[[Receipt], None]:
    """The whole receipt called otherwise, or nothing."""
    return lambda one: one.mine.update(label=label)


def both(*faults: Callable[[Receipt], None]) -> Callable[[Receipt], None]:
    """One after the other."""

    def done(one: Receipt) -> None:
        for fault in faults:
            fault(one)

    return done


def marked(words: str, label: str, after: str = "") -> Callable[[Receipt], None]:
    """Words marked besides."""
    return lambda one: add(span(one.text, words, label, one.text.index(after)))(one)


def crowd(one: Receipt) -> None:
    one.records += [record(one.text, name) for name in ("max", "ada", "jo", "ben")]


def lost_letter(one: Receipt) -> None:
    one.text = one.text.replace("Linde,", "Lind\ufffd,", 1)
    for mine in one.records:
        mine["spans"][0]["text"] = "Cafe Lind\ufffd"


def small(one: Receipt) -> None:
    for mine in one.records:
        mine.update(width=150, spans=[found for found in mine["spans"] if "x" not in found])


def units(one: Receipt) -> None:
    """Counted as JavaScript does, behind an emoji that is put there where none is."""
    if one.text.isascii():
        one.text = "🚀" + one.text
        for found in (found for mine in one.records for found in mine["spans"]):
            if "start" in found:
                found.update(start=found["start"] + 1, end=found["end"] + 1)
    found = of(one, "vendor")
    words = len(one.text[: found["start"]].encode("utf-16-le")) // 2
    found.update(start=words, end=words + len("Cafe Linde"))


def long_note(one: Receipt) -> None:
    found = of(one, "note")
    found["end"] = one.text.index(" today")


FAULTS: dict[str, Callable[[Receipt], None]] = {
    "item.looked-at": crowd,
    "item.text": lost_letter,
    "item.size": small,
    "item.shapes": add({"label": "line", "points": [[1, 2], [3, 4], [5, 6]]}),
    "label.known": change("vendor", label="seller"),
    "label.boxes": both(remove("sum"), marked("total", "sum")),
    "label.spans": both(remove("phone"), add({"label": "phone", **SMALL})),
    "label.whole": both(called(None), marked("total", "paid")),
    "label.state": called(None),
    "label.unreadable-alone": called("unreadable"),
    "label.paid-has-amount": remove("amount"),
    "label.amount-has-currency": remove("currency"),
    "label.line-has-receipt": remove("receipt", "sum"),
    "label.one-receipt": add({"label": "receipt", "x": 0, "y": 0, "width": 600, "height": 600}),
    "label.one-sum": add({"label": "sum", "x": 500, "y": 1100, "width": 200, "height": 40}),
    "label.one-vat": marked("DE987654321", "vat"),
    "label.few-lines": add(*(line_box(250 + 15 * at, height=10) for at in range(41))),
    "label.once": lambda one: add(of(one, "currency"))(one),
    "label.stamp-not-unpaid": called("unpaid"),
    "box.positive": change("line", width=0),
    "box.inside": change("stamp", x=905),
    "box.receipt-size": both(remove("line", "sum"), change("receipt", width=100, height=100)),
    "box.line-size": change("line", height=3),
    "box.sum-size": change("sum", x=200, y=300, width=600, height=600),
    "box.stamp-size": change("stamp", x=200, y=200, width=401, height=401),
    "box.line-shape": add(line_box(700, width=20, height=100)),
    "box.stamp-shape": change("stamp", width=200, height=40),
    "box.lines-apart": add(line_box(125)),
    "box.line-in-receipt": add({"label": "line", **SMALL}),
    "box.sum-in-receipt": change("sum", **SMALL),
    "box.stamp-whole": change("stamp", x=600.5),
    "span.inside": move("note", end=500),
    "span.text": change("vendor", text="Cafe Linda"),
    "span.offsets": units,
    "span.trimmed": move("note", start=-1),
    "span.words": move("vendor", end=-1),
    "span.apart": both(remove("phone"), marked("for the", "phone")),
    "span.same": marked("Cafe Linde", "note", after="thanks"),
    "span.date-form": move("date", end=-3),
    "span.amount-form": move("amount", start=-6),
    "span.currency-form": move("currency", end=-1),
    "span.vat-form": move("vat", start=2),
    "span.phone-length": move("phone", end=-8),
    "span.note-length": long_note,
    "span.every-date": remove("date"),
}
"""Rule → what breaks it. `item.once` is broken by a receipt that comes again; questions are the
model's."""
ALSO: dict[str, set[str]] = {
    "label.line-has-receipt": {"box.line-in-receipt"},
    "span.offsets": {"span.text", "span.words"},
    "span.date-form": {"span.every-date"},
}
"""What a fault breaks besides, as the rules have it."""
