"""A long input read in segments: what counts as an answer about one, and all of them together."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from countersign.domain.contract import Contract, explain
from countersign.domain.policy.proposal import Proposal
from countersign.domain.workflow import Joined, Segment, Segmented, Workflow

SUFFIX = "_segment"
"""What the name of a schema ends with that is about one segment."""
_PER_DROPPED = Decimal("0.05")


def answered(
    segmented: Segmented[Any], given: Contract, segment: Segment, content: str
) -> tuple[Any, list[str]]:
    """The answer about a segment (JSON), and what is wrong with it, in sentences; no answer when it
    breaks its contract."""
    try:
        answer = segmented.answer.model_validate_json(content)
    except ValidationError as broken:
        return None, [explain("answer", broken)]
    return answer, list(segmented.faults(given, segment, answer))


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
