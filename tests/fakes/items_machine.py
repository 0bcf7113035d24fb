"""The second machine's functions run one after the other, as its definition orders them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, TypeVar

from countersign.campaigns.send import send
from countersign.domain.errors import CountersignError
from countersign.domain.jobs.job import Pointer
from countersign.domain.lane.batches import Batch
from countersign.lane.collect import collect
from countersign.lane.functions import BatchCall, RunCall, run
from countersign.lane.split import split
from countersign.lane.work import work
from countersign.runtime.deps import Deps
from tests.fakes.world import World

TRIES = 3
"""Of a child, before the machine catches whatever it raises."""
TIME = timedelta(seconds=290)
CallT = TypeVar("CallT", bound=RunCall)


class Killed(BaseException):
    """The process is gone."""


class ItemsMachine:
    """Executions of the second machine."""

    def __init__(self, world: World) -> None:
        self._world = world

    def runs(self) -> None:
        """Whatever was started and is not over, to its end."""
        for name, job_id in list(self._world.item_runs.started):
            if name not in self._world.item_runs.over:
                for child in self.children(name, job_id):
                    self.works(child)
                self.collects(name, job_id)

    def children(self, name: str, job_id: str) -> Iterator[BatchCall]:
        """Split, and a call for each child."""
        said = self.enters(split, self._call(name, job_id, "Split"))
        listed = self._world.payloads.get(Pointer.to("", said["key"]))
        for batch in map(Batch.model_validate, json.loads(listed)):
            call = self._call(name, job_id, "Send" if said["sends"] else "Work").model_dump()
            yield BatchCall(**call, batch=batch)

    def works(self, child: BatchCall) -> None:
        """One child: it is tried again, and whatever it raises at last, it ends."""
        for tries in range(TRIES):
            try:
                does = send if child.state == "Send" else work
                self.enters(does, child.model_copy(update={"retries": tries}))
            except CountersignError:
                continue
            return

    def collects(self, name: str, job_id: str) -> None:
        """Collect; the execution is over then."""
        self.enters(collect, self._call(name, job_id, "Collect"))
        self._world.item_runs.over.add(name)

    def enters(
        self, function: Callable[[Deps, CallT], dict[str, Any]], call: CallT
    ) -> dict[str, Any]:
        """One try of a function, in a process of its own; once more where that was killed."""
        ends = self._world.clock.now() + TIME
        given = call.model_copy(update={"ends_at": ends})
        try:
            return run(self._world.deps_again(), function, given)
        except Killed:
            return run(self._world.deps_again(), function, given)

    def _call(self, name: str, job_id: str, state: str) -> RunCall:
        return RunCall(job_id=job_id, execution=name, state=state)
