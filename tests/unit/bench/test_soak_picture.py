"""The picture of a soak: what its parts kept, in their order."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from infra.bench.soak_picture import picture

SVG = "{http://www.w3.org/2000/svg}"


def _part(jobs: int, minutes: int) -> dict[str, object]:
    at = [(n + 1) * 60.0 * minutes / jobs for n in range(jobs)]
    return {
        "jobs": jobs,
        "ended": at,
        "still": [(30.0, 2.5), (70.0, 181.0)],
        "weights": [(10.0, 1024), (110.0, 4096)],
        "strikes": {"killed Act": 3, "paused Start": 2},
    }


def test_parts_stand_one_after_the_other_on_one_scale() -> None:
    """Three panels, each with its largest value and the minutes of all; a line where one begins."""
    drawn = ET.fromstring(picture([_part(10, 2), _part(30, 3)]))  # noqa: S314 - our own picture
    said = [one.text or "" for one in drawn.iter(f"{SVG}text")]
    assert said[0] == "40 jobs of all workflows, 10 workers killed or paused meanwhile"
    assert said.count("5 minutes") == 3
    assert {"10", "181", "4"} <= set(said)
    lines = [one.get("points", "").split() for one in drawn.iter(f"{SVG}polyline")]
    across = [[float(point.partition(",")[0]) for point in line] for line in lines]
    assert all(line == sorted(line) for line in across)
    assert [len(line) for line in lines] == [5, 4, 4]
    breaks = [one for one in drawn.iter(f"{SVG}path") if one.get("stroke") == "#ddd"]
    assert len(breaks) == 3
