"""One message through the pure part of lead_intake: read, heuristics, rules, policy, plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from countersign.domain.actions import LedgerEntry
from countersign.domain.plan import Move, build, next_move
from countersign.domain.proposal import Proposal, Usage, ungrounded
from countersign.domain.records import Record, Records
from countersign.domain.rules import Finding, Situation, findings
from countersign.domain.workflow import Draft, Raw
from countersign.workflows import WORKFLOWS
from countersign.workflows.lead_intake.contract import LeadInput

WORKFLOW = WORKFLOWS["lead_intake"]
NOW = datetime(2026, 11, 16, 10, 0, tzinfo=UTC)
"""A Monday, in every owner's working week."""
AUTHSERV = "mx.example.com"


@dataclass(frozen=True)
class Outcome:
    """What came of one message."""

    given: LeadInput
    answer: Mapping[str, Any]
    draft: Draft
    faults: Sequence[str]
    proposal: Proposal
    found: Sequence[Finding]
    ledger: Sequence[LedgerEntry]

    @property
    def rules(self) -> set[str]:
        """The ids of the rules that found something."""
        return {finding.rule for finding in self.found}

    @property
    def verdicts(self) -> dict[str, str]:
        """The answer per wanted action."""
        return {held.action: str(held.verdict.answer) for held in self.ledger}

    @property
    def facts(self) -> dict[str, str]:
        """The values of the facts."""
        return {name: fact.value for name, fact in self.draft.facts.items()}

    @property
    def move(self) -> Move:
        """Where the job would go next."""
        return next_move(self.ledger)

    def params(self, action: str) -> Mapping[str, Any]:
        """The parameters in the fixed bytes of one wanted action."""
        held = next(held for held in self.ledger if held.action == action)
        params: Mapping[str, Any] = held.content()["params"]
        return params


def read(body: bytes, door: str = "webhook") -> LeadInput:
    """The input in the bytes."""
    given: LeadInput = WORKFLOW.read(Raw(body=body, door=door, authserv_id=AUTHSERV))
    return given


def judge(
    given: LeadInput,
    records: Mapping[str, Sequence[Mapping[str, str]]] | None = None,
    answer: Mapping[str, Any] | None = None,
) -> Outcome:
    """The outcome of `given`, by the heuristics' answer with the parts of `answer` in it."""
    said = {**WORKFLOW.offline(WORKFLOW.prompt_text(given)), **(answer or {})}
    draft = WORKFLOW.draft(given, WORKFLOW.answer.read(said))
    proposal = Proposal(
        facts=draft.facts,
        wishes=draft.wishes,
        drafts=draft.drafts,
        confidence=WORKFLOW.confidence(given, draft),
        model="offline",
        offline=True,
        usage=Usage(),
    )
    situation = situated(given, proposal, records or {})
    found = findings(WORKFLOW.rules, situation)
    return Outcome(
        given=given,
        answer=said,
        draft=draft,
        faults=ungrounded(draft.facts, WORKFLOW.source_text(given)),
        proposal=proposal,
        found=found,
        ledger=build(WORKFLOW, situation, found, NOW + timedelta(days=45)),
    )


def situated(
    given: LeadInput, proposal: Proposal, records: Mapping[str, Sequence[Mapping[str, str]]]
) -> Situation[LeadInput]:
    """What the rules look at; each record is given by its fields."""
    found = {
        name: tuple(
            Record(kind=name, id=f"{name}-{at}", version="1", fields=fields)
            for at, fields in enumerate(rows, 1)
        )
        for name, rows in records.items()
    }
    return Situation(
        job_id="j-test",
        input=given,
        proposal=proposal,
        records=Records(read_at=NOW, found=found),
        limits=WORKFLOW.release.limits,
        now=NOW,
    )


def sure(situation: Situation[LeadInput], confidence: str) -> Situation[LeadInput]:
    """The same situation with another confidence."""
    proposal = situation.proposal.model_copy(update={"confidence": Decimal(confidence)})
    return replace(situation, proposal=proposal)
