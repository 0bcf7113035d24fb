"""Rulebooks and reports on a terminal of 80 columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from countersign.rulebook.diff import Difference
from countersign.rulebook.schema import Rulebook
from infra.cli.show import safe, table

SHOWN = 10
"""Rules, annotators and items that a terminal shows; the report has all."""


def counts(book: Rulebook) -> dict[str, Any]:
    """What a rulebook holds, as data."""
    return {
        "id": book.id,
        "version": book.version,
        "digest": book.digest,
        "labels": len(book.labels),
        "rules": len(book.rules),
        "checks": sum(rule.check is not None for rule in book.rules),
        "questions": sum(rule.question is not None for rule in book.rules),
        "severities": dict(Counter(rule.severity for rule in book.rules)),
    }


def checked(book: Rulebook, wrong: Sequence[str], without: Sequence[str]) -> RenderableType:
    """What `check` found."""
    return Group(*_checked(book, wrong, without))


def _checked(
    book: Rulebook, wrong: Sequence[str], without: Sequence[str]
) -> Iterator[RenderableType]:
    said = counts(book)
    yield _head(book)
    yield Text(
        f"{said['rules']} rules: {said['checks']} checked, {said['questions']} asked of a model; "
        f"{said['labels']} labels"
    )
    yield from (_indented(one, "red") for one in wrong)
    yield from (_indented(one, "yellow") for one in without)
    yield Text("\nNothing is wrong." if not wrong else f"\n{len(wrong)} cannot be meant.")


def differing(
    old: Rulebook, new: Rulebook, found: Sequence[Difference], *, unraised: bool
) -> RenderableType:
    """What `diff` found."""
    return Group(*_differing(old, new, found, unraised=unraised))


def _differing(
    old: Rulebook, new: Rulebook, found: Sequence[Difference], *, unraised: bool
) -> Iterator[RenderableType]:
    yield Text.assemble((new.id, "bold"), f"  version {old.version} → {new.version}")
    for one in found:
        yield safe(f"{one.what} {one.field}".rstrip())
        if one.before:
            yield _indented(f"- {one.before}", "red")
        if one.after:
            yield _indented(f"+ {one.after}", "green")
    if not found:
        yield Text("They say the same.")
    if unraised:
        yield Text("The version must rise: it names what scores were made by.", style="red")


def scored(name: str, data: Mapping[str, Any]) -> RenderableType:
    """What `score` found."""
    return Group(*_scored(name, data))


def _scored(name: str, data: Mapping[str, Any]) -> Iterator[RenderableType]:
    book, said = data["rulebook"], data["counts"]
    yield safe(f"{name}, {data['format']}, by {book['id']} version {book['version']}")
    yield Text(
        f"score {data['score']} of 100 over {said['items']:,} items, {said['findings']:,} findings"
    )
    if said["quarantined"]:
        yield Text(f"{said['quarantined']:,} records could not be read", style="yellow")
    if said["unanswered"]:
        yield Text(f"{said['unanswered']:,} questions are open: no model was asked", style="yellow")
    if data["corrections"]:
        yield Text(f"{data['corrections']:,} values are certainly meant otherwise")
    yield Text()
    yield _rules(data["rules"])
    yield Text()
    yield _annotators(data["annotators"])
    yield Text()
    yield _agreement(data["agreement"])


def _rules(rules: Sequence[Mapping[str, Any]]) -> RenderableType:
    made = table("rule", "severity", "findings", "items")
    broken = sorted((one for one in rules if one["findings"]), key=_most)
    for one in broken[:SHOWN]:
        cells = (f"{one['findings']:,}", f"{one['items']:,}")
        made.add_row(safe(one["id"]), one["severity"], *cells)
    more = len(broken) - SHOWN
    return Group(made, *([Text(f"and {more} rules more", style="dim")] if more > 0 else []))


def _most(rule: Mapping[str, Any]) -> tuple[int, str]:
    return -rule["findings"], rule["id"]


def _annotators(found: Sequence[Mapping[str, Any]]) -> RenderableType:
    made = table("annotator", "items", "score", "findings")
    for one in found[:SHOWN]:
        made.add_row(
            safe(one["name"] or "nobody named"),
            f"{one['items']:,}",
            one["score"],
            f"{one['findings']:,}",
        )
    return made


def _agreement(agreed: Mapping[str, Any]) -> RenderableType:
    made = table("agreement", "of", "value", "95 %")
    made.add_row("all", "label alpha", *_interval(agreed["all"]))
    for pair in agreed["pairs"][:SHOWN]:
        for name, value in pair["measures"].items():
            if value["value"] != "n/a":
                who = safe(f"{pair['one'] or '-'}, {pair['other'] or '-'}")
                made.add_row(who, name, *_interval(value))
    return made


def _interval(value: Mapping[str, str]) -> tuple[str, str]:
    if value["value"] == "n/a":
        return "n/a", ""
    return value["value"], f"{value['low']} to {value['high']}"


def _head(book: Rulebook) -> Text:
    told = f"  {book.title}, version {book.version}"
    return Text.assemble((book.id, "bold"), safe(told))


def _indented(text: str, style: str) -> RenderableType:
    return Padding(Text(str(safe(text)), style=style), (0, 0, 0, 2))
