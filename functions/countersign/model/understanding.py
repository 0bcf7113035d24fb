"""An input understood by a release, without a job: what Propose would make of it, not stored."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from countersign.domain.policy.calls import ModelCall
from countersign.domain.policy.proposal import Proposal, Usage
from countersign.domain.policy.release import Release, Size
from countersign.domain.ports import ModelAnswer, ModelRequest
from countersign.domain.workflow import Joined, Segmented, Workflow
from countersign.model import segments
from countersign.model.proposals import by_signs, drafted, proposal_of
from countersign.model.rounds import Question, Rounds
from countersign.model.segments import Reading

Answers = Callable[[ModelRequest, Size], ModelAnswer]
"""Who is asked; raises what a model raises."""


def understood(workflow: Workflow[Any], release: Release, given: Any, answers: Answers) -> Proposal:
    """The proposal of this release for an input. Raises Ungrounded when the answers stay none, and
    what `answers` raises."""
    signs = by_signs(workflow, given, release.limits)
    if signs is not None:
        return signs
    asked = _Asked(release, answers)
    joined = _joined(workflow.segmented, given, asked) if workflow.segmented else None
    shown = joined.text if joined else workflow.prompt_text(given)
    rounds = Rounds(workflow, release, given, shown)
    calls: tuple[ModelCall, ...] = ()
    while isinstance(turn := rounds.next(calls), Question):
        answer = asked.of(turn.request, turn.size)
        numbered = replace(turn, number=len(calls))
        calls = (*calls, rounds.called(numbered, "", answer, _untimed()))
    last = rounds.counts(calls)
    made = proposal_of(workflow, given, turn, model=last.model, offline=last.offline)
    return segments.together(made.model_copy(update={"usage": asked.usage}), joined)


def by_heuristics(
    workflow: Workflow[Any], given: Any, said: Mapping[str, Any], *, offline: bool
) -> tuple[Proposal | None, list[str]]:
    """What the workflow's heuristics make of an input, with what is `said` instead of parts of
    their answer: the proposal, and what is wrong with the answer. `offline`: they are taken for
    what they are, and not for a model."""
    signs = by_signs(workflow, given, workflow.release.limits)
    if signs is not None:
        return signs, []
    shown, joined = segments.shown(workflow, given)
    content = json.dumps({**workflow.offline(shown), **said})
    draft, faults = drafted(workflow, given, content)
    if draft is None:
        return None, faults
    made = proposal_of(workflow, given, draft, model="heuristics", offline=offline)
    return segments.together(made, joined), faults


class _Asked:
    """A model that is asked one question after the other, and what all of them cost."""

    def __init__(self, release: Release, answers: Answers) -> None:
        self.release = release
        self.usage = Usage()
        self._answers = answers

    def of(self, request: ModelRequest, size: Size) -> ModelAnswer:
        answer = self._answers(request, size)
        spent = size.price.priced(answer.usage, offline=answer.offline)
        self.usage = self.usage.plus(spent)
        return answer


def _joined(segmented: Segmented[Any], given: Any, asked: _Asked) -> Joined:
    """What the valid answers about all segments are together, each asked about as Propose does."""
    valid = dict[str, Any]()
    for one in segmented.split(given):
        reading, calls = Reading(segmented, asked.release, given, one), list[ModelCall]()
        while part := reading.next(calls):
            answer = asked.of(part.request, part.size)
            calls.append(reading.called(part, "", answer, _untimed()))
        found = reading.answer(calls)
        if found is not None:
            valid[one.name] = found
    return segmented.join(given, valid)


def _untimed() -> tuple[datetime, datetime]:
    """When a call began and ended that nobody stores."""
    never = datetime(1, 1, 1, tzinfo=UTC)
    return never, never
