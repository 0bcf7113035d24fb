"""Working hours: deadlines count only time in which the person who decides is at work."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import model_validator

from countersign.domain.contract import Value

_MINUTES_A_DAY = 24 * 60
_DAYS_A_WEEK = 7


class Hours(Value):
    """When somebody works: days (0 is Monday), from and to in minutes of the local day."""

    zone: str = "UTC"
    days: tuple[int, ...] = (0, 1, 2, 3, 4)
    opens: int = 9 * 60
    closes: int = 17 * 60

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        if not self.days or not all(0 <= day < _DAYS_A_WEEK for day in self.days):
            raise ValueError("days are 0 (Monday) to 6 (Sunday), at least one")
        if not 0 <= self.opens < self.closes <= _MINUTES_A_DAY:
            raise ValueError("hours open before they close, within one day")
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError("zone is a name of the IANA time zone database") from None
        return self


def worked(
    start: datetime, length: timedelta, hours: Hours, holidays: Collection[date] = ()
) -> datetime:
    """`start` plus `length` of working time, in the zone of `start`; nobody works on `holidays`.

    A start outside the hours counts from their next opening. Daylight saving changes the instant
    of an opening, never its wall-clock time.
    """
    zone = ZoneInfo(hours.zone)
    day, left = start.astimezone(zone).date(), length
    while True:
        opens, closes = _span(day, hours, zone)
        begin = max(start, opens)
        if works(day, hours, holidays) and begin < closes:
            if left <= closes - begin:
                return (begin + left).astimezone(start.tzinfo)
            left -= closes - begin
        day += timedelta(days=1)


def works(day: date, hours: Hours, holidays: Collection[date] = ()) -> bool:
    """Whether somebody with these hours works on that day at all."""
    return day.weekday() in hours.days and day not in holidays


def next_opening(at: datetime, hours: Hours, holidays: Collection[date] = ()) -> datetime:
    """When the first working day after the day of `at` begins, in the zone of `at`."""
    zone = ZoneInfo(hours.zone)
    tomorrow = at.astimezone(zone).date() + timedelta(days=1)
    midnight = datetime.combine(tomorrow, time(), tzinfo=zone)
    return worked(midnight.astimezone(at.tzinfo), timedelta(), hours, holidays)


def is_open(at: datetime, hours: Hours) -> bool:
    """Whether somebody with these hours works at `at`."""
    zone = ZoneInfo(hours.zone)
    day = at.astimezone(zone).date()
    opens, closes = _span(day, hours, zone)
    return day.weekday() in hours.days and opens <= at < closes


def _span(day: date, hours: Hours, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The day's opening and closing as instants. In UTC: aware arithmetic within one zone ignores
    the change of its offset."""
    midnight = datetime.combine(day, time(), tzinfo=zone)
    return _wall(midnight, hours.opens), _wall(midnight, hours.closes)


def _wall(midnight: datetime, minutes: int) -> datetime:
    return (midnight + timedelta(minutes=minutes)).astimezone(ZoneInfo("UTC"))
