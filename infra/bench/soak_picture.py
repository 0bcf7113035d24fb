"""docs/soak.svg: a soak of thousands of jobs, over its minutes (T16)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from infra.bench.guarantees import SOAKED
from infra.settings import ROOT

PICTURE = ROOT / "docs" / "soak.svg"
WIDE, HIGH, GAP, LEFT, TOP = 760, 110, 44, 60, 34
MINUTE = 60.0

Points = Sequence[tuple[float, float]]
"""Minutes since the beginning of the first part, and what was there."""


def draw() -> None:
    """The picture, of all parts that are kept."""
    parts = [json.loads(one.read_text()) for one in sorted(SOAKED.glob("T16.*.json"))]
    PICTURE.write_text(picture(parts), "utf-8")


def picture(parts: Sequence[Mapping[str, Any]]) -> str:
    """One below the other: jobs ended in each minute, the longest time that one of them stood
    still, and memory. A line down is where a part of its own begins."""
    begins = [0.0]
    for part in parts:
        begins.append(begins[-1] + part["ended"][-1] / MINUTE)
    panels = (
        ("jobs ended in a minute", _joined(begins, [_rates(part) for part in parts])),
        ("longest standstill of a job, seconds", _joined(begins, [_still(part) for part in parts])),
        ("memory of all processes, MB", _joined(begins, [_memory(part) for part in parts])),
    )
    jobs, strikes = (sum(_of(part, name) for part in parts) for name in ("jobs", "strikes"))
    height = TOP + len(panels) * (HIGH + GAP)
    said = f"{jobs:,} jobs of all workflows, {strikes:,} workers killed or paused meanwhile"
    drawn = [_panel(n, *panel, begins) for n, panel in enumerate(panels)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDE + 20} {height}"'
        ' font-family="sans-serif" font-size="12" fill="#333">\n'
        f'<rect width="100%" height="100%" fill="#fff"/>\n<text x="{LEFT}" y="18">{said}</text>\n'
        + "".join(drawn)
        + "</svg>\n"
    )


def _of(part: Mapping[str, Any], name: str) -> int:
    held = part[name]
    return sum(held.values()) if isinstance(held, dict) else int(held)


def _rates(part: Mapping[str, Any]) -> Points:
    """Of whole minutes."""
    counted = Counter(int(at / MINUTE) for at in part["ended"])
    return [(minute + 0.5, counted[minute]) for minute in range(max(counted, default=0))]


def _still(part: Mapping[str, Any]) -> Points:
    longest: dict[int, float] = {}
    for at, seconds in part["still"]:
        minute = int(at / MINUTE)
        longest[minute] = max(seconds, longest.get(minute, 0.0))
    return [(minute + 0.5, longest[minute]) for minute in sorted(longest)]


def _memory(part: Mapping[str, Any]) -> Points:
    return [(at / MINUTE, kilobytes / 1024) for at, kilobytes in part["weights"]]


def _joined(begins: Sequence[float], parts: Sequence[Points]) -> Points:
    return [
        (begin + at, value)
        for begin, points in zip(begins, parts, strict=False)
        for at, value in points
    ]


def _panel(number: int, title: str, points: Points, begins: Sequence[float]) -> str:
    top = TOP + number * (HIGH + GAP)
    most = max((value for _, value in points), default=0.0) or 1.0
    across, up = WIDE / (begins[-1] or 1.0), HIGH / most
    line = " ".join(f"{LEFT + at * across:.1f},{top + HIGH - v * up:.1f}" for at, v in points)
    marks = "".join(
        f'<path d="M{LEFT + at * across:.1f} {top}v{HIGH}" stroke="#ddd"/>' for at in begins[1:-1]
    )
    return (
        f'{marks}<path d="M{LEFT} {top}v{HIGH}h{WIDE}" fill="none" stroke="#999"/>\n'
        f'<text x="{LEFT - 6}" y="{top + 10}" text-anchor="end">{most:,.0f}</text>'
        f'<text x="{LEFT - 6}" y="{top + HIGH}" text-anchor="end">0</text>'
        f'<text x="{LEFT + WIDE}" y="{top + HIGH + 16}" text-anchor="end">'
        f"{begins[-1]:.0f} minutes</text>"
        f'<text x="{LEFT + 8}" y="{top + 10}">{title}</text>\n'
        f'<polyline points="{line}" fill="none" stroke="#1a5fb4" stroke-width="1.5"/>\n'
    )


if __name__ == "__main__":
    draw()
