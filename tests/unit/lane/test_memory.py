"""How much memory a file takes that is read in one visit, judged, and made into its documents."""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from countersign.domain.lane.batches import Line, cut
from countersign.domain.lane.items import ItemState
from countersign.domain.lane.lane import Done, Filed, Lane, Pinned, Settled, Told
from infra.bench.items import FLOW, lines
from infra.steps import LANE
from workflows import WORKFLOWS

Figure = Callable[[str, int], None]
COLLECT = next(one.memory for one in LANE if one.name == "Collect")
"""Megabytes of the function with the most to hold: all that was found, and the documents of it."""


def gone_through(place: Path) -> tuple[int, int]:
    """As Prepare, the children and Collect go through the file, in a process of its own: its rows,
    and the most megabytes that the process held."""
    flow = WORKFLOWS[FLOW]
    lane: Lane[Any] | None = flow.lane
    assert lane
    assert lane.work
    work, ended = lane.work, 0

    def opening() -> BinaryIO:
        return place.open("rb")

    def read() -> Iterator[Line]:
        for number, row in enumerate(lane.read(opening), 1):
            assert isinstance(row, str)
            yield Line(number=number, text=row)

    size, batches = place.stat().st_size, sum(1 for _ in cut(read(), lane.batch))
    rows = size and sum(1 for _ in place.open("rb"))
    known = Filed(name="a.jsonl", size=size, rows=rows, quarantined=0, batches=batches, digest="d")
    of = Pinned(lane.describe(known, flow.release), flow.release)

    def settled() -> Iterator[Settled]:
        nonlocal ended
        for line in read():
            worked = work(of, line.text, Told())
            assert isinstance(worked, Done)
            ended += 1
            yield Settled(line.number, ItemState.DONE, result=worked.result)

    made = sum(1 for _ in lane.finish(of, opening, settled()))
    assert made > 3
    return ended, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


@pytest.mark.soak
@pytest.mark.timeout(1_200)
@pytest.mark.parametrize("rows", [10_000, 100_000])
def test_a_file_fits_into_its_functions(rows: int, tmp_path: Path, figure: Figure) -> None:
    """With the interpreter and all code; most of it is what the documents say of each row."""
    place = tmp_path / "a.jsonl"
    place.write_bytes(lines(rows))
    with ProcessPoolExecutor(1, get_context("spawn")) as beside:
        ended, megabytes = beside.submit(gone_through, place).result()
    figure(f"{megabytes} MB of {COLLECT} for {rows} rows", rows)
    assert ended == rows
    assert megabytes < COLLECT
