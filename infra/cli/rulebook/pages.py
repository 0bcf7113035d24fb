"""A rulebook and a report as pages that can be sent: no script, nothing loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader

from countersign.rulebook.report import PAGE
from countersign.rulebook.schema import Rulebook
from countersign.web.rendering import environment, render

_LOADER = ChoiceLoader(
    [
        FileSystemLoader(Path(__file__).parent),
        PackageLoader("countersign.lane"),
        PackageLoader("countersign.web"),
    ]
)


def rulebook_page(book: Rulebook) -> str:
    """The book for those who label: every rule with its examples."""
    data = book.model_dump(mode="json")
    own = environment().overlay(loader=_LOADER)
    return own.get_template("rulebook.html.j2").render(book=data, digest=book.digest)


def report_page(data: Mapping[str, Any]) -> str:
    """The report for those who answer for it. The same data give the same bytes."""
    return render(PAGE, **data)
