"""The link under test: what may be visited, and how it is shown without its secret."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

MASK = "…"
_LONG = 16
"""Characters from which a part of a path is taken for a secret, wherever it stands."""
_GUESSABLE = 8
"""Shorter pieces are words such as `approve`: masking them would hide what a page says."""
_DEFAULT = {"http": 80, "https": 443}


class LinkError(ValueError):
    """Not a link that can be tested. The message does not repeat it: it may hold a secret."""


@dataclass(frozen=True)
class Link:
    """An approval link. Its `repr` is masked."""

    url: str = field(repr=False)

    @classmethod
    def of(cls, text: str) -> Link:
        """Raises LinkError for anything but a plain http or https address."""
        parts = _split(text.strip())
        if parts is None or parts.scheme not in _DEFAULT or not parts.hostname:
            raise LinkError("This is not an http or https link: give the whole link of the mail.")
        if parts.username is not None:
            raise LinkError("A link with a user name or password in it is not tested.")
        return cls(text.strip())

    def at_home(self, url: str) -> bool:
        """Whether `url` is on the link's own host and port; http and https count as one."""
        there = _split(url)
        return there is not None and _site(there) == _site(urlsplit(self.url))

    def beside(self, found: str, page: str) -> str | None:
        """The address that `found` on `page` means, if it is on the link's own host."""
        try:
            url = urljoin(page, found.strip()).partition("#")[0]
        except ValueError:
            return None
        return url if self.at_home(url) else None

    @property
    def masked(self) -> str:
        """For people: host and path, the path's last part and all values of the query masked."""
        parts = urlsplit(self.url)
        *folders, last = parts.path.rstrip("/").split("/")
        kept = [MASK if len(one) >= _LONG else one for one in folders]
        path = "/".join([*kept, MASK if last else ""])
        query = f"?{'&'.join(map(_named, parts.query.split('&')))}" if parts.query else ""
        return f"{parts.scheme}://{parts.netloc}{path}{query}{'#' + MASK if parts.fragment else ''}"

    def scrub(self, text: str) -> str:
        """`text` of a page for a terminal: no piece of the link's secret, no control characters."""
        for piece in sorted(self._pieces(), key=len, reverse=True):
            text = re.sub(re.escape(piece), MASK, text, flags=re.IGNORECASE)
        return "".join(one if one.isprintable() else " " for one in text)

    def _pieces(self) -> set[str]:
        parts = urlsplit(self.url)
        *folders, last = parts.path.rstrip("/").split("/")
        raw = [last, parts.query, parts.fragment, *(one for one in folders if len(one) >= _LONG)]
        raw += [value for pair in parts.query.split("&") for value in pair.split("=", 1)]
        return {one for each in raw for one in (each, unquote(each)) if len(one) >= _GUESSABLE}


def host(url: str) -> str:
    """The host and port of `url`; empty when it has none."""
    parts = _split(url)
    return parts.netloc.rpartition("@")[2] if parts else ""


def _named(pair: str) -> str:
    name, is_named, _ = pair.partition("=")
    return f"{name}={MASK}" if is_named and len(name) < _LONG else MASK


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts


def _site(parts: SplitResult) -> tuple[str | None, int | None]:
    if parts.scheme not in _DEFAULT:
        return (parts.scheme, None)
    plain = parts.port in {None, _DEFAULT[parts.scheme]}
    return (parts.hostname, None if plain else parts.port)
