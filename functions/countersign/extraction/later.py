"""What one message adds to another: nothing, or one part more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from countersign.domain.policy.proposal import flat
from countersign.domain.workflow import PARTS
from countersign.extraction.messages import (
    CUT,
    LATER,
    MAX_TEXT,
    Document,
    Message,
    Source,
    SourceT,
    words,
)

_MOST_TEXT = 40_000
"""Characters of all that one person wrote of a matter."""
_HEADS = frozenset({"quoted", "signature"})


def repeats(later: Source, first: Source) -> bool:
    """Whether `later` says nothing that `first` does not: the same words in the same fields, and no
    file."""
    said, held = _own(later), _own(first)
    stated = getattr(later, "stated", None) == getattr(first, "stated", None)
    return stated and bool(said) and said <= held and later.attachments == first.attachments


def _own(source: Source) -> set[str]:
    """The parts that were written."""
    return {flat(text) for name, text in source.texts().items() if text and name not in _HEADS}


def joined(first: SourceT, later: Source) -> SourceT:
    """`first` with the words of `later` as one part more. It stays the first one's: who wrote, and
    who vouches for that."""
    more = {
        "attachments": (*first.attachments, *later.attachments),
        "defects": tuple(dict.fromkeys((*first.defects, *later.defects))),
    }
    return first.model_copy(update={**more, **_with_words(first, later)})


def _with_words(first: Source, later: Source) -> Mapping[str, Any]:
    said = words(later)
    if isinstance(first, Document):
        number = sum(name.startswith(LATER) for name in first.parts)
        name = f"{LATER} {number + 1}" if number else LATER
        return {"parts": {**first.parts, name: said[:MAX_TEXT]}}
    if not isinstance(first, Message):
        return {}
    text = f"{first.text}{PARTS}{said}"
    id_of = later.message_id if isinstance(later, Message) else ""
    cut = {"defects": (*first.defects, *later.defects, CUT)} if len(text) > _MOST_TEXT else {}
    return {"text": text[:_MOST_TEXT], "message_id": id_of or first.message_id, **cut}
