"""Reply drafts by template that name what the sender wrote: short, and promising nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping

Words = Mapping[str, tuple[str, str, str, str]]
"""By language: subject, greeting with `{name}`, thanks with `{said}`, closing."""
_TARGET = re.compile(
    r"\w+://\S+|www\.\S+|\S+@\S+|(?:[\w-]+\.)+[^\W\d_]{2,}(?:/\S*)?|\+?\(?\d[\d ()./-]{5,}\d"
)
_LONGEST = 220


def filled(words: Words, language: str, name: str, said: str) -> Mapping[str, str]:
    """Subject and body in `language` (English where we have none), quoting `said` cut short.

    Links, addresses and long numbers in it are left out: a reply must not carry them.
    """
    subject, greeting, thanks, closing = words.get(language, words["en"])
    plain = " ".join(_TARGET.sub("…", said).split())
    short = plain if len(plain) <= _LONGEST else plain[:_LONGEST].rsplit(" ", 1)[0] + " …"
    lines = (greeting.format(name=_safe(name)).replace(" ,", ",").replace(" :", ":"), "")
    return {"subject": subject, "body": "\n".join((*lines, thanks.format(said=short), "", closing))}


def _safe(name: str) -> str:
    return "" if _TARGET.search(name) else name.replace("{", "").replace("}", "")[:80]
