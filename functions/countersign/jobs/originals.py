"""What came, as it came: each reading stands in the audit trail before the bytes are read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final, Literal, get_args

from countersign.domain.jobs.change import Change, JobRecord
from countersign.runtime.deps import Deps

MOST = 4_500_000
"""Bytes that a function can hand out: its answer ends at 6 MB, of which base64 takes a quarter."""
READ: Final = "original read"
EXPORTED: Final = "exported"
SHOWN: Final = "page read"
TOLD: Final = "read at a terminal"
Reading = Literal[
    "original read",
    "exported",
    "replayed",
    "asked again",
    "made a case",
    "page read",
    "read at a terminal",
]
"""Events of the audit trail: somebody read what came, took the job out as a file, had its answers
read or given once more, opened its page, or had it told at a terminal."""
_KB, _MB = 1_000, 1_000_000
_NAMES = {"webhook": ".json"}
_HARMLESS = frozenset({".eml", ".json", ".txt"})
"""Endings that no program runs when somebody opens the file."""


def original(deps: Deps, record: JobRecord, by: str) -> bytes:
    """The bytes, for a person with this id. Raises NotFound when they are gone, Refused when the
    store says no."""
    audited_reading(deps, record, by, READ)
    return deps.payloads.get(record.job.source.payload)


def audited_reading(deps: Deps, record: JobRecord, by: str, what: Reading) -> None:
    """Write down who is about to read what."""
    deps.commit(record, Change(event=what, actor=f"person:{by}"))


def read_once(deps: Deps, record: JobRecord, by: str) -> JobRecord:
    """The job, with an entry that this person has read it: one a day, whatever they open of it. By
    their own session, that is: a link is opened by whoever holds it, and a look changes nothing."""
    return _once(deps, record, f"person:{by}", SHOWN)


def told_once(deps: Deps, record: JobRecord, operator: str) -> JobRecord:
    """The same for who has rights on the stage, and no session: `operator` is whom the stage's
    account knows them as."""
    return _once(deps, record, f"operator:{operator}" if operator else "operator", TOLD)


def _once(deps: Deps, record: JobRecord, actor: str, what: Reading) -> JobRecord:
    today = deps.clock.now().date()

    def reading(held: JobRecord) -> Change | None:
        known = any(
            (one.event, one.actor, one.at.date()) == (what, actor, today) for one in held.audit
        )
        return None if known else Change(event=what, actor=actor)

    return deps.update(record.job.job_id, reading)[0]


def readings(record: JobRecord) -> int:
    """How often somebody read of it or took it out: so many writes of the job changed nothing."""
    return sum(entry.event in get_args(Reading) for entry in record.audit)


def file_name(record: JobRecord) -> str:
    """The job's id, with the ending of what came where nothing runs it."""
    source = record.job.source
    ending = _NAMES.get(source.door) or PurePosixPath(source.payload.object_key).suffix.lower()
    return record.job.job_id + (ending if ending in _HARMLESS else ".bin")


@dataclass(frozen=True)
class Offer:
    """What the case's page says of it. `command` is the way to what is too large for a page."""

    size: str
    command: str


def offer(record: JobRecord) -> Offer:
    """The original of a job."""
    size = record.job.source.size
    command = f"countersign original {record.job.job_id} --by PERSON" if size > MOST else ""
    return Offer(in_words(size), command)


def in_words(size: int) -> str:
    """`812 bytes`, `12 KB`, `7.3 MB`."""
    if size < _KB:
        return f"{size} bytes"
    return f"{size / _KB:.0f} KB" if size < _MB else f"{size / _MB:.1f} MB"
