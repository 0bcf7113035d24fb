"""What was written after a job's own message, as people who look at the job see it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from countersign.domain.errors import UnknownVersion
from countersign.domain.jobs.change import JobRecord
from countersign.domain.planning.joining import Way, Word, later
from countersign.web.text import UTC, Pieces, moment, visible

_HEARD = frozenset({Way.JOINS, Way.HEARD})


@dataclass(frozen=True)
class Spoken:
    """One later message."""

    text: Pieces
    sender: str
    """Empty where it names none."""
    when: str
    job_id: str
    notes: tuple[str, ...]
    """What it means here, a sentence each."""


def written_later(
    record: JobRecord, zone: str = UTC, since: datetime | None = None
) -> tuple[Spoken, ...]:
    """All of it, for somebody in `zone`, who was asked at `since`; nothing of a version that this
    code does not read."""
    try:
        words = later(record)
    except UnknownVersion:
        return ()
    return tuple(
        Spoken(visible(one.text), one.sender, moment(one.at, zone), one.job_id, notes)
        for one in words
        if (notes := tuple(_notes(one, since)))
    )


def _notes(said: Word, since: datetime | None) -> Iterator[str]:
    if since and said.at > since:
        yield "This arrived after you were asked."
    if said.way in _HEARD:
        yield "It is part of the message now, and everything was judged again."
    elif said.way is Way.NOTED:
        yield "Its own job goes on."
    else:
        yield "It is no part of the message: only people have read it."
    if not said.vouched:
        yield "Nobody vouches for who wrote it."
