"""How much memory a file takes that is read in one visit, judged, and made into its documents."""

from __future__ import annotations

import json
import resource
from collections.abc import Callable, Iterable, Iterator
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


Making = Callable[[int], Iterable[bytes]]


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


def in_one(rows: int) -> Iterator[bytes]:
    """So many receipts that keep every rule."""
    yield lines(rows)


def to_correct(rows: int) -> Iterator[bytes]:
    """So many receipts of 5 kB, each with a box three pixels outside its picture."""
    note = "x" * 4_600
    box = {"label": "receipt", "x": 100, "y": 100, "width": 903, "height": 1_200}
    for line in lines(rows).splitlines():
        row = json.loads(line)
        row |= {"note": note, "width": 1_000, "height": 1_400, "spans": [*row["spans"], box]}
        yield json.dumps(row).encode() + b"\n"


@pytest.mark.soak
@pytest.mark.timeout(1_200)
@pytest.mark.parametrize(
    ("rows", "made"),
    [(10_000, in_one), (100_000, in_one), (40_000, to_correct)],
    ids=["10,000", "100,000", "40,000 of 200 MB, all corrected"],
)
def test_a_file_fits_into_its_functions(
    rows: int, made: Making, tmp_path: Path, figure: Figure
) -> None:
    """With the interpreter and all code; most of it is what the documents say of each row, and the
    file itself where it comes back corrected."""
    place = tmp_path / "a.jsonl"
    with place.open("wb") as file:
        file.writelines(made(rows))
    size = place.stat().st_size // 1_000_000
    with ProcessPoolExecutor(1, get_context("spawn")) as beside:
        ended, megabytes = beside.submit(gone_through, place).result()
    figure(f"{megabytes} MB of {COLLECT} for {rows:,} rows, {size} MB", rows)
    assert ended == rows
    assert megabytes < COLLECT
