"""Files whose items are worked on, in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from countersign.domain.errors import BatchTaken, StoreConflict
from countersign.domain.lane.batches import Head
from countersign.domain.lane.control import Control
from countersign.domain.lane.items import Item, is_left
from countersign.domain.lane.run import Run

Batch = tuple[str, int]


class FakeLanes:
    """lane.run.Lanes."""

    def __init__(self, *, looks_at_head: bool = True) -> None:
        self._runs: dict[str, Run] = {}
        self._controls: dict[str, Control] = {}
        self._heads: dict[Batch, Head] = {}
        self._items: dict[Batch, dict[int, Item]] = defaultdict(dict)
        self._looks_at_head = looks_at_head
        """Without it, a claim is what a naive design would make of it."""

    def run(self, job_id: str) -> Run | None:
        return self._runs.get(job_id)

    def keep_run(self, before: Run | None, after: Run) -> None:
        if self._runs.get(after.job_id) != before:
            raise StoreConflict("it changed meanwhile")
        self._runs[after.job_id] = after

    def control(self, job_id: str) -> Control:
        return self._controls.get(job_id, Control())

    def keep_control(self, job_id: str, before: Control, after: Control) -> None:
        if self.control(job_id) != before:
            raise StoreConflict("it changed meanwhile")
        self._controls[job_id] = after

    def head(self, job_id: str, batch: int) -> Head | None:
        return self._heads.get((job_id, batch))

    def heads(self, job_id: str, batches: Iterable[int]) -> Mapping[int, Head]:
        found = {one: self.head(job_id, one) for one in batches}
        return {number: head for number, head in found.items() if head}

    def keep_head(self, job_id: str, batch: int, before: Head | None, after: Head) -> None:
        held = self.head(job_id, batch)
        if (held.entry if held else None) != (before.entry if before else None):
            raise StoreConflict("somebody else entered the batch")
        self._heads[job_id, batch] = after

    def items(self, job_id: str, batch: int) -> Mapping[int, Item]:
        return dict(self._items[job_id, batch])

    def claim(self, job_id: str, batch: int, item: Item) -> None:
        held = self._items[job_id, batch].get(item.number)
        if self._looks_at_head:
            head = self.head(job_id, batch)
            if head is None or head.entry != item.entry:
                raise BatchTaken("somebody else entered the batch")
            if held and held.entry >= item.entry:
                raise BatchTaken("somebody else claimed the item")
        if not is_left(held):
            raise BatchTaken("the item has ended")
        self._items[job_id, batch][item.number] = item

    def record(self, job_id: str, batch: int, item: Item) -> None:
        held = self._items[job_id, batch].get(item.number)
        if held == item:
            return
        if self._looks_at_head and (held is None or held.ended or held.entry != item.entry):
            raise BatchTaken("somebody else claimed the item")
        self._items[job_id, batch][item.number] = item


class FakeItemRuns:
    """The second machine as seen from outside: what was started, and what ended."""

    def __init__(self) -> None:
        self.started: list[tuple[str, str]] = []
        self.over: set[str] = set()

    def start(self, name: str, job_id: str) -> bool:
        if (name, job_id) not in self.started:
            self.started.append((name, job_id))
        return self.running(name)

    def succeed(self, token: str, job_id: str) -> bool:
        raise AssertionError(f"no run waits for {token} of {job_id}")

    def running(self, name: str) -> bool:
        return name not in self.over
