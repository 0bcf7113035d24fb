"""How many of the jobs that wait for a key are woken at once: as many as it has time for until
`tick` comes again. Who is woken books its own turns; what it books is seen the next time."""

from __future__ import annotations

from datetime import datetime, timedelta

from countersign.domain.limits.circuit_breaker import Breaker
from countersign.domain.limits.pace import Pace, Row, moment

AHEAD = timedelta(seconds=75)
"""The minute until then, and the way of the woken to their turns."""
LEAST = timedelta(seconds=15)
"""So much of it is theirs, whatever is booked: who comes new does not keep them asleep."""
_ALL = 1_000_000
_MICROSECOND = timedelta(microseconds=1)


def room(row: Row, breaker: Breaker, pace: Pace, requests: int, now: datetime) -> int:
    """For how many jobs there is time, when each needs so many requests. Nobody is woken while the
    breaker is open; once it has closed, one job finds out whether all is well."""
    if breaker.resting(now):
        return 0
    if breaker.on_trial(now):
        return 1
    return min(_soon(row, pace, requests, now), _today(row, pace, requests, now))


def _soon(row: Row, pace: Pace, requests: int, now: datetime) -> int:
    """One at least, however slow the pace is."""
    if not pace.interval:
        return _ALL
    booked = max(row.queue + row.shift, row.hold) - moment(now)
    free = max(AHEAD // _MICROSECOND - max(booked, 0), LEAST // _MICROSECOND)
    return max(1, free // (requests * pace.interval))


def _today(row: Row, pace: Pace, requests: int, now: datetime) -> int:
    """What a limit over a long time has left now: who is woken for more only waits on."""
    if not pace.long_interval:
        return _ALL
    used = max(row.long, moment(now) - pace.credit)
    return max(0, (moment(now) - used) // pace.long_interval + 1) // requests
