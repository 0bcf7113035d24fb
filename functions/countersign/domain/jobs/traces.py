"""The traces of a contact: an address in its spellings, and what its owner wrote.

They are cut out of text, of JSON (also where it stands as text within JSON) and of files of lines.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from countersign.domain.canonical import canonical
from countersign.domain.errors import ContractBroken

GONE = "[erased]"
_CONTROL = re.compile(r"[\0-\x08\x0e-\x1f]")
"""What stands in no text: a file that has it is of another kind."""
_LONGEST_ROW = 20
"""Lines of one row of a table."""
_LINE = 8
"""Characters of a line that is more than a greeting."""
_TELLING = 12
"""Characters from which on a text that somebody wrote is known as theirs within a longer one."""


def spellings(contact: str) -> tuple[str, ...]:
    """The ways in which one address is written: case, width, the name around it, and the two
    spellings of a domain. Raises ContractBroken for what is no address."""
    bare = contact.rpartition("<")[2].partition(">")[0] if "<" in contact else contact
    local, _, domain = unicodedata.normalize("NFKC", bare).strip().casefold().rpartition("@")
    if not local or "." not in domain or any(c.isspace() for c in local + domain):
        raise ContractBroken(f"{contact} is no mail address")
    return tuple(dict.fromkeys(f"{local}@{one}" for one in _domains(domain)))


def without_tag(address: str) -> str:
    """The address without its `+tag`; empty where it has none. Whether both are one person's is not
    ours to say."""
    local, _, domain = address.partition("@")
    name, tag, _ = local.partition("+")
    return f"{name}@{domain}" if name and tag else ""


def _domains(domain: str) -> Iterator[str]:
    yield domain
    try:
        yield domain.encode("idna").decode()
        yield domain.encode("ascii").decode("idna")
    except UnicodeError:
        return


@dataclass(frozen=True)
class Traces:
    """By what a contact is known in a text."""

    addresses: tuple[str, ...]
    """As `spellings` gives them."""
    said: tuple[str, ...] = ()
    """Texts that they wrote."""
    quoted: tuple[str, ...] = ()
    """Parts of longer texts that are about them, word for word."""

    @cached_property
    def _lines(self) -> frozenset[str]:
        lines = (line.strip() for text in self.said for line in text.splitlines())
        return frozenset(line for line in lines if len(line) >= _LINE)

    @cached_property
    def _telling(self) -> tuple[str, ...]:
        return tuple(line for line in self._lines if len(line) >= _TELLING)

    def cut(self, text: str) -> str:
        """`text` without them: of JSON each value by itself, of other text each line."""
        held = _parsed(text)
        if held is None:
            return self._of_lines(text)
        after = self._within(held)
        return text if after == held else canonical(after).decode()

    def cut_file(self, body: bytes) -> bytes | None:
        """A file without the lines that are theirs, or, of JSON, without the values; None for what
        is no text."""
        found = _decoded(body)
        if found is None:
            return None
        text, code = found
        if _parsed(text) is not None:
            return self.cut(text).encode(code)
        left = "".join(one for one in _rows(text) if not self._is_theirs(one))
        return left.encode(code)

    def _within(self, held: Any) -> Any:
        if isinstance(held, str):
            return self.cut(held)
        if isinstance(held, dict):
            return {self._of_lines(name): self._within(one) for name, one in held.items()}
        return [self._within(one) for one in held] if isinstance(held, list) else held

    def _of_lines(self, text: str) -> str:
        if self._is_quoted(text):
            return GONE
        for part in self.quoted:
            text = text.replace(part, GONE)
        lines = text.splitlines(keepends=True)
        return "".join(self._line(one) if self._is_theirs(one) else one for one in lines)

    def _line(self, line: str) -> str:
        return GONE + line[len(line.rstrip("\r\n")) :]

    def _is_theirs(self, line: str) -> bool:
        said, folded = line.strip(), line.casefold()
        return (
            said in self._lines
            or any(one in folded for one in self.addresses)
            or any(one in line for one in self._telling)
        )

    def _is_quoted(self, text: str) -> bool:
        return len(text) >= _TELLING and any(text in one for one in self.said)


def _decoded(body: bytes) -> tuple[str, str] | None:
    """The text with what it is coded in, as spreadsheets write it: UTF-8, UTF-16 by its mark, or
    one byte for each character. What is cut is written in the same; None for what is no text."""
    wide = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}.get(body[:2])
    for code in (wide,) if wide else ("utf-8", "latin-1"):
        try:
            text = body.decode(code)
        except UnicodeDecodeError:
            continue
        if not _CONTROL.search(text):
            return text, code
    return None


def _parsed(text: str) -> Any:
    """JSON that holds something; None for any other text."""
    if text[:1] not in ("{", "["):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _rows(text: str) -> Iterator[str]:
    """Lines, and as one row those that a quoted field of a table has. A line of JSON is one."""
    held: list[str] = []
    for line in text.splitlines(keepends=True):
        held.append(line)
        is_json = len(held) == 1 and _parsed(line) is not None
        if is_json or "".join(held).count('"') % 2 == 0:
            yield "".join(held)
            held = []
        elif len(held) > _LONGEST_ROW:  # an open quote is none
            yield from held
            held = []
    yield from held
