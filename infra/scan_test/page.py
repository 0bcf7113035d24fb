"""What a page shows and offers: its sentences, links, forms and buttons, read without scripts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from itertools import islice

MOST_WORDS = 3_000
_INLINE = frozenset(
    {
        *("a", "abbr", "b", "bdi", "bdo", "cite", "code", "em", "i", "label", "mark", "q", "s"),
        *("small", "span", "strong", "sub", "sup", "time", "u", "var", "wbr"),
    }
)
_UNSEEN = frozenset({"script", "style", "template", "svg"})
_PRESSED = frozenset({"submit", "image", "button", "reset"})
_END = re.compile(r"(?<=[.!?])\s+")
_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d\S*|\d{1,2}:\d\d(?::\d\d)?(?:\.\d+)?"
    r"|\b\d+\s*(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|[smhd])\b",
    re.IGNORECASE,
)
_MOMENTS = re.compile(r"⌛(?:\s*(?:,|and)?\s*⌛)+")


@dataclass
class Field:
    """One field of a form, with the value that it has before anybody touches it."""

    name: str
    kind: str
    value: str
    checked: bool = False


@dataclass
class Submit:
    """One button that sends a form; empty `action` and `method` mean the form's own."""

    name: str = ""
    value: str = ""
    action: str = ""
    method: str = ""


@dataclass
class Form:
    """One form as found."""

    action: str
    method: str
    multipart: bool
    fields: list[Field] = field(default_factory=list)
    submits: list[Submit] = field(default_factory=list)


@dataclass
class Page:
    """A page. `controls` counts everything that a person could press, tick or type into."""

    sentences: tuple[str, ...] = ()
    links: list[str] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    controls: int = 0
    scripts: int = 0

    @cached_property
    def words(self) -> list[tuple[str, int]]:
        """The first 3,000 words, each with the number of its sentence."""
        every = ((w, n) for n, sentence in enumerate(self.sentences) for w in sentence.split())
        return list(islice(every, MOST_WORDS))

    @property
    def asks(self) -> bool:
        """Whether a reader without scripts could decide something here."""
        return self.controls > 0 or (bool(self.links) and not self.scripts)


def read(html: str) -> Page:
    """The page in `html`; broken markup gives what can be read of it."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.text).split("\n"))
    sentences = (one for line in lines for one in _END.split(line) if one)
    reader.page.sentences = tuple(timeless(one) for one in sentences)
    return reader.page


def timeless(sentence: str) -> str:
    """`sentence` without clock times and durations: "2 hours left" is no change from "1 hour"."""
    return _MOMENTS.sub("⌛", _MOMENT.sub("⌛", sentence))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()
        self.text: list[str] = []
        self._unseen = 0
        self._form: Form | None = None
        self._choice: Field | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._edge(tag, 1)
        handle = getattr(self, f"_on_{tag}", None)
        if handle:
            handle(given, {name for name, _ in attrs})

    def handle_endtag(self, tag: str) -> None:
        self._edge(tag, -1)
        if tag == "form":
            self._form = None
        if tag == "select":
            self._choice = None

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.text.append(data.replace("\n", " "))

    def _edge(self, tag: str, step: int) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen + step)
        if tag not in _INLINE:
            self.text.append("\n")

    def _on_script(self, _given: dict[str, str], _has: set[str]) -> None:
        self.page.scripts += 1

    def _on_a(self, given: dict[str, str], _has: set[str]) -> None:
        if given.get("href", "#")[:1] != "#":
            self.page.links.append(given["href"])

    _on_area = _on_a

    def _on_form(self, given: dict[str, str], _has: set[str]) -> None:
        multipart = given.get("enctype", "").lower() == "multipart/form-data"
        self._form = Form(given.get("action", ""), given.get("method", "get").upper(), multipart)
        self.page.forms.append(self._form)

    def _on_input(self, given: dict[str, str], has: set[str]) -> None:
        kind = given.get("type", "text").lower()
        self.page.controls += kind != "hidden"
        if kind in _PRESSED:
            self._button(given, kind)
        else:
            ticked = "on" if kind in {"checkbox", "radio"} else ""
            self._field(given, kind, given.get("value", ticked), "checked" in has)

    def _on_button(self, given: dict[str, str], _has: set[str]) -> None:
        self.page.controls += 1
        self._button(given, given.get("type", "submit").lower())

    def _on_textarea(self, given: dict[str, str], _has: set[str]) -> None:
        self.page.controls += 1
        self._field(given, "textarea", "", checked=False)

    def _on_select(self, given: dict[str, str], _has: set[str]) -> None:
        self.page.controls += 1
        self._choice = self._field(given, "select", "", checked=False)

    def _on_option(self, given: dict[str, str], has: set[str]) -> None:
        if self._choice and ("selected" in has or not self._choice.value):
            self._choice.value = given.get("value", "")

    def _field(self, given: dict[str, str], kind: str, value: str, checked: bool) -> Field:
        made = Field(given.get("name", ""), kind, value, checked)
        if self._form and made.name:
            self._form.fields.append(made)
        return made

    def _button(self, given: dict[str, str], kind: str) -> None:
        if self._form and kind in {"submit", "image"}:
            names = ("name", "value", "formaction", "formmethod")
            self._form.submits.append(Submit(*(given.get(name, "") for name in names)))
