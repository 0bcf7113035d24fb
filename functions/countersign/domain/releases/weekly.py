"""A live release asked about its cases each week: what it says otherwise than before.

A provider may change a model behind its name. Each week's answers are new ones, and are kept under
the release and the week.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from countersign.domain.policy.release import Release
from countersign.domain.releases.comparing import Judged

COSTS = "weekly.usd"
"""The number of a release that says what one week's answers may cost, in USD."""
_USUALLY = Decimal(1)
BACK = 8
"""Weeks in which an earlier answer is looked for."""


@dataclass(frozen=True)
class Changed:
    """A case of which another verdict is given now: by action, `run`, `ask`, `forbid`."""

    case: str
    before: Mapping[str, str]
    after: Mapping[str, str]


def may_cost(release: Release) -> Decimal:
    """What a week of this release may cost, in USD."""
    return release.limits.numbers.get(COSTS, _USUALLY)


def cases_key(workflow: str) -> str:
    """Where the payload bucket holds the cases, beside the releases."""
    return f"releases/cases/{workflow}.jsonl"


def week_of(now: datetime) -> str:
    """`2026-W49`, of the ISO calendar."""
    year, week, _ = now.isocalendar()
    return f"{year}-W{week:02}"


def weeks_before(now: datetime) -> Iterator[str]:
    """The weeks before this one, the last first."""
    yield from (week_of(now - timedelta(weeks=back)) for back in range(1, BACK + 1))


def key(release: str, week: str) -> str:
    """The name under which a week's answers of a release are kept."""
    return f"{release}@{week}"


def changed(before: Mapping[str, Judged], after: Mapping[str, Judged]) -> tuple[Changed, ...]:
    """Of the cases of both weeks, those of which a verdict is another. What could not be answered
    in one of them says nothing."""
    both = (
        Changed(name, verdicts(before[name]), verdicts(after[name]))
        for name in sorted({*before} & {*after})
        if not (before[name].trouble or after[name].trouble)
    )
    return tuple(one for one in both if one.before != one.after)


def verdicts(made: Judged) -> Mapping[str, str]:
    """What may happen with each action."""
    return {one.action: one.way for one in made.wanted}
