"""What is usual of a workflow: how long it is without a new job in each hour of the week, and how
many of its jobs end with a person. Seen every few minutes, kept for four weeks.

A gap is compared with the longest of its hour of the week, since of the few gaps that an hour has
in four weeks that is the 99th percentile. Every hundredth gap is longer than that one, which at a
thousand jobs a day would ring 25 times a week: three times as long is what somebody is told of.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from math import comb
from typing import Protocol

from countersign.domain.contract import Value

WEEKS = 4
TIMES = 3
"""So many times as long as the longest usual gap is too long."""
RARE = 1e-4
"""How likely as many bad ends may be by chance, at the usual share, before somebody is told."""
FEWEST_BAD, FEWEST_ENDED = 3, 50
"""Bad ends of an hour, and jobs that have ended before, below which nothing is unusual."""
_MINUTE, _HOUR, _WEEK = timedelta(minutes=1), timedelta(hours=1), timedelta(days=7)
_SPAN = WEEKS * _WEEK


class Ends(Value):
    """Jobs that ended between two looks: all, and those that ended with a person."""

    at: datetime
    ended: int
    bad: int


class Usual(Value):
    """What was seen of one workflow until `seen`."""

    began: datetime
    seen: datetime
    last_job: datetime | None = None
    gaps: Mapping[str, Mapping[str, int]] = {}
    """By hour of the week, by week: the longest gap in minutes that reached into that hour."""
    days: Mapping[str, tuple[int, int]] = {}
    """By day: jobs that ended, and those of them that ended with a person; the hour apart."""
    hour: tuple[Ends, ...] = ()
    """The last hour's looks."""
    bad: tuple[str, ...] = ()
    """Jobs that wait for a person and are counted already: who is reminded of one changes it."""

    def too_long(self, now: datetime) -> timedelta | None:
        """How long there has been no job, where that is far longer than usual at this hour of the
        week; None where it is not, or where four weeks have not been seen."""
        known = self.gaps.get(_hour(now), {})
        if self.last_job is None or not known or now - self.began < _SPAN:
            return None
        gap = now - self.last_job
        return gap if gap > TIMES * max(known.values()) * _MINUTE else None

    def unusual_ends(self) -> Ends | None:
        """The last hour's ends, where more of them are bad than chance brings at the usual share;
        None where they are not, or where too few have been seen."""
        ended, bad = (sum(one[part] for one in self.days.values()) for part in (0, 1))
        of, found = sum(one.ended for one in self.hour), sum(one.bad for one in self.hour)
        if found < FEWEST_BAD or ended < FEWEST_ENDED:
            return None
        likely = at_least(found, of, (bad + 1) / (ended + 2))
        return Ends(at=self.seen, ended=of, bad=found) if likely < RARE else None


class Usuals(Protocol):
    """What is usual of each workflow. One writes: a row lost between two runs is seen anew."""

    def all(self) -> Mapping[str, Usual]:
        """Those of all workflows, by their names."""

    def put(self, workflow: str, usual: Usual) -> None:
        """Store it in the place of what was there."""


def seen(
    before: Usual | None, now: datetime, created: Sequence[datetime], ended: int, bad: Sequence[str]
) -> Usual:
    """`before` and what came since: when jobs were created, how many ended in all, and which wait
    for a person now. What is older than four weeks is forgotten."""
    known = before or Usual(began=now, seen=now)
    new = len(set(bad) - set(known.bad)) if before else 0
    hour = (*known.hour, Ends(at=now, ended=ended + new, bad=new))
    past = [one for one in hour if now - one.at >= _HOUR]
    came = sorted(created)
    arrivals = [*([known.last_job] if known.last_job else []), *came]
    return Usual(
        began=known.began,
        seen=now,
        last_job=arrivals[-1] if arrivals else None,
        gaps=_longer(_kept(known.gaps, now), pairwise(arrivals)),
        days=_summed({day: of for day, of in known.days.items() if _recent(day, now)}, past),
        hour=tuple(one for one in hour if now - one.at < _HOUR),
        bad=tuple(bad),
    )


def at_least(found: int, of: int, share: float) -> float:
    """How likely `found` or more of `of` are, each with the chance `share` (binomial)."""
    fewer = (comb(of, k) * share**k * (1 - share) ** (of - k) for k in range(found))
    return max(0.0, 1.0 - sum(fewer))


def _longer(
    gaps: Mapping[str, Mapping[str, int]], found: Iterable[tuple[datetime, datetime]]
) -> Mapping[str, Mapping[str, int]]:
    """With each gap in the hours that it reaches into, a week at most."""
    after = {hour: dict(weeks) for hour, weeks in gaps.items()}
    for start, end in found:
        minutes = max(1, round((end - start) / _MINUTE))
        at = max(start, end - _WEEK + _HOUR)
        while at < end + _HOUR:
            moment = min(at, end)
            weeks = after.setdefault(_hour(moment), {})
            weeks[_week(moment)] = max(minutes, weeks.get(_week(moment), 0))
            at += _HOUR
    return after


def _kept(gaps: Mapping[str, Mapping[str, int]], now: datetime) -> Mapping[str, Mapping[str, int]]:
    oldest = int(_week(now)) - WEEKS
    recent = {
        hour: {week: gap for week, gap in weeks.items() if int(week) >= oldest}
        for hour, weeks in gaps.items()
    }
    return {hour: weeks for hour, weeks in recent.items() if weeks}


def _summed(
    days: Mapping[str, tuple[int, int]], ends: Iterable[Ends]
) -> Mapping[str, tuple[int, int]]:
    after = dict(days)
    for one in ends:
        day = one.at.date().isoformat()
        ended, bad = after.get(day, (0, 0))
        after[day] = (ended + one.ended, bad + one.bad)
    return after


def _recent(day: str, now: datetime) -> bool:
    return datetime.fromisoformat(f"{day}T00:00:00+00:00") > now - _SPAN


def _hour(at: datetime) -> str:
    """Of the week, in UTC."""
    return str(24 * at.weekday() + at.hour)


def _week(at: datetime) -> str:
    return str((at.toordinal() - 1) // 7)
