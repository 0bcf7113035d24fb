"""Records: what a read-only look at the outside systems found, with versions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from countersign.domain.contract import Contract, Value

EARLIER = "matters"
SENT, ENOUGH = "texts", "enough texts"
"""Of an earlier job: how many fixed texts it sent by itself, and whether it sent none because there
had been enough."""
TEXTS_RULE = "reply.enough"
"""The rule that finds it."""
"""The name of the records of earlier jobs with the same correspondent; no name where there are
none."""
CLAIM_HOLDER = "claim_holder"
"""The name of the record of the earlier job about the same matter."""


PEOPLE = "people"
"""The name of the records of the directory, where a workflow asks for them: one of each member,
with `id`, `name`, `address` and `roles` (between spaces)."""


VERSIONS, IN_EFFECT = "versions", "in effect"
"""The name of the records of what earlier jobs did about the same thing, the newest first: `params`
as JSON, and a field that says whether it was not taken back since."""


class Lookup(Value):
    """One question to one connector: all records of `kind` whose `field` equals `value`."""

    name: str
    """Under which name the answer is stored: `contact`, `open_leads` …"""
    connector: str
    kind: str
    field: str
    value: str


class Record(Value):
    """One record as it was read. `version` changes whenever the record does."""

    kind: str
    id: str
    version: str
    fields: Mapping[str, str]


class Records(Contract):
    """The answers by the name of their lookup, and when they were read."""

    CONTRACT: ClassVar[str] = "records"
    VERSION: ClassVar[int] = 1

    read_at: datetime
    found: Mapping[str, tuple[Record, ...]]

    def all(self, name: str) -> tuple[Record, ...]:
        """All records found under `name`."""
        return self.found.get(name, ())

    def first(self, name: str) -> Record | None:
        """The first record found under `name`, or None."""
        return next(iter(self.all(name)), None)
