"""What candidates made of jobs, and the queue that shows them, in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

from countersign.domain.releases.comparing import Judged


class FakeShadows:
    """candidate_shadow.Shadows."""

    def __init__(self) -> None:
        self._kept: dict[str, dict[str, Judged]] = defaultdict(dict)
        self._spent: dict[str, Decimal] = defaultdict(Decimal)
        self._begun: set[str] = set()

    def spend(self, release: str, usd: Decimal, most: Decimal) -> bool:
        if self._spent[release] + usd > most:
            return False
        self._spent[release] += usd
        return True

    def give_back(self, release: str, usd: Decimal) -> None:
        self._spent[release] -= usd

    def spent(self, release: str) -> Decimal:
        return self._spent[release]

    def first(self, release: str) -> bool:
        new = release not in self._begun
        self._begun.add(release)
        return new

    def has(self, release: str, job_id: str) -> bool:
        return job_id in self._kept[release]

    def keep(self, release: str, job_id: str, made: Judged) -> None:
        self._kept[release][job_id] = made

    def kept(self, release: str) -> Mapping[str, Judged]:
        return dict(self._kept[release])


class FakeShadowQueue:
    """candidate_shadow.ShadowQueue."""

    def __init__(self) -> None:
        self.shown: list[tuple[str, str]] = []
        self.measured: list[tuple[str, str, str]] = []
        self.broken: Exception | None = None

    def show(self, job_id: str, release: str) -> None:
        if self.broken:
            raise self.broken
        self.shown.append((job_id, release))

    def measure(self, workflow: str, release: str, week: str) -> None:
        self.measured.append((workflow, release, week))
