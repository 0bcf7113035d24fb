"""A text and a table that came together: in one zip file, or in one text, the table below a line
`## list`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, cast
from zipfile import BadZipFile, ZipFile, ZipInfo

from countersign.domain.errors import Quarantined
from countersign.parsing.charsets import decode
from countersign.parsing.text import unix_lines

_TEXTS, _TABLES = (".md", ".txt"), (".csv", ".tsv")
_MOST_ENTRIES = 20
_LONGEST_TEXT, _LONGEST_TABLE = 200_000, 500_000_000
"""Bytes, unpacked."""
_ENCRYPTED = 0x1
_ZIP = b"PK"
_LIST = re.compile(rb"^##[ \t]+list[ \t]*\r?\n", re.IGNORECASE | re.MULTILINE)
_ADVICE = "send one zip with the brief as .md or .txt and the list as .csv"


@dataclass(frozen=True)
class Packet:
    """What lies in it."""

    text: str
    table: Callable[[], BinaryIO]
    """The table from its beginning, at each call."""
    name: str
    """Of the table."""


def unpacked(opening: Callable[[], BinaryIO]) -> Packet:
    """Raises Quarantined, with what to send instead."""
    with opening() as file:
        head = file.read(_LONGEST_TEXT)
    if not head.startswith(_ZIP):
        return _one_text(head, opening)
    try:
        with opening() as file, ZipFile(file) as archive:
            there = [one for one in archive.infolist() if _counts(one)]
            if len(there) > _MOST_ENTRIES:
                raise Quarantined(f"the zip has {len(there)} files: {_ADVICE}")
            text = _only(there, _TEXTS, _LONGEST_TEXT, "brief")
            table = _only(there, _TABLES, _LONGEST_TABLE, "list")
            body = unix_lines(archive.read(text))
    except (BadZipFile, NotImplementedError, RuntimeError):
        raise Quarantined(f"the file is no zip that can be read: {_ADVICE}") from None

    def again() -> BinaryIO:
        return cast("BinaryIO", _Entry(opening(), table.filename))

    return Packet(decode(body, None)[0].removeprefix("\ufeff"), again, _base(table))


def _one_text(head: bytes, opening: Callable[[], BinaryIO]) -> Packet:
    found = _LIST.search(head)
    if found is None:
        raise Quarantined(f"the file is no zip, and has no line `## list`: {_ADVICE}")
    text, begins = unix_lines(head[: found.start()]), found.end()

    def below() -> BinaryIO:
        file = opening()
        file.seek(begins)
        return file

    return Packet(decode(text, None)[0].removeprefix("\ufeff"), below, "list")


class _Entry:
    """A file of the archive, as it is read; closing it closes the archive."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file = file
        self._archive = ZipFile(file)
        self._entry = self._archive.open(name)

    def __enter__(self) -> _Entry:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __getattr__(self, name: str) -> object:
        return getattr(self._entry, name)

    def close(self) -> None:
        """All of it."""
        for one in (self._entry, self._archive, self._file):
            one.close()


def _counts(entry: ZipInfo) -> bool:
    """Whether it is a file, and none that a Mac adds by itself."""
    hidden = _base(entry).startswith(".") or entry.filename.startswith("__MACOSX/")
    return not entry.is_dir() and not hidden


def _only(there: list[ZipInfo], endings: tuple[str, ...], most: int, what: str) -> ZipInfo:
    found = [one for one in there if one.filename.casefold().endswith(endings)]
    if len(found) != 1:
        raise Quarantined(
            f"the zip has {len(found) or 'no'} {what}s where one is wanted: {_ADVICE}"
        )
    if found[0].flag_bits & _ENCRYPTED:
        raise Quarantined(f"the {what} in the zip is encrypted: {_ADVICE}")
    if found[0].file_size > most:
        raise Quarantined(f"the {what} has more than {most:,} bytes: send it in parts")
    return found[0]


def _base(entry: ZipInfo) -> str:
    return entry.filename.rpartition("/")[2]
