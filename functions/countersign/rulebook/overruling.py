"""A finding that somebody does not agree with becomes a case of the rulebook, in its own file: the
text before it stays as it is, comments too."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

from countersign.domain.errors import DefinitionBroken
from countersign.parsing.annotations.item import Annotation, Item
from countersign.parsing.annotations.records import written
from countersign.rulebook.schema import Rulebook, read

KEY = "overruled"
_VERSION = re.compile(r"^version:[ \t]*\d+", re.MULTILINE)
_TOP = re.compile(r"^([\w-]+):", re.MULTILINE)
_UNPRINTED = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")


def overruled(text: str, item: Item, rule: str, *, by: str, on: date, why: str) -> str:
    """The rulebook's text with the case, under its next version. Annotators get other names: who
    labelled it is nobody's business there. Raises DefinitionBroken for a rule that it does not
    have, and where a case cannot be written at its end."""
    book = read(text.encode())
    if all(one.id != rule for one in book.rules):
        raise DefinitionBroken(f"{book.id} has no rule {rule}")
    if book.overruled and _TOP.findall(text)[-1] != KEY:
        raise DefinitionBroken(f"move `{KEY}:` to the end of the file: cases are added there")
    case = {"rule": rule, "by": by, "on": on.isoformat(), "why": why, "item": _item(item)}
    head = _VERSION.sub(f"version: {book.version + 1}", text, count=1).rstrip("\n")
    begins = "" if book.overruled else f"\n# Findings that people overruled\n{KEY}:"
    made = f"{head}\n{begins}\n  - {_flow(case)}\n" if begins else f"{head}\n  - {_flow(case)}\n"
    _check(book, read(made.encode()))
    return made


def _check(before: Rulebook, after: Rulebook) -> None:
    more = len(after.overruled) - len(before.overruled)
    if more != 1 or after.version != before.version + 1:
        raise DefinitionBroken("the case cannot be added to this file: write it by hand")


def _item(item: Item) -> dict[str, Any]:
    names = {name: f"annotator {at}" for at, name in enumerate(item.annotators, start=1)}
    whole = {
        "text": item.text,
        "width": None if item.width is None else written(item.width),
        "height": None if item.height is None else written(item.height),
        "annotators": list(names.values()),
        "annotations": [_annotation(one, names) for one in item.annotations if not one.denied],
        "unjudged": item.unjudged,
    }
    return {name: one for name, one in whole.items() if one not in (None, [], 0)}


def _annotation(one: Annotation, names: dict[str, str]) -> dict[str, Any]:
    said: dict[str, Any] = {"label": one.label, "by": names.get(one.annotator, "annotator")}
    if one.span:
        quote = {} if one.span.text is None else {"quote": one.span.text}
        said |= {"start": one.span.start, "end": one.span.end, **quote}
    return said | ({"box": [written(value) for value in one.box]} if one.box else {})


def _flow(case: dict[str, Any]) -> str:
    """One line of YAML: JSON is, where what no reader prints is escaped."""
    line = json.dumps(case, ensure_ascii=False)
    return _UNPRINTED.sub(lambda found: f"\\u{ord(found[0]):04x}", line)
