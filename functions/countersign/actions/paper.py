"""A document as blocks, of which each form for people is made: Markdown here, print elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

ARROW = " → "


@dataclass(frozen=True)
class Heading:
    """Of the whole (level 1) or of a part (2)."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Line:
    """A paragraph."""

    text: str


@dataclass(frozen=True)
class Listing:
    """A list, one entry after the other."""

    entries: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table; every row has as many cells as its head."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Steps:
    """Names in the order in which one leads to the next, under a word."""

    word: str
    names: tuple[str, ...]


Block = Heading | Line | Listing | Table | Steps


@dataclass(frozen=True)
class Paper:
    """A document to be printed. `digest` is the SHA-256 of the data that it is made of, `at` the
    only time that its file carries, `font` a file for letters that the shipped fonts lack."""

    title: str
    language: str
    digest: str
    at: datetime
    blocks: tuple[Block, ...]
    font: str = ""


class Press(Protocol):
    """The files of one job, and printing."""

    def printed(self, paper: Paper) -> bytes:
        """The paper as PDF: the same paper has the same bytes. Raises Refused for a letter that no
        font has; nothing is ever printed as a box."""

    def put(self, name: str, body: bytes) -> None:
        """As actions.files.Files."""

    def get(self, name: str) -> bytes | None:
        """As actions.files.Files."""

    def remove(self, name: str) -> None:
        """As actions.files.Files."""


def texts(blocks: Sequence[Block]) -> Iterator[str]:
    """Every text of it, in the order in which it is read."""
    for block in blocks:
        match block:
            case Heading(text) | Line(text):
                yield text
            case Listing(entries):
                yield from entries
            case Table(head, rows):
                yield from (cell for row in (head, *rows) for cell in row)
            case Steps(word, names):
                yield from (word, *names)


def markdown(blocks: Sequence[Block]) -> str:
    """The document as Markdown, in which nothing of a text can begin a cell, a link or a tag."""
    return "\n".join(line for block in blocks for line in (*_lines(block), ""))


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Heading(text, level):
            yield f"{'#' * level} {_plain(text)}"
        case Line(text):
            yield _plain(text)
        case Listing(entries):
            yield from (f"- {_plain(one)}" for one in entries)
        case Table(head, rows):
            yield from (_row(head), _row(["---"] * len(head)), *map(_row, rows))
        case Steps(word, names):
            yield f"{_plain(word)}: {_plain(ARROW.join(names))}"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(_plain(one) or ' ' for one in cells)} |"


def _plain(text: str) -> str:
    """One line, its signs escaped."""
    plain = " ".join(text.split())
    return "".join(f"\\{letter}" if letter in "\\`*_[]<>|#" else letter for letter in plain)
