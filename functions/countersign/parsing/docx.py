"""The text of a Word document (.docx), out of a file that anybody may have made.

A document is a zip with XML in it, and both have their bombs: one part is unpacked, so many bytes
of it and no more whatever it declares, and XML that declares anything of its own is refused.
Headings come as Markdown's, list items as `- `, rows of a table as `| a | b |`. What a reader of
the page does not see is left out: what is deleted, hidden, or a field's instruction.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from xml.parsers import expat

MOST_FILE = 5_000_000
"""Bytes of a file."""
MOST_XML = 10_000_000
"""Bytes of its text, unpacked."""
_MOST_PARTS, _DEEPEST = 2_000, 300
_PART = "word/document.xml"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_CHOICE = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_HEADING = re.compile(
    r"(?:heading|.?berschrift|titre|t[ií]tulo|titolo|kop|見出し)\s?([1-6])", re.IGNORECASE
)
_TITLES = frozenset({"title", "titel", "titre", "titulo", "título", "titolo", "表題"})
_ENCRYPTED = 0x1
_LEFT_OUT = frozenset({"del", "moveFrom", "Fallback"})
"""Elements in which nothing is read: what was deleted, and what stands there a second time."""


class NotDocxError(ValueError):
    """Bytes that are no Word document, or none that is read; the message says why."""


def read(body: bytes) -> str:
    """The text of the document. Raises NotDocxError."""
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.StartElementHandler = reader.begins
    parser.EndElementHandler = reader.ends
    parser.CharacterDataHandler = reader.says
    try:
        parser.Parse(_unpacked(body), True)
    except expat.ExpatError:
        raise NotDocxError("its text is broken") from None
    return "\n".join(reader.lines)


def _refuse(*_: object) -> None:
    raise NotDocxError("its text declares entities, which no writing program does")


def _unpacked(body: bytes) -> bytes:
    if len(body) > MOST_FILE:
        raise NotDocxError(f"it has more than {MOST_FILE} bytes")
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            return _text_of(packed)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError):
        raise NotDocxError("it is no whole document") from None


def _text_of(packed: zipfile.ZipFile) -> bytes:
    """The one part that is read, once. A second of its name is another text for another program."""
    names = packed.namelist()
    if len(names) > _MOST_PARTS or names.count(_PART) != 1:
        raise NotDocxError("it is no Word document")
    part = packed.getinfo(_PART)
    if part.flag_bits & _ENCRYPTED:
        raise NotDocxError("it has a password")
    with packed.open(part) as held:
        found = held.read(MOST_XML + 1)
    if len(found) > MOST_XML:
        raise NotDocxError(f"its text has more than {MOST_XML} bytes")
    return found


class _Reader:
    """What the parser tells, as lines."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._path: list[str] = []
        self._skipped = 0
        self._text: list[str] = []
        self._before = ""
        self._hidden = False
        self._cells: list[str] | None = None

    def begins(self, name: str, given: Mapping[str, str]) -> None:
        """An element begins. Raises NotDocxError for one that is too deep."""
        tag = _tag(name)
        self._path.append(tag)
        if len(self._path) > _DEEPEST:
            raise NotDocxError("its text is nested too deeply")
        self._skipped += tag in _LEFT_OUT
        value = next((text for key, text in given.items() if key.endswith(" val")), "")
        self._heeds(tag, value)

    def _heeds(self, tag: str, value: str) -> None:
        match tag:
            case "pStyle" | "numPr":
                self._before = self._before or (_marked(value) if value else "- ")
            case "r" | "vanish":
                self._hidden = tag == "vanish" and value not in {"0", "false", "off"}
            case "tab" | "br" | "cr":
                self._adds(" ")
            case "tr":
                self._cells = []

    def ends(self, name: str) -> None:
        """An element ends."""
        tag = _tag(name)
        self._path.pop()
        self._skipped -= tag in _LEFT_OUT
        if tag == "p":
            self._paragraph()
        elif tag == "tr" and self._cells is not None:
            self.lines.append(f"| {' | '.join(self._cells)} |")
            self._cells = None
        elif tag == "tc" and self._cells is not None:
            self._cells.append(" ".join("".join(self._text).split()).replace("|", "/"))
            self._text = []

    def says(self, text: str) -> None:
        """Letters: they count where they are a run's text."""
        if self._path and self._path[-1] == "t":
            self._adds(text)

    def _adds(self, text: str) -> None:
        if not self._skipped and not self._hidden and "p" in self._path:
            self._text.append(text)

    def _paragraph(self) -> None:
        """A line of its own, or within a table a part of its cell."""
        if self._cells is not None:
            self._text.append(" ")
        elif self._skipped == 0:
            text = " ".join("".join(self._text).split())
            self.lines.append(f"{self._before}{text}" if text else "")
            self._text = []
        self._before, self._hidden = "", False


def _tag(name: str) -> str:
    """An element's own name, where it is Word's; empty for anybody else's."""
    space, _, tag = name.rpartition(" ")
    return tag if space in {_WORD, _STRICT, _CHOICE} else ""


def _marked(style: str) -> str:
    found = _HEADING.fullmatch(style.strip())
    if found:
        return f"{'#' * (int(found[1]) + 1)} "
    if style.casefold() in _TITLES:
        return "# "
    return "- " if style.casefold().startswith("list") else ""
