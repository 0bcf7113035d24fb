"""A file of annotations on its way through the lane: judged, reported, corrected, taken over."""

from __future__ import annotations

import json

import pytest

from countersign.domain.jobs.job import Status
from countersign.lane.files import LaneFiles
from tests.fakes.items_machine import ItemsMachine
from tests.fakes.journey import Journey, accept
from tests.fakes.world import World
from tests.guarantees.receipts import honest, move
from workflows import WORKFLOWS

FLOW = WORKFLOWS["annotation_qa"]


class Walk:
    """One file on its way, to its end or its wait for a signature."""

    def __init__(self, body: bytes) -> None:
        self.world = World(FLOW.offline)
        self.job_id = accept(self.world, body, workflow=FLOW.id, door="upload")
        self.goes()
        machine = ItemsMachine(self.world)
        while self.journey.record.job.status is Status.PARKED:
            machine.runs()
            self.goes()

    def goes(self) -> None:
        self.journey = Journey(self.world, self.job_id)
        self.journey.goes()

    @property
    def planned(self) -> dict[str, str]:
        return {held.action: held.status for held in self.journey.record.ledger}

    def document(self, name: str) -> bytes:
        return LaneFiles(self.world.payloads, self.job_id).document(name)


def lines(count: int, *, faulty: int | None = None) -> bytes:
    made = [honest(n) for n in range(count)]
    if faulty is not None:
        move("note", start=-1)(made[faulty])
    return b"".join(line for one in made for line in one.lines())


def test_a_file_is_judged_and_what_is_corrected_waits_for_a_signature() -> None:
    """The report says what was found, and what is signed that questions stay open; twice the same
    file gives the same bytes."""
    walk, again = Walk(lines(12, faulty=3)), Walk(lines(12, faulty=3))
    assert walk.journey.record.job.status is Status.WAITING_FOR_REVIEW
    assert walk.planned == {"bulk.run": "verified", "files.store": "planned"}
    _, stored = walk.journey.record.ledger
    assert "4 of its 50 rules are questions" in stored.body
    report = json.loads(walk.document("report.json"))
    assert (report["counts"]["items"], report["counts"]["quarantined"]) == (12, 0)
    assert [one["rule"] for one in report["findings"]] == ["span.trimmed"]
    for name in ("report.json", "items.csv", "findings.csv"):
        assert walk.document(name) == again.document(name)


def test_what_is_right_ends_by_itself() -> None:
    """Nothing is corrected: there is nothing to take over."""
    walk = Walk(lines(4))
    assert walk.journey.record.job.status is Status.COMPLETED
    assert walk.planned == {"bulk.run": "verified"}


@pytest.mark.parametrize("body", [b"name,price\nchair,12\n", b'{"info": {}, "images": [', b"{bad"])
def test_what_is_no_file_of_annotations_is_a_persons(body: bytes) -> None:
    """The whole of it, or all of its records."""
    walk = Walk(body)
    assert walk.journey.record.job.status in (Status.ESCALATED, Status.WAITING_FOR_REVIEW)
