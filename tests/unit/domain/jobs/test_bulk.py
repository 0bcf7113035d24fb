"""A bulk operation: what it may be, and how it goes on."""

from __future__ import annotations

from typing import Any

import pytest

from countersign.domain.errors import ContractBroken
from countersign.domain.jobs.bulk import MOST, Bulk, Kind, State, ordered, stepped, turned
from tests.builders import AT


def bulk(**parts: Any) -> Bulk:
    """Kim's, over two jobs."""
    usual: dict[str, Any] = {
        "bulk_id": "b-1",
        "kind": Kind.CANCEL,
        "by": "kim",
        "reason": "settled",
        "chosen_by": "PARKED",
        "at": AT,
        "jobs": ("j-1", "j-2"),
    }
    return Bulk(**usual | parts)


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ({"reason": " "}, "needs a reason"),
        ({"jobs": ()}, "no job fits"),
        ({"jobs": tuple(map(str, range(MOST + 1)))}, "narrow it"),
    ],
)
def test_an_order_that_says_too_little_or_wants_too_much_is_refused(
    parts: dict[str, Any], why: str
) -> None:
    """With what to do."""
    with pytest.raises(ContractBroken, match=why):
        ordered(bulk(**parts))
    assert ordered(bulk()).words == "settled (bulk b-1)"


def test_every_job_is_ok_failed_or_pending() -> None:
    """In every moment exactly one of the three; after the last one it is done."""
    first = bulk()
    second = stepped(first, None)
    last = stepped(second, "it runs" * 50)
    counts = [(one.ok, len(one.failed), one.pending) for one in (first, second, last)]
    assert counts == [(0, 0, 2), (1, 0, 1), (1, 1, 0)]
    assert (second.state, last.state, last.version) == ("running", "done", 2)
    assert len(last.failed["j-2"]) < len("it runs" * 50)


def test_it_is_suspended_resumed_and_cancelled_and_nothing_comes_after_the_end() -> None:
    """Who did so last, and why, is kept."""
    held = turned(bulk(), State.SUSPENDED, "ana", "too fast")
    assert held.changed_by == "ana: too fast"
    ended = turned(turned(held, State.RUNNING, "ana", "on"), State.CANCELLED, "ana", "wrong")
    for state in State:
        with pytest.raises(ContractBroken, match="cannot become"):
            turned(ended, state, "ana", "again")
