"""What was asked of a model for a job, and what came: the trace of its calls, beside the job."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import reduce
from typing import ClassVar

from countersign.domain.contract import Contract, Stored
from countersign.domain.policy.proposal import Ended, Usage

CALL = "call."
"""What the names of calls about the whole input begin with."""
SEGMENT = "answer."
"""What the names of answers about segments begin with."""


class ModelCall(Contract):
    """One call: kept so that nobody asks the same again, and an invalid one as evidence only."""

    CONTRACT: ClassVar[str] = "model.call"
    VERSION: ClassVar[int] = 1

    plan: int
    """Which plan it is for."""
    number: int
    """Which of the plan's calls, or of those about its segment, from 0."""
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
    segment: str = ""
    """Which part of a long input it is about; empty: the whole."""

    @property
    def name(self) -> str:
        """Under which the job has it."""
        if self.segment:
            return segment_name(self.request)
        return f"{CALL}{self.plan}.{self.number}"


def segment_name(request: str) -> str:
    """Under which a job has the call about a segment with this digest of its question."""
    return SEGMENT + request[:32]


def spent_by(results: Mapping[str, Stored]) -> Usage:
    """What all calls of a job used and cost."""
    return reduce(Usage.plus, (one.usage for one in every_call(results)), Usage())


def every_call(results: Mapping[str, Stored]) -> tuple[ModelCall, ...]:
    """All calls of a job: about segments of its input first, since the whole is asked from them."""
    return (*segment_calls_of(results), *calls_of(results))


def segment_calls_of(results: Mapping[str, Stored]) -> tuple[ModelCall, ...]:
    """The calls about segments of a job's input, by when they were made."""
    found = (held.as_(ModelCall) for name, held in results.items() if name.startswith(SEGMENT))
    return tuple(sorted(found, key=lambda one: (one.at, one.segment, one.number)))


def calls_of(results: Mapping[str, Stored]) -> tuple[ModelCall, ...]:
    """The calls about a job's whole input, in order."""
    found = (held.as_(ModelCall) for name, held in results.items() if name.startswith(CALL))
    return tuple(sorted(found, key=lambda one: (one.plan, one.number)))
