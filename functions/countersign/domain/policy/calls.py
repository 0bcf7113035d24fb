"""What was asked of a model for a job, and what came: the trace of its calls, beside the job."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import reduce
from typing import ClassVar

from countersign.domain.contract import Contract, Stored
from countersign.domain.policy.prices import Price
from countersign.domain.policy.proposal import Ended, ModelReply, Usage

_NAME = "call."
SEGMENT = "answer."
"""What the names of answers about segments begin with."""


class ModelCall(Contract):
    """One call: kept so that nobody asks the same again, and an invalid one as evidence only."""

    CONTRACT: ClassVar[str] = "model.call"
    VERSION: ClassVar[int] = 1

    plan: int
    """Which plan it is for."""
    number: int
    """Which of the plan's calls, from 0."""
    size: str
    why: str
    """Why it was asked of a model of this size, in a sentence."""
    repairs: bool = False
    """Whether it shows the model its own faults."""
    asked: tuple[tuple[str, str], ...]
    """(role, text) of all but the system's prompt, which is the release's."""
    request: str
    """Digest of the release, the size and what was asked."""
    model: str
    """Which model answered, as the endpoint names it."""
    offline: bool
    ended: Ended
    content: str
    faults: tuple[str, ...] = ()
    """What is wrong with the answer; one with any is never taken for an answer."""
    usage: Usage
    milliseconds: int
    at: datetime

    @property
    def name(self) -> str:
        """Under which the job has it."""
        return f"{_NAME}{self.plan}.{self.number}"


def spent_by(results: Mapping[str, Stored], price: Price) -> Usage:
    """What all calls of a job used and cost; answers about segments at the price of their size."""
    whole = [one.usage for one in calls_of(results)]
    parts = (held.as_(ModelReply) for name, held in results.items() if name.startswith(SEGMENT))
    priced = (price.priced(one.usage, offline=one.offline) for one in parts)
    return reduce(Usage.plus, (*whole, *priced), Usage())


def calls_of(results: Mapping[str, Stored]) -> tuple[ModelCall, ...]:
    """All calls of a job, in order."""
    found = (held.as_(ModelCall) for name, held in results.items() if name.startswith(_NAME))
    return tuple(sorted(found, key=lambda one: (one.plan, one.number)))
