"""Weeks of a live release: their names, and what is said otherwise from one to the next."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from itertools import islice

from countersign.domain.releases.backtest import Way
from countersign.domain.releases.comparing import Judged, Wanted
from countersign.domain.releases.weekly import (
    Changed,
    cases_key,
    changed,
    key,
    may_cost,
    week_of,
    weeks_before,
)
from tests.flows import limits, release


def made(way: Way, trouble: str = "") -> Judged:
    """A release's answer to one case."""
    return Judged(wanted=(Wanted(action="crm.memo", way=way, params={}),), trouble=trouble)


def test_other_verdicts_on_cases_of_both_weeks_are_changes() -> None:
    """A new case, one that is gone, and what could not be answered say nothing."""
    before = {name: made("run") for name in ("same", "other", "gone", "failed")}
    after = {"same": made("run"), "other": made("ask"), "new": made("ask")}
    after["failed"] = made("ask", "the model stayed away")
    assert changed(before, after) == (Changed("other", {"crm.memo": "run"}, {"crm.memo": "ask"}),)


def test_weeks_are_those_of_the_iso_calendar() -> None:
    """Also where a year begins; a release has its own names in each."""
    now = datetime(2027, 1, 3, 12, tzinfo=UTC)
    assert week_of(now) == "2026-W53"
    assert list(islice(weeks_before(now), 2)) == ["2026-W52", "2026-W51"]
    assert (key("ab", "2026-W53"), cases_key("x")) == ("ab@2026-W53", "releases/cases/x.jsonl")


def test_a_week_costs_a_dollar_unless_the_release_says_otherwise() -> None:
    """By a number of its limits."""
    assert may_cost(release()) == 1
    assert may_cost(release(limits=limits(**{"weekly.usd": "0.5"}))) == Decimal("0.5")
