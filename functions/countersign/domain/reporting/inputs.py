"""What comes in, counted by how it ended, why, and what kind it is: the case that nobody foresaw is
a line of its own."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

_NUMBER = re.compile(r"\d[\d.,:/-]*")
_LONGEST = 80


@dataclass(frozen=True)
class Arrived:
    """One input: its job, how that ended, why, and what kind of input it was."""

    job_id: str
    workflow: str
    outcome: str
    reason: str
    kind: str
    release: str = ""
    at: datetime | None = None
    """When it came."""

    @property
    def line(self) -> tuple[str, str, str, str]:
        """What it is counted under: workflow, outcome, reason, kind."""
        return self.workflow, self.outcome, plain(self.reason), self.kind


@dataclass(frozen=True)
class InputCount:
    """One line: so many inputs of a kind ended so, for this reason; the ids of some."""

    workflow: str
    outcome: str
    reason: str
    kind: str
    count: int
    share: float
    samples: tuple[str, ...]


def counted(arrived: Iterable[Arrived], samples: int) -> tuple[InputCount, ...]:
    """The lines, the largest first; `share` is of all inputs, 0 to 1."""
    among: dict[tuple[str, str, str, str], list[str]] = defaultdict(list)
    for one in arrived:
        among[one.line].append(one.job_id)
    total = sum(map(len, among.values()))
    lines = (
        InputCount(*key, len(ids), len(ids) / total, tuple(ids[:samples]))
        for key, ids in among.items()
    )
    return tuple(sorted(lines, key=lambda line: (-line.count, line.workflow, line.reason)))


@dataclass(frozen=True)
class Around:
    """One line before a release and under it: how many, and their shares of the inputs of the
    workflow at that time, 0 to 1. The ids are of those under it, or else of those before."""

    workflow: str
    outcome: str
    reason: str
    kind: str
    before: int
    after: int
    share_before: float
    share_after: float
    samples: tuple[str, ...]


def around(arrived: Iterable[Arrived], release: str, samples: int) -> tuple[Around, ...]:
    """The lines of the workflow whose `release` it is, what changed most first: what came before
    its first job, against what came under it. Others' inputs meanwhile, a canary's, are neither."""
    every = sorted(arrived, key=lambda one: (one.at is not None, one.at or one.job_id))
    after = [one for one in every if one.release == release]
    if not after:
        return ()
    first = every.index(after[0])
    before = [one for one in every[:first] if one.workflow == after[0].workflow]
    then, now = Counter(one.line for one in before), Counter(one.line for one in after)
    lines = [
        Around(
            *line,
            before=then[line],
            after=now[line],
            share_before=then[line] / max(len(before), 1),
            share_after=now[line] / len(after),
            samples=_ids(line, (after, before), samples),
        )
        for line in dict.fromkeys((*then, *now))
    ]
    change = sorted(lines, key=lambda one: one.share_after, reverse=True)
    return tuple(sorted(change, key=lambda one: -abs(one.share_after - one.share_before)))


def _ids(line: tuple[str, ...], times: Iterable[Sequence[Arrived]], most: int) -> tuple[str, ...]:
    """Some of the first time that has any."""
    found = ([one.job_id for one in time if one.line == line] for time in times)
    return tuple(next(filter(None, found), [])[:most])


def plain(reason: str) -> str:
    """A reason without the figures that make each job's its own."""
    text = _NUMBER.sub("…", reason)
    return text if len(text) <= _LONGEST else text[:_LONGEST].rsplit(" ", 1)[0] + " …"
