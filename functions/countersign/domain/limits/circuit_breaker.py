"""The breaker of a key: after too many failures in a row nobody asks with it for a while; and at
once where the other side does not take the key or a setting."""

from __future__ import annotations

from datetime import datetime, timedelta

from countersign.domain.contract import Value

WINDOW = timedelta(minutes=1)
MOST_FAILURES = 5
"""So many within the window, with no success that anybody told of between them, open it."""
FIRST_REST, LONGEST_REST = timedelta(seconds=30), timedelta(minutes=5)


class Breaker(Value):
    """What is known of a key's failures. It closes by itself: time passes, no write."""

    key: str
    failures: tuple[datetime, ...] = ()
    """Of the last minute, since the last success that was told."""
    open_until: datetime | None = None
    """Until then nobody asks; for a minute after it, one more failure opens it for longer."""
    rest_seconds: int = 0
    """How long it was opened for the last time because of failures."""
    misconfigured: bool = False
    """Whether the other side did not take the key or a setting, and nobody told of a success
    since."""

    def resting(self, now: datetime) -> bool:
        """Whether it is open."""
        return self.open_until is not None and now < self.open_until

    def on_trial(self, now: datetime) -> bool:
        """Whether it closed a moment ago, and no success was told since: one more failure opens it
        for longer. A wrong key or setting is on trial for as long as it takes."""
        tried = self.misconfigured or _remembered(self, now) > 0
        return not self.resting(now) and tried


def failed(before: Breaker, now: datetime) -> Breaker:
    """The breaker after one more failure. An open one stays open at least as long as it was."""
    failures = (*(at for at in before.failures if now - at < WINDOW), now)[-MOST_FAILURES:]
    rest = _rest(before, failures, now)
    return before.model_copy(
        update={
            "failures": failures,
            "open_until": _later(before, now + rest) if rest else before.open_until,
            "rest_seconds": int(rest.total_seconds()) or _remembered(before, now),
        }
    )


def shut(before: Breaker, now: datetime) -> Breaker:
    """The breaker after its key, or a setting, was not taken: nobody asks, save one job every five
    minutes that finds out whether that is mended."""
    return before.model_copy(
        update={
            "failures": (now,),
            "open_until": _later(before, now + LONGEST_REST),
            "rest_seconds": int(LONGEST_REST.total_seconds()),
            "misconfigured": True,
        }
    )


def mended(before: Breaker) -> Breaker:
    """The breaker after an operator changed the key or the setting: whoever asks next finds out."""
    return before.model_copy(update={"open_until": None, "rest_seconds": 0})


def succeeded(before: Breaker) -> Breaker:
    """The breaker after a success: what failed before it does not count any more."""
    return before.model_copy(update={"failures": (), "rest_seconds": 0, "misconfigured": False})


def opened(before: Breaker, after: Breaker, now: datetime) -> bool:
    """Whether this very failure opened it."""
    return after.resting(now) and not before.resting(now)


def _later(before: Breaker, ends: datetime) -> datetime:
    return max(ends, before.open_until or ends)


def _rest(before: Breaker, failures: tuple[datetime, ...], now: datetime) -> timedelta:
    """How long these failures keep it open; nothing while they are few."""
    if before.resting(now):
        return timedelta()
    last = _remembered(before, now)
    if last:
        return min(timedelta(seconds=last) * 2, LONGEST_REST)
    return FIRST_REST if len(failures) >= MOST_FAILURES else timedelta()


def _remembered(before: Breaker, now: datetime) -> int:
    """Seconds of the last rest, while it lasts and for a window after it; else nothing."""
    ends = before.open_until
    return before.rest_seconds if ends is not None and now - ends < WINDOW else 0
