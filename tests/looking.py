"""One question to a reader."""

from __future__ import annotations

from countersign.domain.policy.records import Lookup, Record
from countersign.domain.ports import Reader


def looked(reader: Reader, lookup: Lookup) -> tuple[Record, ...]:
    """Its answer, asked alone."""
    return reader.look([lookup])[lookup.name]
