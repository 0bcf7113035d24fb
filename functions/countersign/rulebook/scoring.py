"""A whole file judged by a rulebook."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from countersign.parsing.annotations.formats import AnnotationFile
from countersign.parsing.annotations.item import Correction, Item, Unread
from countersign.rulebook.judging import Answer
from countersign.rulebook.outcome import outcome
from countersign.rulebook.report import Tally
from countersign.rulebook.schema import Rulebook

_KEY = 16


@dataclass
class Texts:
    """Which text stood where first: sixteen bytes an item."""

    first: dict[bytes, str] = field(default_factory=dict)

    def before(self, item: Item) -> str:
        """The earlier item with the same text; empty when there is none."""
        if not item.text:
            return ""
        key = hashlib.sha256(item.text.encode("utf-8", "surrogatepass")).digest()[:_KEY]
        first = self.first.setdefault(key, item.id)
        return first if first != item.id else ""


def score(
    rulebook: Rulebook, file: AnnotationFile, answer: Answer | None = None
) -> tuple[Tally, list[Correction]]:
    """All items, and what would be corrected. Raises Quarantined for a file that is none."""
    tally, texts, changes = Tally(rulebook), Texts(), list[Correction]()
    for found in file.items():
        if isinstance(found, Unread):
            tally.add_unread(found)
            continue
        done = outcome(rulebook, found, texts.before(found), answer)
        tally.add(done)
        changes += done.corrections
    return tally, changes
