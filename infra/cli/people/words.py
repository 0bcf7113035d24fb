"""People in the words of the command line and of the import file: text to members and back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError

from countersign.domain.approvals.approval import Person
from countersign.domain.approvals.directory import Away, Member, SigningLimit
from countersign.domain.approvals.working_hours import Hours
from countersign.domain.canonical import instant
from countersign.domain.contract import Value, explain
from countersign.domain.money import Money

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
OFFICE_DAYS, OFFICE_HOURS = "mon-fri", "09:00-17:00"
_LIMIT = re.compile(r"(\S+?)\s*=\s*([0-9]{1,15}(?:\.[0-9]{1,3})?)(?:\s*([A-Z]{3}))?")
_SPAN = re.compile(r"([0-2][0-9]):([0-5][0-9])-([0-2][0-9]):([0-5][0-9])")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Absence(Value):
    """An absence in the import file: instants with an offset, or days in the person's zone."""

    since: str
    until: str
    deputy: str


class PersonWords(Value):
    """One person in the import file, and what `export` writes."""

    id: str
    name: str
    address: str
    roles: list[str]
    limits: list[str] = Field(default=[])
    zone: str = "UTC"
    days: str = OFFICE_DAYS
    hours: str = OFFICE_HOURS
    away: list[Absence] = Field(default=[])
    left: bool = False


def member_of(data: Mapping[str, Any]) -> Member:
    """A member out of an entry of the file. Raises ValueError with a sentence."""
    try:
        entry = PersonWords.model_validate(dict(data))
        away = tuple(absence(a.since, a.until, a.deputy, entry.zone) for a in entry.away)
        return Member(
            person=Person(id=entry.id, name=entry.name, address=entry.address),
            roles=tuple(dict.fromkeys(entry.roles)),
            limits=tuple(limit(text) for text in entry.limits),
            hours=hours(entry.zone, entry.days, entry.hours),
            away=away,
            left=entry.left,
        )
    except ValidationError as broken:
        raise ValueError(explain("a person", broken)) from None


def entry_of(member: Member) -> dict[str, Any]:
    """A member as an entry of the file; `member_of` gives the same member back."""
    return {
        **member.person.model_dump(),
        "roles": list(member.roles),
        "limits": [f"{one.actions}={_amount(one.most)}" for one in member.limits],
        "zone": member.hours.zone,
        "days": days_in_words(member.hours.days),
        "hours": f"{_clock(member.hours.opens)}-{_clock(member.hours.closes)}",
        "away": [
            {"since": instant(one.since), "until": instant(one.until), "deputy": one.deputy}
            for one in member.away
        ],
        "left": member.left,
    }


def limit(text: str) -> SigningLimit:
    """`payments.*=500.00 EUR`. Raises ValueError."""
    found = _LIMIT.fullmatch(text.strip())
    if not found:
        raise ValueError(f"{text!r} is no limit: write actions=amount currency, payments.*=500 EUR")
    if not found[3]:
        raise ValueError(f"the limit {text!r} needs its currency: {found[1]}={found[2]} EUR")
    try:
        return SigningLimit(
            actions=found[1], most=Money(amount=Decimal(found[2]), currency=found[3])
        )
    except ValidationError as broken:
        raise ValueError(explain(f"the limit {text!r}", broken)) from None


def hours(zone: str, days: str, span: str) -> Hours:
    """Working hours from `Europe/Berlin`, `mon-fri` and `09:00-17:00`. Raises ValueError."""
    found = _SPAN.fullmatch(span)
    if not found:
        raise ValueError(f"{span!r} are no hours: write 09:00-17:00")
    opens, closes = (int(found[at]) * 60 + int(found[at + 1]) for at in (1, 3))
    try:
        return Hours(zone=zone, days=days_of(days), opens=opens, closes=closes)
    except ValidationError as broken:
        said = str(broken.errors()[0]["msg"]).removeprefix("Value error, ")
        raise ValueError(f"{zone} {days} {span}: {said}") from None


def days_of(text: str) -> tuple[int, ...]:
    """`mon-fri`, `mon,wed`, `sun-tue`. Raises ValueError."""
    found: set[int] = set()
    for part in text.lower().split(","):
        first, _, last = part.strip().partition("-")
        if first not in DAYS or (last or first) not in DAYS:
            raise ValueError(f"{text!r} are no days: write mon-fri, or mon,wed,fri")
        begin, end = DAYS.index(first), DAYS.index(last or first)
        found |= {day % 7 for day in range(begin, end + 1 + 7 * (end < begin))}
    return tuple(sorted(found))


def days_in_words(days: tuple[int, ...]) -> str:
    """The way back: a range where they follow each other, else one by one."""
    if len(days) > 1 and days == tuple(range(days[0], days[-1] + 1)):
        return f"{DAYS[days[0]]}-{DAYS[days[-1]]}"
    return ",".join(DAYS[day] for day in days)


def absence(since: str, until: str, deputy: str, zone: str) -> Away:
    """An absence; a bare date is a whole day in the person's zone. Raises ValueError."""
    away = Away(since=moment(since, zone), until=moment(until, zone, end=True), deputy=deputy)
    if away.until <= away.since:
        raise ValueError(f"the absence ends ({until}) before it begins ({since})")
    return away


def moment(text: str, zone: str, *, end: bool = False) -> datetime:
    """`2026-12-24` (its beginning, or its end), `2026-12-24T13:00` in `zone`, or with an offset."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is no time: write 2026-12-24 or 2026-12-24T13:00") from None
    if _DATE.fullmatch(text):
        at = datetime.combine(at.date() + timedelta(days=end), time())
    return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


def _amount(most: Money) -> str:
    return str(most).replace(",", "")


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
