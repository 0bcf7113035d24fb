"""The page of a demo system as tables, for a person to look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

MOST = 50
"""Rows of each table on the page; journal.json has all effects."""
Row = tuple[str, ...]


def mark(*, offline: bool) -> str:
    """What every page that is not the front's own says of this machine, beside its heading."""
    return "demo, offline model: plain heuristics read the messages" if offline else "demo"


@dataclass(frozen=True)
class Table:
    """One table of the page, its newest row first."""

    title: str
    heads: Row
    rows: Sequence[Row]


@dataclass(frozen=True)
class Page:
    """The whole page. `journal`: the path of the whole journal."""

    title: str
    about: str
    journal: str
    mark: str

    def rendered(self, tables: Sequence[Table]) -> str:
        """As HTML."""
        template = _environment().get_template("demo.html.j2")
        return template.render(page=self, tables=tables, most=MOST)


def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parents[1] / "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
