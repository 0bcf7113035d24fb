"""Invented people instead of real ones: names, addresses, phones and companies of a job, replaced
by the same invented ones wherever they stand, so that the text stays a text of somebody.

Names are known by where they stand (a form's field, a record, a fact) and then found everywhere.
Who is named in a text alone is not found: a person reads each case before it is kept.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from countersign.extraction.mail_hosts import is_anybodys
from countersign.extraction.names import person
from countersign.parsing.masking import mask

Kind = Literal["person", "company", "place"]
PEOPLE = (
    *("Nora Feld", "Emil Brandt", "Lena Ostrow", "Hugo Marek", "Ida Kessler", "Oskar Lund"),
    *("Vera Molnar", "Anton Reber", "Selma Hartog", "Jonas Pelt", "Mira Sand", "Paul Ebner"),
)
COMPANIES = (
    *("Weidenbach Werkzeuge", "Calder Tools", "Norrland Freight", "Tamsin Foods"),
    *("Ostermoor Druck", "Pellworm Yards", "Granby Glass", "Lindau Optik"),
)
PLACES = ("1 Example Street", "2 Sample Road", "3 Test Lane", "4 Model Square")
_INVENTED: Mapping[Kind, tuple[str, ...]] = {
    "person": PEOPLE,
    "company": COMPANIES,
    "place": PLACES,
}
_KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("company", re.compile(r"(?:^|_)(?:company|firm|business|organi[sz]ation)(?:_name)?$")),
    ("place", re.compile(r"(?:^|_)(?:street|address1?|address_line\d?|line[12])$")),
    (
        "person",
        re.compile(
            r"(?:^|_)(?:name|first_?name|last_?name|full_?name|sender_name|contact_name|customer_name)$"
        ),
    ),
)
_FORM = re.compile(
    r"\s+(?:GmbH|AG|KG|UG|Ltd|Limited|Inc|LLC|BV|B\.V|SA|SAS|SARL|Srl|S\.r\.l|SpA|AB|Oy|ApS|Corp)\.?$"
)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_LINK = re.compile(r"\b(?:https?://|www\.)[^\s\"'<>)\]]+")
_PHONE = re.compile(r"(?<![\w.,+-])(?:\+|00|0|\()[\d(][\d ()/.-]{5,18}\d(?![\w.,-]*\d)")
_DIGIT = re.compile(r"\d")
_LAST = "55501001"
"""What the last digits of an invented phone are."""
_SHORTEST = 3
"""Letters of a part of a name that is replaced by itself."""


@dataclass
class Invented:
    """What stands for what; `kept` are domains and whole addresses that are nobody's name."""

    kept: frozenset[str] = frozenset()
    known: dict[str, str] = field(default_factory=dict)
    """Real words to invented ones, as they were found."""
    domains: dict[str, str] = field(default_factory=dict)

    def learns(self, held: Any) -> None:
        """Find who is named in a value of JSON by the names of its fields."""
        for key, text in _leaves(held):
            kind = next((kind for kind, names in _KINDS if names.search(key.casefold())), None)
            if kind:
                self._meets(kind, text.strip())

    def replaces(self, held: Any) -> Any:
        """The same value of JSON with everybody invented."""
        if isinstance(held, Mapping):
            return {name: self.replaces(value) for name, value in held.items()}
        if isinstance(held, list | tuple):
            return [self.replaces(value) for value in held]
        return self.text(held) if isinstance(held, str) else held

    def text(self, text: str) -> str:
        """The same text with everybody invented: addresses first, since they hold names."""
        text = _MAIL.sub(lambda found: self._address(found[0]), mask(text))
        text = _LINK.sub(self._link, text)
        text = _PHONE.sub(_phone, text)
        for real in sorted(self.known, key=len, reverse=True):
            text = _everywhere(real).sub(self.known[real], text)
        return text

    @property
    def told(self) -> Mapping[str, str]:
        """All that was replaced by a name of ours, for the person who looks it over."""
        return {**self.known, **self.domains}

    def _meets(self, kind: Kind, real: str) -> None:
        plain = person(real) if kind == "person" else _FORM.sub("", real)
        if len(plain) < _SHORTEST or plain in self.known or _MAIL.fullmatch(plain):
            return
        names = _INVENTED[kind]
        taken = len({one for one in self.known.values() if one in names})
        new = names[taken % len(names)]
        self.known[plain] = new
        if kind == "person":
            self.known.update(_parts(plain, new, self.known))

    def _address(self, real: str) -> str:
        domain = real.rpartition("@")[2]
        if real.casefold() in self.kept:
            return real
        if real.casefold() not in self.domains:
            count = sum("@" in one for one in self.domains.values()) + 1
            self.domains[real.casefold()] = f"person{count}@{self._domain(domain)}"
        return self.domains[real.casefold()]

    def _domain(self, real: str) -> str:
        plain = real.casefold()
        if is_anybodys(plain) or plain in self.kept:
            return plain
        count = sum("@" not in one for one in self.domains.values()) + 1
        return self.domains.setdefault(plain, f"company{count}.example")

    def _link(self, found: re.Match[str]) -> str:
        host = re.sub(r"^(?:https?://)?(?:www\.)?", "", found[0]).partition("/")[0]
        return f"https://{self._domain(host)}/"


def _leaves(held: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a value of JSON, with the name of its field."""
    if isinstance(held, Mapping):
        for name, value in held.items():
            yield from _leaves(value, str(name))
    elif isinstance(held, list | tuple):
        for value in held:
            yield from _leaves(value, key)
    elif isinstance(held, str):
        yield key, held


def _parts(real: str, new: str, known: Collection[str]) -> Iterator[tuple[str, str]]:
    """The first and the last of a name's words, each by the invented one's."""
    words, invented = real.split(), new.split()
    for word, instead in ((words[0], invented[0]), (words[-1], invented[-1])):
        if len(words) > 1 and len(word) >= _SHORTEST and word not in known:
            yield word, instead


def _everywhere(real: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(real)}(?!\w)", re.IGNORECASE)


def _phone(found: re.Match[str]) -> str:
    """The same country and form; the last digits are nobody's."""
    digits = _DIGIT.findall(found[0])
    last = iter(_LAST[-min(len(_LAST), len(digits) - 4) :])
    rest = len(digits) - min(len(_LAST), len(digits) - 4)
    seen = iter(range(len(digits)))
    return _DIGIT.sub(lambda one: one[0] if next(seen) < rest else next(last), found[0])


def invented(values: Iterable[Any], kept: Collection[str] = ()) -> Invented:
    """Whoever is named in these values of JSON, as somebody invented."""
    made = Invented(frozenset(one.casefold() for one in kept))
    for value in values:
        made.learns(value)
    return made
