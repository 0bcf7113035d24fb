"""The breaker: when it opens, for how long, and that it closes without a write."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from countersign.domain.limits.circuit_breaker import (
    FIRST_REST,
    LONGEST_REST,
    MOST_FAILURES,
    WINDOW,
    Breaker,
    failed,
    mended,
    opened,
    shut,
    succeeded,
)

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NEW = Breaker(key="crm-write")


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def failing(times: int, every: float = 1, start: Breaker = NEW) -> Breaker:
    """`times` failures, one after the other."""
    breaker = start
    for number in range(times):
        breaker = failed(breaker, after(number * every))
    return breaker


def test_it_opens_after_five_failures_within_a_minute() -> None:
    """Four leave it closed, the fifth opens it for half a minute."""
    assert not failing(MOST_FAILURES - 1).resting(after(4))
    fifth = failing(MOST_FAILURES)
    assert fifth.open_until == after(4) + FIRST_REST
    assert opened(failing(4), fifth, after(4))


@pytest.mark.control
def test_slow_failures_do_not_open_it() -> None:
    """Failures further apart are forgotten: none of twenty opens it."""
    breaker = failing(20, every=20)
    assert breaker.open_until is None
    assert len(breaker.failures) <= 3


def test_it_closes_by_itself() -> None:
    """Nothing is written: the time passes."""
    breaker = failing(5)
    assert breaker.resting(after(33))
    assert not breaker.resting(after(34))


def test_each_failed_probe_doubles_the_rest_up_to_five_minutes() -> None:
    """30, 60, 120, 240, 300, 300 seconds."""
    breaker, now = failing(5), after(4)
    rests = [breaker.rest_seconds]
    for _ in range(5):
        assert breaker.open_until
        now = breaker.open_until + timedelta(seconds=1)
        breaker = failed(breaker, now)
        rests.append(breaker.rest_seconds)
        assert breaker.open_until == now + timedelta(seconds=rests[-1])
    assert rests == [30, 60, 120, 240, 300, 300]
    assert timedelta(seconds=rests[-1]) == LONGEST_REST


def test_after_a_quiet_minute_it_begins_anew() -> None:
    """A failure long after the rest is the first one again."""
    breaker = failing(5)
    assert breaker.open_until
    later = failed(breaker, breaker.open_until + WINDOW)
    assert not later.resting(breaker.open_until + WINDOW)
    assert (later.rest_seconds, len(later.failures)) == (0, 1)


def test_a_failure_while_it_is_open_does_not_shorten_the_rest() -> None:
    """It stays open at least as long as it was."""
    breaker = failing(MOST_FAILURES)
    assert failed(breaker, after(5)).open_until == breaker.open_until


def test_a_success_between_them_makes_failures_forgotten() -> None:
    """Four failures, a success, four failures: a system that is slow is not one that is gone."""
    breaker = failing(4, start=succeeded(failing(4)))
    assert not breaker.resting(after(4))
    assert succeeded(failing(5)).open_until == failing(5).open_until


def test_a_key_that_is_not_taken_shuts_it_at_once_and_is_on_trial_until_a_success() -> None:
    """For five minutes nobody asks; then one job does, however much later that is; what an operator
    changed is tried at once."""
    closed = shut(NEW, NOW)
    assert opened(NEW, closed, NOW)
    assert closed.open_until == NOW + LONGEST_REST
    late = NOW + timedelta(days=3)
    assert closed.on_trial(late)
    assert not closed.on_trial(NOW)
    assert shut(closed, late).resting(late + LONGEST_REST / 2)
    changed = mended(closed)
    assert changed.on_trial(NOW)
    assert not succeeded(changed).on_trial(late)
    assert not succeeded(changed).misconfigured
