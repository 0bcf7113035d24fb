"""A file of very many items on the local cloud: every row ends in one state."""

from __future__ import annotations

import json
import os
import resource
from collections.abc import Callable, Iterator

import pytest

from countersign.domain.jobs.job import Status
from countersign.lane.progress import progress
from infra.bench import items
from infra.local.stand import Plan, stand

Figure = Callable[[str, int], None]
pytestmark = [pytest.mark.cloud, pytest.mark.soak, pytest.mark.timeout(5_000)]

PICTURES = int(os.environ.get("SOAK_ITEMS", "100000"))
"""Without a text there is nothing to ask: what is measured is the lane."""


def lines() -> Iterator[bytes]:
    """Pictures with one box each."""
    for number in range(1, PICTURES + 1):
        box = {"label": "receipt", "x": 10, "y": 10, "width": 380, "height": 580}
        row = {"id": f"p{number}", "width": 400, "height": 600, "annotator": "kim", "spans": [box]}
        yield json.dumps(row | {"label": "paid"}).encode() + b"\n"


def test_a_hundred_thousand_items_are_each_in_one_state(
    figure: Figure, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is left, and everything is done."""
    monkeypatch.setattr(items, "WITHIN_SECONDS", 4_500.0)
    said: list[str] = []
    with stand(Plan(port=0, real_time=True), said.append) as running:
        seconds, job_id = items.worked(running, b"".join(lines()), said.append, "soak.jsonl")
        record, seen = running.deps.store.load(job_id), progress(running.deps, job_id).seen
    with capsys.disabled():
        print(f"{PICTURES:,} items in {seconds:.0f} s, {PICTURES / seconds:.0f} a second")  # noqa: T201 - the figure
    figure("items", PICTURES)
    figure("kilobytes at most", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
    assert record.job.status in {Status.COMPLETED, Status.WAITING_FOR_REVIEW}, record.job.reason
    assert (seen.rows, seen.done, seen.left) == (PICTURES, PICTURES, 0)
