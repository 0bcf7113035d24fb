"""The brief of a campaign: a title, some lines that say why and to whom, a template per language.

# Saw days
Why: owners of a saw are invited to two days of maintenance
To: country = DE, AT; segment = owner
Days apart: 14
Language: de
Other languages: get this one

## de
Subject: {first_name|Guten Tag}, zwei Tage für Ihre Säge

Guten Tag {first_name|}, …
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from countersign.domain.campaigns.templates import Template, places
from countersign.domain.errors import Quarantined
from countersign.extraction.patterns.language import code
from countersign.parsing.text import clean

_TITLE = re.compile(r"#\s+(\S.*)")
_SECTION = re.compile(r"##\s+(\S.*)")
_LINE = re.compile(r"([^\W\d_][\w ]{0,40}?)\s*:\s*(.*)")
_SUBJECT = re.compile(r"subject\s*:\s*(\S.*)", re.IGNORECASE)
_PLACE = re.compile(r"\{\w{1,40}(?:\|[^{}]{0,200})?\}")
_KNOWN = {
    "why": "why",
    "purpose": "why",
    "to": "to",
    "segment": "to",
    "days apart": "apart",
    "language": "usual",
    "other languages": "others",
}
_LONGEST_SUBJECT, _LONGEST_TEXT = 200, 20_000
_MOST_DAYS = 365


@dataclass(frozen=True)
class Brief:
    """What a brief says."""

    title: str
    why: str
    templates: Mapping[str, Template]
    usual: str
    others: bool
    only: Mapping[str, tuple[str, ...]]
    apart: int
    """Days; 0: it says none."""
    unheard: tuple[str, ...]
    """Lines of its head that ask for what no campaign does."""

    @property
    def columns(self) -> frozenset[str]:
        """The columns of the list that it names, for its templates and its segment."""
        return self.places | frozenset(self.only)

    @property
    def places(self) -> frozenset[str]:
        """Those that its templates name."""
        return frozenset().union(*(places(one) for one in self.templates.values()))


def read(text: str) -> Brief:
    """Raises Quarantined, with what is missing."""
    head, sections = _parts(clean(text))
    said, unheard = _said(head)
    title = next((found[1] for line in head if (found := _TITLE.fullmatch(line))), "")
    if not title or not said.get("why"):
        raise Quarantined("the brief begins with `# its title` and a line `Why: …`")
    templates = dict(_template(name, lines) for name, lines in sections)
    if not templates:
        raise Quarantined("the brief has no template: a part `## en` with `Subject: …` and a text")
    usual = code(said.get("usual", "")) or next(iter(templates))
    if usual not in templates:
        raise Quarantined(f"the brief has no template in its own language {usual}")
    return Brief(
        title=title.strip()[:_LONGEST_SUBJECT],
        why=said["why"],
        templates=templates,
        usual=usual,
        others="others" in said,
        only=_segment(said.get("to", "")),
        apart=_days(said.get("apart", "")),
        unheard=unheard,
    )


def _parts(text: str) -> tuple[list[str], list[tuple[str, list[str]]]]:
    head: list[str] = []
    sections: list[tuple[str, list[str]]] = []
    for line in text.split("\n"):
        found = _SECTION.fullmatch(line.strip())
        if found:
            sections.append((found[1].strip(), []))
        else:
            (sections[-1][1] if sections else head).append(line)
    return head, sections


def _said(head: list[str]) -> tuple[dict[str, str], tuple[str, ...]]:
    said: dict[str, str] = {}
    unheard: list[str] = []
    for line in filter(None, (one.strip() for one in head)):
        found = _LINE.fullmatch(line)
        name = _KNOWN.get(found[1].casefold()) if found else None
        if found and name:
            said[name] = found[2].strip()
        elif not _TITLE.fullmatch(line):
            unheard.append(line)
    return said, tuple(unheard)


def _template(name: str, lines: list[str]) -> tuple[str, Template]:
    language = code(name)
    if not language:
        raise Quarantined(f"the part `## {name[:40]}` of the brief names no language: `## de`")
    body = "\n".join(lines).strip("\n")
    first, _, rest = body.partition("\n")
    subject = _SUBJECT.fullmatch(first.strip())
    if not subject or not rest.strip():
        raise Quarantined(f"the template {language} begins with `Subject: …`; its text follows")
    found = Template(subject=subject[1][:_LONGEST_SUBJECT], text=rest.strip())
    if len(found.text) > _LONGEST_TEXT:
        raise Quarantined(f"the template {language} has more than {_LONGEST_TEXT:,} characters")
    odd = next(_odd(f"{found.subject}\n{found.text}"), "")
    if odd:
        raise Quarantined(f"a place of the template {language} cannot be read: {odd}")
    return language, found


def _odd(text: str) -> Iterator[str]:
    """What has a brace and is no place."""
    left = _PLACE.sub("", text)
    for found in re.finditer(r"[^\s]{0,20}[{}][^\n]{0,20}", left):
        yield found[0]


def _segment(said: str) -> Mapping[str, tuple[str, ...]]:
    """`country = DE, AT; segment = owner`."""
    found: dict[str, tuple[str, ...]] = {}
    for part in filter(None, (one.strip() for one in said.split(";"))):
        name, equals, values = part.partition("=")
        if not equals:
            raise Quarantined(f"`To:` names a column and its values, `country = DE`: {part[:60]}")
        found[slug(name)] = tuple(
            one.strip().casefold() for one in values.split(",") if one.strip()
        )
    return found


def _days(said: str) -> int:
    if not said:
        return 0
    number = said.split(maxsplit=1)[0]
    if not number.isdecimal() or not 1 <= int(number) <= _MOST_DAYS:
        raise Quarantined(f"`Days apart:` is a number from 1 to {_MOST_DAYS}")
    return int(number)


def slug(name: str) -> str:
    """A column's name as templates write it; a Turkish İ is an i."""
    return re.sub(r"\W+", "_", name.casefold().replace("i\u0307", "i")).strip("_")
