"""The evaluation as one page that can be sent: no script, nothing loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, StrictUndefined

_SOURCES = {
    "case": "written cases",
    "edit": "jobs that people changed",
    "rejection": "jobs of which people rejected something",
    "past": "other past jobs",
}


def page_of(data: Mapping[str, Any]) -> str:
    """The page over what `as_data` says."""
    environment = Environment(
        loader=ChoiceLoader(
            [FileSystemLoader(Path(__file__).parent), PackageLoader("countersign.web")]
        ),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(rate=_rate)
    return environment.get_template("report.html.j2").render(**data, sources=_SOURCES)


def _rate(seen: Mapping[str, Any]) -> str:
    """`3 of 40, 1.6 % to 19.9 %`."""
    if not seen["of"]:
        return "none"
    return f"{seen['hits']} of {seen['of']}, {seen['low']:.1%} to {seen['high']:.1%}"
