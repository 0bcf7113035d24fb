"""One message through the pure part of a workflow: read, heuristics, rules, policy, plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from countersign.domain.contract import Contract
from countersign.domain.jobs.job import Move
from countersign.domain.ledger.entry import LedgerEntry
from countersign.domain.planning.plan import build, next_move
from countersign.domain.policy.proposal import Proposal, Usage, ungrounded
from countersign.domain.policy.records import Record, Records
from countersign.domain.policy.rules import Finding, Situation, findings
from countersign.domain.workflow import Draft, Raw, Workflow

InputT = TypeVar("InputT", bound=Contract)
Rows = Mapping[str, Sequence[Mapping[str, str]]]
"""Records by the name of their lookup, each by its fields."""

NOW = datetime(2026, 11, 16, 10, 0, tzinfo=UTC)
"""A Monday, in every owner's working week."""
AUTHSERV = "mx.example.com"


@dataclass(frozen=True)
class Outcome(Generic[InputT]):
    """What came of one message."""

    given: InputT
    answer: Mapping[str, Any]
    draft: Draft
    faults: Sequence[str]
    situation: Situation[InputT]
    found: Sequence[Finding]
    ledger: Sequence[LedgerEntry]

    @property
    def proposal(self) -> Proposal:
        """What the answer proposes."""
        return self.situation.proposal

    @property
    def rules(self) -> set[str]:
        """The ids of the rules that found something."""
        return {finding.rule for finding in self.found}

    @property
    def verdicts(self) -> dict[str, str]:
        """The answer per wanted action."""
        return {held.action: str(held.verdict.answer) for held in self.ledger}

    @property
    def quorums(self) -> dict[str, str]:
        """How many must sign, per asked action."""
        asked = [held for held in self.ledger if held.verdict.answer == "ask"]
        return {held.action: str(held.verdict.quorum) for held in asked}

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


@dataclass(frozen=True)
class Bench(Generic[InputT]):
    """A workflow on the bench: no model, no systems, a fixed clock."""

    workflow: Workflow[InputT]

    def read(self, body: bytes, door: str = "webhook") -> InputT:
        """The input in the bytes."""
        return self.workflow.read(Raw(body=body, door=door, authserv_id=AUTHSERV))

    def judge(
        self, given: InputT, records: Rows | None = None, answer: Mapping[str, Any] | None = None
    ) -> Outcome[InputT]:
        """The outcome of `given`, by the heuristics' answer with the parts of `answer` in it."""
        flow = self.workflow
        said = {**flow.offline(flow.prompt_text(given)), **(answer or {})}
        draft = flow.draft(given, flow.answer.read(said))
        situation = self.situated(given, self._proposal(given, draft), records or {})
        found = findings(flow.rules, situation)
        return Outcome(
            given=given,
            answer=said,
            draft=draft,
            faults=ungrounded(draft.facts, flow.source_text(given)),
            situation=situation,
            found=found,
            ledger=build(flow, situation, found, NOW + timedelta(days=45)),
        )

    def situated(self, given: InputT, proposal: Proposal, records: Rows) -> Situation[InputT]:
        """What the rules look at."""
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
            limits=self.workflow.release.limits,
            now=NOW,
        )

    def _proposal(self, given: InputT, draft: Draft) -> Proposal:
        return Proposal(
            facts=draft.facts,
            wishes=draft.wishes,
            drafts=draft.drafts,
            confidence=self.workflow.confidence(given, draft),
            model="offline",
            offline=True,
            usage=Usage(),
        )
