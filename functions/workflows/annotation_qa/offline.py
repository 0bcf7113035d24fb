"""Questions about an item answered without a model, by what stands in so many words; all else is
not known, and stays open."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

_PERSON = re.compile(r"\b(?:Mrs?|Ms|Miss|Herrn?|Frau|Mme|Sig(?:nora)?)\.? [A-Z][\w-]+")
_PRINTED = re.compile(r"\d+[.,]\d\d|\b(?:total|sum|vat|tax|cash|change)\b", re.IGNORECASE)
_UNPAID, _PAID = re.compile(r"\bunpaid\b", re.IGNORECASE), re.compile(r"\bpaid\b", re.IGNORECASE)
Said = tuple[str, str]
"""Whether it is broken, and the words that show it."""
_NOT_KNOWN: Said = ("unsure", "")


def heuristics(shown: str) -> Mapping[str, Any]:
    """What a model would be shown to an answer."""
    asked = json.loads(shown)
    return {"verdicts": [_verdict(one, asked["text"]) for one in asked["questions"]]}


def _verdict(one: Mapping[str, Any], text: str) -> Mapping[str, Any]:
    known = _KNOWN.get(one["id"])
    broken, quote = known(one, text) if known else _NOT_KNOWN
    why = "by words of the text, without a model" if broken != "unsure" else ""
    return {"question": one["number"], "broken": broken, "why": why, "quote": quote}


def _vendor(one: Mapping[str, Any], text: str) -> Said:
    marked = one["about"].get("text", "")
    return ("no", "") if marked and text.lstrip("\ufeff 😀").startswith(marked) else _NOT_KNOWN


def _note(one: Mapping[str, Any], _text: str) -> Said:
    marked = one["about"].get("text", "")
    return ("yes", marked) if _PRINTED.search(marked) else _NOT_KNOWN


def _paid(one: Mapping[str, Any], text: str) -> Said:
    labels = {marked["label"] for marked in one["marked"]}
    unpaid = _UNPAID.search(text)
    paid = None if unpaid else _PAID.search(text)
    if labels == {"paid"} and unpaid:
        return "yes", unpaid[0]
    if labels == {"unpaid"} and paid:
        return "yes", paid[0]
    return ("no", "") if unpaid or paid else _NOT_KNOWN


def _private(_one: Mapping[str, Any], text: str) -> Said:
    found = _PERSON.search(text)
    return ("yes", found[0]) if found else _NOT_KNOWN


_KNOWN: Mapping[str, Callable[[Mapping[str, Any], str], Said]] = {
    "asked.vendor": _vendor,
    "asked.note": _note,
    "asked.paid": _paid,
    "asked.private": _private,
}
"""By the rules of receipts.yaml."""
