"""A form's text as its sender typed it: what the programs between them and us did to it is undone.

Form plug-ins escape for HTML, some twice, write a line's end as an element, put backslashes before
quotes, or read UTF-8 as Windows-1252. A text in which none of that stands is given back as it is.
"""

from __future__ import annotations

import html
import re

from countersign.parsing.html import visible_text

_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
"""With its semicolon: without one `&copy=2` of an address would be a sign."""
_MARKUP = frozenset("<>&")
_RICH = re.compile(r"\s*<(?:p|div|ul|ol|table|h[1-6])\b[^<>]*>", re.IGNORECASE)
"""What an editor of rich text begins with; its line ends mean nothing."""
_BREAK = re.compile(r"<br\s*/?>\n?", re.IGNORECASE)
_NO_CP1252 = frozenset("\x81\x8d\x8f\x90\x9d")
"""What Windows-1252 leaves out, and programs read as what Latin-1 has there."""
_SLASHED = re.compile(r"""\\(["'])""")


def as_typed(text: str) -> str:
    """The text that was typed. An entity is read once; twice where what comes out is no markup:
    `&amp;pound;` is a pound, `&amp;lt;` stays `&lt;`."""
    text = _SLASHED.sub(r"\1", text) if "\\" in text else text
    if "<" in text:
        text = visible_text(text).text if _RICH.match(text) else _BREAK.sub("\n", text)
    if "&" in text:
        text = _ENTITY.sub(_signs, _ENTITY.sub(_all, text))
    return text if text.isascii() else _utf8(text)


def _all(entity: re.Match[str]) -> str:
    return html.unescape(entity[0])


def _signs(entity: re.Match[str]) -> str:
    sign = html.unescape(entity[0])
    return entity[0] if sign in _MARKUP else sign


def _utf8(text: str) -> str:
    """`Ã¼` is an umlaut: UTF-8 that somebody read as Windows-1252."""
    try:
        return b"".join(map(_byte, text)).decode("utf-8")
    except UnicodeError:
        return text


def _byte(char: str) -> bytes:
    return char.encode("latin-1" if char in _NO_CP1252 else "cp1252")
