"""Days as people write them, in ten languages: read, and held against what a model says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

_MONTHS = (
    "january|januar|janvier|enero|gennaio|januari|janeiro|jan|يناير|ינואר",
    "february|februar|février|fevrier|febrero|febbraio|februari|fevereiro|feb|fév|fev|فبراير|פברואר",
    "march|märz|maerz|mars|marzo|maart|março|mar|mär|mrt|مارس|מרץ|מרס",
    "april|avril|abril|aprile|apr|avr|abr|أبريل|إبريل|אפריל",
    "may|mai|mayo|maggio|mei|maio|mag|مايو|מאי",
    "june|juni|juin|junio|giugno|junho|jun|giu|يونيو|יוני",
    "july|juli|juillet|julio|luglio|julho|jul|lug|يوليو|יולי",
    "august|août|aout|agosto|augustus|aug|ago|أغسطس|אוגוסט",
    "september|septembre|septiembre|settembre|setembro|sept|sep|set|سبتمبر|ספטמבר",
    "october|oktober|octobre|octubre|ottobre|outubro|oct|okt|ott|out|أكتوبر|אוקטובר",
    "november|novembre|noviembre|novembro|nov|نوفمبر|נובמבר",
    "december|dezember|décembre|decembre|diciembre|dicembre|dezembro|dec|dez|déc|dic|ديسمبر|דצמבר",
)


def _numbered() -> dict[str, int]:
    return {word: at for at, words in enumerate(_MONTHS, start=1) for word in words.split("|")}


def _longest_first(words: Iterable[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_NUMBER = _numbered()
_NAME = _longest_first(_NUMBER)
_WRITTEN = re.compile(
    r"(?P<iso>(?<!\d)\d{4}-\d{1,2}-\d{1,2}(?!\d))"
    r"|(?P<eastern>\d{4}年\d{1,2}月\d{1,2}日)"
    rf"|(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|º|\.)?\s*(?:de\s+|of\s+|ב[-־]?)?(?P<month>{_NAME})\.?"
    r"(?!\w),?\s*(?:de\s+)?(?P<year>\d{4})(?!\d)"
    rf"|(?<!\w)(?P<first>{_NAME})\.?\s+(?P<then>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<in>\d{{4}})(?!\d)"
    r"|(?<![\d.])(?P<dotted>\d{1,2}\.\d{1,2}\.\d{4})(?!\d)",
    re.IGNORECASE,
)
"""`1/3/2027` is left out: it is two days, by where it is read."""


def found(text: str) -> Iterator[tuple[date, str]]:
    """Each whole day in `text`, with its words; what is no day of the calendar is none."""
    for match in _WRITTEN.finditer(text):
        try:
            yield date(*_parts(match)), match[0]
        except ValueError:
            continue


def says(quote: str, on: date) -> bool:
    """Whether the quote names that day."""
    return any(day == on for day, _ in found(quote))


def _parts(match: re.Match[str]) -> tuple[int, int, int]:
    whole = match["iso"] or match["eastern"]
    if whole:
        year, month, day = map(int, re.findall(r"\d+", whole))
        return year, month, day
    if match["dotted"]:
        day, month, year = map(int, match["dotted"].split("."))
        return year, month, day
    named = match["month"] or match["first"]
    return (
        int(match["year"] or match["in"]),
        _NUMBER[named.lower()],
        int(match["day"] or match["then"]),
    )
