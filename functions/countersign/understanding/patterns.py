"""Patterns of whole words and phrases, in scripts with and without spaces."""

from __future__ import annotations

import re
from collections.abc import Iterable

_DENSE = "\u3040"
"""From here on, scripts put no spaces between words."""


def word_pattern(known: Iterable[str]) -> re.Pattern[str]:
    """A pattern of whole words and phrases, longest first; scripts without spaces match inside."""
    ordered = sorted(known, key=len, reverse=True)
    spaced = "|".join(re.escape(word) for word in ordered if word[0] < _DENSE)
    dense = "|".join(re.escape(word) for word in ordered if word[0] >= _DENSE)
    return re.compile(rf"(?<!\w)(?:{spaced})(?!\w)" + (f"|{dense}" if dense else ""), re.IGNORECASE)
