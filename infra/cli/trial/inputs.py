"""What would come of one input, as data: the judgement of `trial`, and what a person asks of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from countersign.domain.canonical import digest
from countersign.domain.contract import Stored
from countersign.domain.errors import ContractBroken, NeedsPerson
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.intake import new_job
from countersign.domain.jobs.job import Job, Move, Pointer, Source, Status
from countersign.domain.ledger.entry import ActionStatus, LedgerEntry
from countersign.domain.policy.proposal import Fact, Proposal, ungrounded
from countersign.domain.policy.rules import Findings
from countersign.domain.workflow import Ours, Raw, Workflow, money_facts
from countersign.model import segments
from countersign.model.proposals import by_signs, drafted, proposal_of
from countersign.web.wording import in_words
from infra.cli.job_view import told
from infra.cli.trial.judged import Rows, Trial, judged
from infra.cli.trial.page import Page, page_of

_ASKS = frozenset({"Act", "Ask"})
"""Where a plan goes that may ask: what runs by itself comes first."""


@dataclass(frozen=True)
class Tried:
    """One input and what is said about it, before anything is judged."""

    body: bytes
    door: Literal["webhook", "upload"]
    rows: Rows
    answer: str
    """A model's answer as JSON; empty: the heuristics answer. To what is read in segments, the
    answers by the names of some of them."""
    authserv_id: str
    now: datetime
    ours: Ours
    """Who we are in the stage by which it is judged."""


@dataclass(frozen=True)
class Judgement:
    """The whole of it, ready for JSON, and the approval page if there is one."""

    data: Mapping[str, Any]
    page: Page | None = None

    @property
    def refused(self) -> bool:
        """Whether the input could not be taken at all."""
        return bool(self.data["refused"])


def judgement(workflow: Workflow[Any], tried: Tried) -> Judgement:
    """What each state would make of the input, in their order, until one of them ends it."""
    raw = Raw(
        tried.body,
        tried.door,
        tried.authserv_id,
        vouched=tried.door == "webhook",
        ours=tried.ours,
    )
    try:
        given = workflow.read(raw)
    except ContractBroken as broken:
        return _ended(workflow, str(broken), Move("Escalate", reason=str(broken)), refused=True)
    except NeedsPerson as unread:
        return _ended(workflow, str(unread), Move("Escalate", reason=str(unread)), refused=True)
    dismissed = workflow.dismiss(given)
    if dismissed:
        return _ended(workflow, dismissed, Move("Close", reason=dismissed), given=given)
    return _answered(workflow, tried, given)


def _answered(workflow: Workflow[Any], tried: Tried, given: Any) -> Judgement:
    offline, faults = not tried.answer, list[str]()
    proposal = by_signs(workflow, given, workflow.release.limits)
    content = "{}"
    if proposal is None:
        in_parts = workflow.segmented is not None and bool(tried.answer)
        parts = json.loads(tried.answer) if in_parts else {}
        shown, joined = segments.shown(workflow, given, parts)
        content = json.dumps(workflow.offline(shown)) if in_parts or offline else tried.answer
        draft, faults = drafted(workflow, given, content)
        if draft is None:
            return _ended(workflow, "", _stays_wrong(faults), given=given, faults=faults)
        model = "heuristics" if offline else "the given answer"
        alone = proposal_of(workflow, given, draft, model=model, offline=offline)
        proposal = segments.together(alone, joined)
    job = _job(workflow, tried)
    trial = judged(
        *(workflow, given, proposal, tried.rows),
        job_id=job.job_id,
        now=tried.now,
        received_at=tried.now,
    )
    move = _stays_wrong(faults) if faults else trial.move
    page, why = _page(workflow, job, trial) if move.state in _ASKS else (None, "")
    told = _told(workflow, trial, content, faults, move)
    return Judgement({**_head(workflow, given), **told, "nobody": why}, page)


def _ended(
    workflow: Workflow[Any],
    why: str,
    move: Move,
    *,
    refused: bool = False,
    given: Any = None,
    faults: list[str] | None = None,
) -> Judgement:
    """The input comes no further."""
    said = {"refused": why if refused else "", "dismissed": "" if refused else why}
    return Judgement(
        {**_head(workflow, given), **said, "faults": faults or [], "next": _next(move)}
    )


def _stays_wrong(faults: list[str]) -> Move:
    """A model would be asked once to repair it."""
    return Move("Escalate", reason=f"the answer, unless its repair mends it: {'; '.join(faults)}")


def _head(workflow: Workflow[Any], given: Any) -> dict[str, Any]:
    shown = given.model_dump(mode="json") if given is not None else {}
    return {
        "workflow": workflow.id,
        "title": workflow.title,
        "input": shown,
        "text": dict(workflow.source_parts(given)) if given is not None else {},
        "refused": "",
        "dismissed": "",
    }


def _told(
    workflow: Workflow[Any], trial: Trial[Any], content: str, faults: list[str], move: Move
) -> dict[str, Any]:
    proposal, text = trial.proposal, workflow.source_text(trial.given)
    return {
        "model": proposal.model,
        "offline": proposal.offline,
        "facts": [_fact(name, fact, text) for name, fact in proposal.facts.items()],
        "dropped": list(_dropped(workflow, json.loads(content), proposal)),
        "drafts": dict(proposal.drafts),
        "faults": faults,
        "confidence": str(proposal.confidence),
        "lookups": [
            {**one.model_dump(), "found": len(trial.situation.records.all(one.name))}
            for one in workflow.lookups(trial.given, proposal)
        ],
        "findings": told(trial.found),
        "actions": [_action(workflow, held) for held in trial.ledger],
        "next": _next(move),
    }


def _fact(name: str, fact: Fact, text: str) -> dict[str, Any]:
    return {
        "name": name,
        "value": fact.value,
        "quotes": list(fact.quotes),
        "derived": fact.derived,
        "faults": ungrounded({name: fact}, text),
    }


def _dropped(
    workflow: Workflow[Any], said: Mapping[str, Any], proposal: Proposal
) -> Iterator[dict[str, Any]]:
    """What the answer said and no fact keeps: quotes that do not say their value."""
    for name, part in said.items():
        quotes = part.get("quotes") if isinstance(part, dict) else None
        prefix = workflow.money.get(name)
        facts = money_facts(prefix) if prefix else (name,)
        kept = {q for fact in facts if fact in proposal.facts for q in proposal.facts[fact].quotes}
        lost = [one for one in quotes or () if one not in kept]
        if lost:
            yield {"part": name, "quotes": lost, "whole": not kept}


def _action(workflow: Workflow[Any], held: LedgerEntry) -> dict[str, Any]:
    content = held.content()
    return {
        "action": held.action,
        "version": held.action_version,
        "words": in_words(held, workflow),
        "verdict": held.verdict.answer.value,
        "quorum": held.verdict.quorum.value,
        "status": held.status.value,
        "note": held.note,
        "reasons": told(held.verdict.reasons),
        "target": content["target"],
        "params": content["params"],
    }


def _next(move: Move) -> dict[str, str]:
    return {"state": move.state, "connector": move.connector, "reason": move.reason}


def _job(workflow: Workflow[Any], tried: Tried) -> Job:
    source = Source(
        door=tried.door,
        sender=workflow.id,
        event_id="trial",
        payload=Pointer.to("", "trial"),
        body_digest=digest(tried.body),
        size=len(tried.body),
        received_at=tried.now,
    )
    return new_job(workflow.id, workflow.release.digest, source, tried.now)


def _page(workflow: Workflow[Any], job: Job, trial: Trial[Any]) -> tuple[Page | None, str]:
    """The page; or why nobody could be asked."""
    if all(held.status is not ActionStatus.PLANNED for held in trial.ledger):
        return None, ""
    results = {
        "input": trial.given,
        "proposal": trial.proposal,
        "limits": trial.situation.limits,
        "records": trial.situation.records,
        "findings": Findings(found=trial.found),
    }
    record = JobRecord(
        job=job.model_copy(update={"status": Status.WAITING_FOR_REVIEW}),
        results={name: Stored.of(value) for name, value in results.items()},
        ledger=trial.ledger,
    )
    try:
        return page_of(workflow, record, trial.situation.now), ""
    except NeedsPerson as alone:
        return None, str(alone)
