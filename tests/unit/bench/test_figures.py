"""`make bench` says what a figure is, how it moved, and what README shows of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.bench.__main__ import PARTS
from infra.bench.figures import FIGURES, HEAD, known, merged, moved, published, table
from infra.bench.rush import spearman


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        (24, 20, "-17 %"),
        (20, 24, "+20 %"),
        (24, 24, ""),
        (None, 24, "new"),
        (0, 3, "was 0"),
        ({"Act": 1}, {"Act": 2}, ""),
    ],
)
def test_a_figure_says_how_it_moved(before: object, now: object, said: str) -> None:
    """In percent of the last committed result; one that was nothing has no percent."""
    assert moved(before, now) == said


def test_parts_are_kept_together_in_the_order_of_the_table(tmp_path: Path) -> None:
    """A part that is measured anew replaces its own figures and no other."""
    path = tmp_path / "bench.json"
    merged(path, {"cpu_ms_per_job": 90, "aws_calls_per_job": 24})
    both = merged(path, {"cpu_ms_per_job": 50})
    assert both == known(path) == {"aws_calls_per_job": 24, "cpu_ms_per_job": 50}
    assert list(both) == ["aws_calls_per_job", "cpu_ms_per_job"]


def test_readme_s_table_is_replaced_and_nothing_else() -> None:
    """What stands before and behind it stays; figures without a sentence are not shown."""
    readme = f"before\n\n{HEAD}| old | 1 |\n\nbehind\n"
    after = published(readme, {"aws_calls_per_job": 20, "roles": 24, "usd_per_month_idle": 8.57})
    assert after == (
        f"before\n\n{HEAD}| AWS calls per job | 20 |\n| fixed bill of an idle month | $8.57 |\n"
        "\nbehind\n"
    )
    assert table({}) == HEAD


def test_every_figure_has_one_name() -> None:
    """And every part is a word of the command line."""
    names = [one.name for one in FIGURES]
    assert len(set(names)) == len(names)
    assert all(part.isalpha() for part in PARTS)


@pytest.mark.parametrize(("ended", "correlation"), [("abcd", 1.0), ("dcba", -1.0), ("abdc", 0.8)])
def test_order_is_spearman_s_rank_correlation(ended: str, correlation: float) -> None:
    """1 for the order in which they came, -1 for its reverse."""
    assert spearman("abcd", ended) == pytest.approx(correlation)
