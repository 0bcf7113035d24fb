"""Inputs counted: what nobody foresaw is a line of its own."""

from __future__ import annotations

from countersign.domain.reporting.inputs import Arrived, counted, plain


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
