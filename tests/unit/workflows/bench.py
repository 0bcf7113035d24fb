"""One message through the pure part of a workflow, at a fixed time, with words for what came."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from countersign.domain.contract import Contract
from countersign.domain.policy.proposal import Proposal
from countersign.domain.policy.rules import Situation
from countersign.domain.workflow import Draft, Raw, Workflow
from countersign.model import segments
from countersign.model.proposals import by_signs, drafted, proposal_of
from countersign.stages.stage_files import company
from infra.cli.trial.judged import Rows, Trial, judged

__all__ = ["NOW", "Bench", "Outcome", "Rows"]

InputT = TypeVar("InputT", bound=Contract)

NOW = datetime(2026, 11, 16, 10, 0, tzinfo=UTC)
"""A Monday, in every owner's working week."""
AUTHSERV = "mx.example.com"
COMPANY = company("workflows", "local")
assert COMPANY
OURS = COMPANY.ours


@dataclass(frozen=True)
class Outcome(Trial[InputT]):
    """What came of one message."""

    answer: Mapping[str, Any]
    draft: Draft
    faults: Sequence[str]

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
        return self.workflow.read(
            Raw(body=body, door=door, authserv_id=AUTHSERV, vouched=door == "webhook", ours=OURS)
        )

    def judge(
        self,
        given: InputT,
        records: Rows | None = None,
        answer: Mapping[str, Any] | None = None,
        *,
        offline: bool = False,
        now: datetime = NOW,
    ) -> Outcome[InputT]:
        """The outcome of `given`, by the heuristics' answer with the parts of `answer` in it: as if
        a model had given it, unless `offline`."""
        flow = self.workflow
        signs = by_signs(flow, given, flow.release.limits)
        if signs:
            decided = Draft(signs.facts, signs.wishes, signs.drafts, signs.confidence)
            trial = self.judged(given, signs, records or {}, now)
            return Outcome(**vars(trial), answer={}, draft=decided, faults=())
        shown, joined = segments.shown(flow, given)
        said = {**flow.offline(shown), **(answer or {})}
        draft, faults = drafted(flow, given, json.dumps(said))
        assert draft is not None, faults
        alone = proposal_of(flow, given, draft, model="bench", offline=offline)
        proposal = segments.together(alone, joined)
        trial = self.judged(given, proposal, records or {}, now)
        return Outcome(**vars(trial), answer=said, draft=draft, faults=faults)

    def situated(self, given: InputT, proposal: Proposal, records: Rows) -> Situation[InputT]:
        """What the rules look at."""
        return self.judged(given, proposal, records).situation

    def judged(
        self, given: InputT, proposal: Proposal, records: Rows, now: datetime = NOW
    ) -> Trial[InputT]:
        """A proposal of a test's own, judged."""
        return judged(self.workflow, given, proposal, records, job_id="j-test", now=now)
