"""Rules: deterministic predicates with an id and a sentence; each gives a finding or nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Generic, TypeVar

from countersign.domain.contract import Contract, Value
from countersign.domain.policy.proposal import Proposal
from countersign.domain.policy.records import Records
from countersign.domain.policy.release import Limits
from countersign.domain.policy.states import SENTENCES, found_in

InputT = TypeVar("InputT", bound=Contract)


_PLACE = re.compile(r"\{(value|threshold)(?:\|([^{}]*))?\}")


class Found(Value):
    """A rule's sentence with what it is about: the value that the rule saw and the threshold that
    it compared with, both as text.

    The sentence has places for them, each with the words that stand there where no value may:
    `{value|the sum} is more than is refunded without a signature ({threshold|the limit})`.
    """

    rule: str
    sentence: str
    value: str = ""
    threshold: str = ""

    @property
    def told(self) -> str:
        """The whole sentence, for whoever may read what the message says."""
        told = _trimmed(
            _PLACE.sub(lambda place: getattr(self, place[1]) or _words(place), self.sentence)
        )
        return f"{told[:1].upper()}{told[1:]}." if told else ""

    @property
    def bare(self) -> str:
        """The sentence without anything of the message: for logs, and what goes between states."""
        return _trimmed(_PLACE.sub(_words, self.sentence))


def _words(place: re.Match[str]) -> str:
    return place[2] or ""


def _trimmed(sentence: str) -> str:
    """Without a stop, or a colon after which nothing came."""
    return sentence.rstrip(".: ")


class Finding(Found):
    """What a rule found."""


class Findings(Contract):
    """Everything that the rules found for one job, as it is stored."""

    CONTRACT: ClassVar[str] = "findings"
    VERSION: ClassVar[int] = 1

    found: tuple[Finding, ...]


@dataclass(frozen=True, eq=False)  # one look at one job: what is read from it can be kept by it
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
    evidence: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """What came of the job's own actions that were verified, by the action's id."""
    asked: bool = False
    """Whether the job has asked its sender already."""
    capped: tuple[Finding, ...] = ()
    """Caps that are reached: found by trying to reserve, and judged like what rules find."""
    heard: dict[object, object] = field(default_factory=dict, init=False, repr=False)
    """What checks found here: a plan that depends on the policy asks the same ones first."""


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
    """What all `rules` say, in their order, then the state of the release, then what caps said."""
    found = (rule.find(situation) for rule in rules)
    stated = found_in(situation.limits)
    state = (Finding(rule=stated, sentence=SENTENCES[stated]),) if stated else ()
    return (*(finding for finding in found if finding is not None), *state, *situation.capped)
