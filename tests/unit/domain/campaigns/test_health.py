"""The breaker of a campaign: its bounds are the exact ones, and it stops for what is new."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.domain.campaigns.health import (
    BOUNCES,
    COMPLAINTS,
    Counts,
    Healthy,
    Pause,
    bounds,
    health,
    is_above,
)


def at_least(hits: int, n: int, rate: float) -> float:
    """The chance of `hits` or more, summed as the textbook writes it."""
    return sum(math.comb(n, k) * rate**k * (1 - rate) ** (n - k) for k in range(hits, n + 1))


@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_at_its_bounds_a_rate_is_as_likely_as_one_in_twenty(seen: tuple[int, int]) -> None:
    """So many events or more at the lower one, so many or fewer at the upper one."""
    hits, n = seen
    low, high = bounds(hits, n)
    assert 0 <= low <= hits / n <= high <= 1
    if hits:
        assert at_least(hits, n, low) == pytest.approx(0.05, abs=1e-6)
    if hits < n:
        assert 1 - at_least(hits + 1, n, high) == pytest.approx(0.05, abs=1e-6)


@given(
    st.integers(1, 2_000).flatmap(lambda n: st.tuples(st.integers(0, min(n, 80)), st.just(n))),
    st.sampled_from([BOUNCES, COMPLAINTS]),
)
def test_a_rate_is_above_a_line_exactly_where_its_lower_bound_is(
    seen: tuple[int, int], line: float
) -> None:
    """Two ways to the same answer."""
    hits, n = seen
    low = bounds(hits, n)[0]
    assert is_above(hits, n, line) is (low > line) or low == pytest.approx(line, rel=1e-9)


def test_the_bounds_of_a_million() -> None:
    """No term is lost in a float."""
    low, high = bounds(20_000, 1_000_000)
    assert 0.0197 < low < 0.02 < high < 0.0203
    assert bounds(0, 0) == (0.0, 1.0)
    assert bounds(3, 2) == bounds(3, 3)


@pytest.mark.parametrize(
    ("seen", "told"),
    [
        (Counts(sent=1_000, bounced=20), "20 of the first 1000 mails bounced"),
        (Counts(sent=1_000, complained=3), "3 of the first 1000 mails complained"),
        (Counts(sent=10_000, bounced=240), "above 2.00%"),
        (Counts(sent=100_000, complained=63), "above 0.05%"),
        (Counts(sent=40, bounced=4), "above 2.00%"),
    ],
)
def test_it_pauses(seen: Counts, told: str) -> None:
    """At a count among the first thousand, later when even the lowest true rate is too high."""
    found = health(seen)
    assert isinstance(found, Pause)
    assert told in found.why


@pytest.mark.parametrize(
    "seen",
    [
        Counts(),
        Counts(sent=1_000, bounced=19),
        Counts(sent=1_000, complained=1),
        Counts(sent=1_001, bounced=20),
        Counts(sent=10_000, bounced=220),
        Counts(sent=100_000, complained=60),
    ],
)
def test_a_rate_that_may_well_be_below_the_line_stops_nothing(seen: Counts) -> None:
    """Control: the rate as it is seen is above the line in two of these."""
    assert health(seen) == Healthy()


def test_what_a_person_has_seen_stops_it_no_second_time() -> None:
    """Only a further bounce or complaint does."""
    seen = Counts(sent=1_000, bounced=25, complained=3)
    assert health(seen, accepted=seen) == Healthy()
    more = seen.model_copy(update={"sent": 1_100, "complained": 4})
    assert isinstance(health(more, accepted=seen), Pause)
