"""What comes in, counted by how it ended, why, and what kind it is: the case that nobody foresaw is
a line of its own."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

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
        among[one.workflow, one.outcome, plain(one.reason), one.kind].append(one.job_id)
    total = sum(map(len, among.values()))
    lines = (
        InputCount(*key, len(ids), len(ids) / total, tuple(ids[:samples]))
        for key, ids in among.items()
    )
    return tuple(sorted(lines, key=lambda line: (-line.count, line.workflow, line.reason)))


def plain(reason: str) -> str:
    """A reason without the figures that make each job's its own."""
    text = _NUMBER.sub("…", reason)
    return text if len(text) <= _LONGEST else text[:_LONGEST].rsplit(" ", 1)[0] + " …"
