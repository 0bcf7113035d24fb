"""From a model's answer to a proposal: its contract, its grounding, and how sure we are of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from countersign.domain.contract import Contract, explain
from countersign.domain.errors import ContractBroken
from countersign.domain.policy.proposal import (
    Ended,
    Proposal,
    Usage,
    flat,
    grounded,
    ungrounded,
)
from countersign.domain.policy.release import Limits
from countersign.domain.workflow import Draft, Workflow

_WRONG: Mapping[Ended, str] = {
    "truncated": "the answer was cut at its limit of tokens: it must be shorter",
    "empty": "the answer is empty",
    "tool_call": "the answer calls a tool, and none was offered",
    "refused": "the model refused to answer",
    "filtered": "the provider's filter held the answer back",
}


def read_answer(
    workflow: Workflow[Any], given: Contract, content: str, ended: Ended
) -> tuple[Draft | None, list[str]]:
    """As `drafted`; an answer that did not end as it should has no draft."""
    wrong = misended(ended)
    return (None, wrong) if wrong else drafted(workflow, given, content)


def misended(ended: Ended) -> list[str]:
    """What is wrong with an answer that ended so, whatever it says; nothing, where it is whole."""
    return [_WRONG[ended]] if ended in _WRONG else []


def drafted(
    workflow: Workflow[Any], given: Contract, content: str
) -> tuple[Draft | None, list[str]]:
    """The draft in an answer (JSON) and what is wrong with it, in sentences; no draft when the
    answer breaks its contract."""
    try:
        answer = workflow.answer.model_validate_json(content)
        draft = workflow.draft(given, answer)
    except ValidationError as broken:
        return None, [explain("answer", broken)]
    except ContractBroken as broken:
        return None, [str(broken)]
    return draft, ungrounded(draft.facts, workflow.source_text(given))


def by_signs(
    workflow: Workflow[Any], given: Contract, limits: Limits, went: str = ""
) -> Proposal | None:
    """The proposal of what needs no model; None where the model is asked. `went`: the workflow or
    team that has the job to which the input goes back."""
    draft = workflow.signs(given, limits) or (workflow.goes_back(went, limits) if went else None)
    if draft is None:
        return None
    return Proposal(
        facts=draft.facts,
        wishes=draft.wishes,
        drafts=draft.drafts,
        confidence=draft.confidence,
        model="its signs, without a model",
        offline=False,
        usage=Usage(),
    )


_PER_DROPPED = Decimal("0.05")
_SHOWN = 80


def proposal_of(
    workflow: Workflow[Any],
    given: Contract,
    draft: Draft,
    *,
    model: str,
    offline: bool,
    usage: Usage | None = None,
    cap: Decimal = Decimal(1),
) -> Proposal:
    """The draft as a proposal, with our own confidence: at most `cap`, and at most what the
    workflow allows its heuristics where these answered (`offline`). A fact without a quote in the
    source is dropped and named, and lowers the confidence; the others stay."""
    kept = grounded(draft.facts, workflow.source_text(given))
    dropped = {name: flat(f.value)[:_SHOWN] for name, f in draft.facts.items() if name not in kept}
    sure = workflow.confidence(given, replace(draft, facts=kept)) - _PER_DROPPED * len(dropped)
    most = min(cap, workflow.offline_cap) if offline else cap
    return Proposal(
        facts=kept,
        wishes=draft.wishes,
        drafts=dict(draft.drafts),
        confidence=min(max(sure, Decimal(0)), most),
        model=model,
        offline=offline,
        usage=usage or Usage(),
        dropped=dropped,
    )
