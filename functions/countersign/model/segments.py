"""A long input read in segments: what is asked about one, what counts as its answer, and all of
them together. An item of a file is asked about as a segment is."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from pydantic import ValidationError

from countersign.domain.canonical import canonical, digest
from countersign.domain.contract import Contract, explain
from countersign.domain.policy.calls import ModelCall
from countersign.domain.policy.proposal import IN_VAIN, Proposal
from countersign.domain.policy.release import Release, Size
from countersign.domain.ports import ModelAnswer, ModelRequest
from countersign.domain.workflow import Joined, Segment, Workflow
from countersign.model.proposals import misended
from countersign.model.rounds import Messages, as_call, repaired, request_of
from countersign.model.schemas import strict_schema, subset_of

SUFFIX = "_segment"
"""What the name of a schema ends with that is about one segment."""
OF_AN_ITEM = "_item"
"""The same of one that is about an item of a file."""
_PER_DROPPED = Decimal("0.05")


class Questions(Protocol):
    """What is asked about pieces of an input."""

    @property
    def answer(self) -> type[Contract]:
        """What the model must answer about one."""

    @property
    def faults(self) -> Callable[[Any, Segment, Any], Sequence[str]]:
        """What an answer gets wrong about its piece, in sentences for the repair round."""


@dataclass(frozen=True)
class Part:
    """What is asked about one segment, of which size of model, and why."""

    of: Reading
    size: Size
    why: str
    request: ModelRequest
    number: int = 0
    """Which of the segment's questions it is."""
    repairs: bool = False

    @property
    def asked(self) -> Messages:
        """All but the system's prompt, which is the release's."""
        return self.request.messages[1:]

    def digest(self, pinned: str) -> str:
        """Of the whole question, under the release whose digest is `pinned`."""
        asked = {one.name: getattr(self.request, one.name) for one in fields(self.request)}
        return digest(canonical([pinned, asked]))


@dataclass(frozen=True)
class Reading:
    """One segment's questions: as those of a whole input, but that what stays wrong is left out."""

    about: Questions
    release: Release
    given: Any
    segment: Segment
    piece: str = "of a long input"
    suffix: str = SUFFIX

    def next(self, calls: Sequence[ModelCall]) -> Part | None:
        """What to ask after these calls: the repair, once; the next size, once, where none of them
        gave an answer. None: nothing more."""
        if not calls:
            return self._part(0, self.release.sizes[0], f"{self.segment.name} {self.piece}")
        last = calls[-1]
        if not last.faults:
            return None
        size = next(one for one in self.release.sizes if one.name == last.size)
        if last.ended not in IN_VAIN and not any(one.repairs for one in calls):
            why = f"{self.segment.name}: the {size.name} model is shown its faults"
            return self._part(
                len(calls), size, why, repaired(last.asked, last.content, last.faults)
            )
        larger = self.release.sizes[self.release.sizes.index(size) + 1 :]
        if self.answer(calls) is None and larger:
            why = f"{self.segment.name}: the {size.name} model gave no valid answer"
            return self._part(len(calls), larger[0], why)
        return None

    def answer(self, calls: Sequence[ModelCall]) -> Any:
        """The last answer that keeps its contract; None without any."""
        read = (parsed(self.about, one.content)[0] for one in reversed(calls))
        return next((one for one in read if one is not None), None)

    def called(
        self, part: Part, request: str, answer: ModelAnswer, times: tuple[datetime, datetime]
    ) -> ModelCall:
        """The call that was answered so, with its faults: as `Rounds.called`."""
        _, faults = answered(self.about, self.given, self.segment, answer.content)
        made = as_call(part, request, answer, times, self.segment.name)
        return made.model_copy(update={"faults": (*misended(answer.ended), *faults)})

    def _part(self, number: int, size: Size, why: str, asked: Messages = ()) -> Part:
        plain = request_of(self.release, size, asked or (("user", self.segment.text),))
        schema = strict_schema(self.about.answer, subset_of(size.price))
        named = f"{self.release.workflow}{self.suffix}"
        request = replace(plain, schema_name=named, schema=schema)
        return Part(self, size, why, request, number, repairs=bool(asked))


def answered(about: Questions, given: Any, segment: Segment, content: str) -> tuple[Any, list[str]]:
    """The answer about a segment (JSON), and what is wrong with it, in sentences; no answer when it
    breaks its contract."""
    answer, broken = parsed(about, content)
    return answer, broken or list(about.faults(given, segment, answer))


def parsed(about: Questions, content: str) -> tuple[Any, list[str]]:
    """The answer, and how it breaks its contract; no answer then."""
    try:
        return about.answer.model_validate_json(content), []
    except ValidationError as broken:
        return None, [explain("answer", broken)]


def shown(
    workflow: Workflow[Any], given: Contract, said: Mapping[str, Any] | None = None
) -> tuple[str, Joined | None]:
    """What is shown for the answer about the whole input, and what was found in its segments, where
    it has some: in what is `said` of one, by its name, else by the plain heuristics."""
    about = workflow.segmented
    if about is None:
        return workflow.prompt_text(given), None
    told, found = said or {}, dict[str, Any]()
    for one in about.split(given):
        content = json.dumps(told[one.name] if one.name in told else about.offline(one.text))
        found[one.name], _ = answered(about, given, one, content)
    joined = about.join(given, {name: one for name, one in found.items() if one is not None})
    return joined.text, joined


def together(proposal: Proposal, joined: Joined | None) -> Proposal:
    """The proposal with what was found in the segments. What was said there and stands nowhere
    lowers the confidence, as everywhere."""
    if joined is None:
        return proposal
    less = proposal.confidence - _PER_DROPPED * len(joined.dropped)
    return proposal.model_copy(
        update={
            "facts": {**proposal.facts, **joined.facts},
            "dropped": {**proposal.dropped, **joined.dropped},
            "confidence": max(less, Decimal(0)),
            "covered": joined.covered,
        }
    )
