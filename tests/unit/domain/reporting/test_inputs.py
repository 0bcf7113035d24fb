"""Inputs counted: what nobody foresaw is a line of its own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from countersign.domain.reporting.inputs import Arrived, around, counted, plain


def arrived(job_id: str, reason: str = "", kind: str = "plain") -> Arrived:
    """An input that ended as complete."""
    return Arrived(job_id, "letters", "COMPLETED", reason, kind)


def test_inputs_are_counted_by_outcome_reason_and_kind() -> None:
    """The largest line first, with its share and some ids; figures make no lines of their own."""
    several = [arrived(f"j-{n}", f"over {n} EUR", "forward") for n in range(4)]
    first, second = counted([*several, arrived("j-9")], 2)
    assert (first.count, first.share, first.kind) == (4, 0.8, "forward")
    assert (first.reason, first.samples) == ("over … EUR", ("j-0", "j-1"))
    assert (second.count, second.samples) == (1, ("j-9",))
    assert counted([], 2) == ()


def test_a_long_reason_is_cut_at_a_word() -> None:
    """A line stays a line."""
    told = plain("why " * 40)
    assert len(told) <= 82
    assert told.endswith("why …")
    assert plain("short") == "short"


DAY = datetime(2026, 3, 2, tzinfo=UTC)


def under(release: str, number: int, kind: str, workflow: str = "letters") -> Arrived:
    """An input of the day with this number."""
    at = DAY + timedelta(days=number)
    return Arrived(f"j-{number}", workflow, "COMPLETED", "", kind, release, at)


def test_a_release_is_compared_with_what_came_before_it() -> None:
    """Shares of each time, what changed most first; other workflows, and what comes under another
    release meanwhile, count for neither."""
    came = [
        *(under("r1", number, "plain") for number in range(4)),
        under("r9", 1, "plain", "bills"),
        *(under("r2", number, "forward") for number in (10, 12, 13)),
        under("r2", 14, "plain"),
        under("r1", 11, "plain"),
    ]
    first, second = around(came, "r2", 2)
    assert (first.kind, first.share_before, first.share_after) == ("forward", 0, 0.75)
    assert (first.before, first.after, first.samples) == (0, 3, ("j-10", "j-12"))
    assert (second.kind, second.before, second.after) == ("plain", 4, 1)
    assert around(came, "r3", 2) == ()


def test_a_first_release_has_nothing_before_it() -> None:
    """Every line is new; a line that is gone shows what was there."""
    (only,) = around([under("r1", 1, "plain")], "r1", 1)
    assert (only.before, only.share_before, only.share_after) == (0, 0, 1)
    gone = around([under("r1", 1, "plain"), under("r2", 2, "forward")], "r2", 1)
    assert {one.kind: one.samples for one in gone} == {"plain": ("j-1",), "forward": ("j-2",)}
