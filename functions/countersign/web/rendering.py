"""The templates: autoescape always on, an undefined name is an error, built when first needed."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

STYLE = "style.css"
ROOMS = ("web", "approvals", "portal", "lane")
"""Where templates lie: each beside the views that fill it; names are unique over all rooms."""


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The one environment of this process."""
    return Environment(
        loader=ChoiceLoader([PackageLoader(f"countersign.{room}") for room in ROOMS]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(template: str, **view: object) -> str:
    """`template` filled with `view`."""
    return environment().get_template(template).render(view)


@lru_cache(maxsize=1)
def style_source() -> str:
    """The Content-Security-Policy source of the page's only style sheet."""
    hashed = hashlib.sha256(render(STYLE).encode()).digest()
    return f"'sha256-{base64.b64encode(hashed).decode()}'"
