"""Rules: deterministic predicates with an id and a sentence; each gives a finding or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Generic, TypeVar

from countersign.domain.contract import Contract, Value
from countersign.domain.policy.proposal import Proposal
from countersign.domain.policy.records import Records
from countersign.domain.policy.release import Limits

InputT = TypeVar("InputT", bound=Contract)


class Finding(Value):
    """What a rule found: the value it saw and the threshold it compared with, both as text."""

    rule: str
    sentence: str
    value: str = ""
    threshold: str = ""


class Findings(Contract):
    """Everything that the rules found for one job, as it is stored."""

    CONTRACT: ClassVar[str] = "findings"
    VERSION: ClassVar[int] = 1

    found: tuple[Finding, ...]


@dataclass(frozen=True)
class Situation(Generic[InputT]):
    """Everything that rules may look at. Nothing else decides."""

    job_id: str
    input: InputT
    proposal: Proposal
    records: Records
    limits: Limits
    now: datetime
    edited: tuple[Contract, ...] = ()
    """Parameters of actions that people changed: their words are judged as a model's are."""
    ours: frozenset[str] = frozenset()
    """Keys of this job's own actions: what they left in the records is no news to its rules."""
    received_at: datetime | None = None
    """When the event came to us; None on a bench."""
    capped: tuple[Finding, ...] = ()
    """Caps that are reached: found by trying to reserve, and judged like what rules find."""


@dataclass(frozen=True)
class Rule(Generic[InputT]):
    """A predicate with the sentence that a person reads. `check` returns (value, threshold)."""

    id: str
    sentence: str
    check: Callable[[Situation[InputT]], tuple[object, object] | None] = field(repr=False)

    def find(self, situation: Situation[InputT]) -> Finding | None:
        """The finding, or None when the rule has nothing to say."""
        hit = self.check(situation)
        if hit is None:
            return None
        value, threshold = hit
        return Finding(
            rule=self.id, sentence=self.sentence, value=str(value), threshold=str(threshold)
        )


def findings(rules: Iterable[Rule[InputT]], situation: Situation[InputT]) -> tuple[Finding, ...]:
    """What all `rules` say, in their order, and then what caps said."""
    found = (rule.find(situation) for rule in rules)
    return (*(finding for finding in found if finding is not None), *situation.capped)
