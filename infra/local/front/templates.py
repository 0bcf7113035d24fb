"""The front's templates: autoescape always on, one style with the approval page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, StrictUndefined

from countersign.web.rendering import ROOMS
from countersign.web.text import moment, visible
from infra.cli.clock import by
from infra.local.front.views import titled

SAFE_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src data:;"
    " frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
}
FRAME_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:;"
    " frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox",
}
"""For a mail's own HTML, which is styled inline and must not run or load anything."""


class Templates:
    """Renders the front's pages; `offline` and a moved clock put their notice on each of them."""

    def __init__(
        self, *, offline: bool, moved: Callable[[], timedelta], now: Callable[[], datetime]
    ) -> None:
        here = FileSystemLoader(Path(__file__).parents[1] / "pages")
        self._environment = Environment(
            loader=ChoiceLoader([here, *(PackageLoader(f"countersign.{room}") for room in ROOMS)]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters.update(visible=visible, moment=moment, when=_when, titled=titled)
        self._environment.globals.update(offline_model=offline, moved=lambda: by(moved()), now_=now)

    def render(self, template: str, **view: object) -> str:
        """`template` filled with `view`."""
        return self._environment.get_template(template).render(view)


def _when(instant: str) -> str:
    return moment(datetime.fromisoformat(instant))
