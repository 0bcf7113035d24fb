"""The words of a text as far as they tell what it is about, whatever their endings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from countersign.extraction.patterns.language import COMMON

_WORD = re.compile(r"[^\W_]{3,}")
_DENSE = re.compile("[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]{2,}")
_STEM = 5


def stems(text: str) -> Iterator[str]:
    """First letters of the words that are neither common nor numbers, so that inflections meet."""
    words = (word.lower() for word in _WORD.findall(text))
    return (word[:_STEM] for word in words if word not in COMMON and not word.isdecimal())


def dense(text: str) -> Iterator[str]:
    """Pairs of signs, in scripts that have no spaces between words."""
    return (run[at : at + 2] for run in _DENSE.findall(text) for at in range(len(run) - 1))
