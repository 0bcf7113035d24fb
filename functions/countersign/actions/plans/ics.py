"""A plan's milestones as a calendar (RFC 5545): one all-day event each, known again by its UID."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

from countersign.actions.plans.forms import Heads
from countersign.actions.plans.plan import Milestone

PRODUCT = "-//Countersign//launch plan//EN"
_OCTETS = 75
_ESCAPED = re.compile(r"([\\;,])")


def calendar(
    key: str, number: int, at: datetime, milestones: Sequence[Milestone], heads: Heads
) -> str:
    """The calendar of version `number` (from 1) of the plan called `key`, in the words of `heads`.
    The same milestone has the same UID in every version, and a SEQUENCE that is one more in each: a
    program that has imported an earlier version moves the event. What has no date is no event."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "METHOD:PUBLISH"]
    stamp = f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    for one in milestones:
        if one.on:
            lines += [
                "BEGIN:VEVENT",
                f"UID:{uid(key, one.name)}",
                f"DTSTAMP:{stamp}",
                f"SEQUENCE:{number - 1}",
                *_event(one, one.on, heads),
                "END:VEVENT",
            ]
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def uid(key: str, name: str) -> str:
    """What names a milestone of a plan in every calendar, whichever version of the plan."""
    named = hashlib.sha256(f"{key}\n{name}".encode()).hexdigest()
    return f"{named[:32]}@countersign"


def _event(one: Milestone, on: date, heads: Heads) -> Iterator[str]:
    rows = ((heads.owner, one.owner), (heads.after, ", ".join(one.after)))
    told = "\n".join(f"{head}: {said}" for head, said in rows if said)
    yield f"DTSTART;VALUE=DATE:{on:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{on + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_text(one.name)}"
    yield f"DESCRIPTION:{_text(told)}"
    yield "TRANSP:TRANSPARENT"


def _text(value: str) -> str:
    return _ESCAPED.sub(r"\\\1", value).replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """The line in pieces of at most 75 octets, none of which cuts a letter; each piece after the
    first begins with the space that says so."""
    piece, size = "", 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > _OCTETS:
            yield piece
            piece, size = " ", 1
        piece, size = piece + letter, size + octets
    yield piece
