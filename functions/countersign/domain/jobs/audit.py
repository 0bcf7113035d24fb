"""The audit trail: a hash chain that stays valid when personal data is erased from it.

An entry's hash covers salted hashes of its fields, not the fields. The fields and their salts stand
beside the entry and can be erased; the chain still proves order, time, actor and event.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import ClassVar

from countersign.domain.canonical import canonical, digest
from countersign.domain.contract import Contract, Value

GENESIS = ""


class ErasableField(Value):
    """An erasable value with the salt of its commitment. Salts are random, 128 bits, hex."""

    value: str
    salt: str


class Entry(Contract):
    """One thing that happened to one job."""

    CONTRACT: ClassVar[str] = "audit.entry"
    VERSION: ClassVar[int] = 1

    job_id: str
    number: int
    """1 for the first entry of a job."""
    at: datetime
    actor: str
    """`state:Decide`, `person:<id>`, `system:tick` …: a role or an opaque id, never an address."""
    event: str
    commitments: Mapping[str, str]
    previous: str
    """Hash of the entry before, GENESIS for the first."""
    hash: str
    fields: Mapping[str, ErasableField]
    """What may be erased; not covered by `hash` but by `commitments`."""


def append(
    previous: str,
    number: int,
    *,
    job_id: str,
    at: datetime,
    actor: str,
    event: str,
    fields: Mapping[str, ErasableField],
) -> Entry:
    """The next entry of a chain whose last hash is `previous` and whose length is `number - 1`."""
    entry = Entry(
        job_id=job_id,
        number=number,
        at=at,
        actor=actor,
        event=event,
        commitments={name: commitment(field) for name, field in sorted(fields.items())},
        previous=previous,
        hash="",
        fields=dict(fields),
    )
    return entry.model_copy(update={"hash": _covered(entry)})


def verify(entries: Iterable[Entry], *, length: int, head: str) -> list[str]:
    """What is wrong with a whole chain, in sentences; empty when it is intact.

    `length` and `head` come from the job's row, so a chain cut at its end is found too.
    """
    faults: list[str] = []
    previous, count = GENESIS, 0
    for count, entry in enumerate(entries, 1):
        faults += _faults(entry, count, previous)
        previous = entry.hash
    if (count, previous) != (length, head):
        faults.append(f"the chain has {count} entries, the job says {length}, or its end differs")
    return faults


def erased(entry: Entry) -> Entry:
    """`entry` without its personal data; its hash and the chain stay valid."""
    return entry.model_copy(update={"fields": {}})


def commitment(field: ErasableField) -> str:
    """Salted hash of one field: tells nothing about a short value without its salt."""
    # Not salt + value joined: the first letters of a value could then pass for salt.
    return digest(canonical([field.salt, field.value]))


def _faults(entry: Entry, number: int, previous: str) -> list[str]:
    faults = []
    in_place = (entry.number, entry.previous) == (number, previous)
    if not in_place or entry.hash != _covered(entry):
        faults.append(f"entry {number} was changed, moved or replaced")
    for name, field in entry.fields.items():
        if entry.commitments.get(name) != commitment(field):
            faults.append(f"entry {number}: field {name} is not the one committed to")
    return faults


def _covered(entry: Entry) -> str:
    place = [entry.job_id, entry.number, entry.previous]
    return digest(canonical([*place, entry.at, entry.actor, entry.event, entry.commitments]))
