"""The page of a demo system as tables, for a person to look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

MOST = 50
"""Rows of each table on the page; journal.json has all effects."""


@dataclass(frozen=True)
class Table:
    """One table of the page."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: int


def table(title: str, heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Table:
    """The first rows, and how many there are."""
    return Table(title, heads, tuple(rows[:MOST]), len(rows))


def rendered(title: str, about: str, journal: str, tables: Sequence[Table]) -> str:
    """The page as HTML; `journal` is the path of the whole journal."""
    page = _environment().get_template("demo.html.j2")
    return page.render(title=title, about=about, journal=journal, tables=tables, most=MOST)


def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
