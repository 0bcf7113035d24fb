"""Stored releases in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from countersign.domain.errors import NotFound, StoreConflict
from countersign.domain.releases.rollout import RUNNING, Change, Closed, Rollout


class FakeRollouts:
    """ports.Rollouts."""

    def __init__(self) -> None:
        self._held: dict[tuple[str, str], Rollout] = {}
        self._closed: dict[str, dict[str, Closed]] = defaultdict(dict)
        self.reads = 0
        """How often a door asked."""

    def of(self, workflow: str) -> Sequence[Rollout]:
        mine = (one for one in self._held.values() if one.workflow == workflow)
        return sorted(mine, key=lambda one: one.at)

    def running(self) -> Sequence[Rollout]:
        self.reads += 1
        return [one for one in self._held.values() if one.state in RUNNING or one.owes_a_mail]

    def rollout(self, workflow: str, digest: str) -> Rollout:
        try:
            return self._held[workflow, digest]
        except KeyError:
            raise NotFound(f"{workflow} has no stored release {digest[:12]}") from None

    def change(self, changes: Sequence[Change]) -> None:
        for before, after in changes:
            held = self._held.get((after.workflow, after.digest))
            if (held.version if held else None) != (before.version if before else None):
                raise StoreConflict("the release was changed meanwhile")
        self._held.update({(after.workflow, after.digest): after for _, after in changes})

    def close(self, canary: str, job: Closed) -> None:
        self._closed[canary][job.job_id] = job

    def closed(self, canary: str) -> Sequence[Closed]:
        return sorted(self._closed[canary].values(), key=lambda one: (one.at, one.job_id))
