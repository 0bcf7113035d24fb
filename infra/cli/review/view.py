"""What a reviewer sees of a job: message and automatic actions; nothing of how we judged them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from countersign.domain.errors import UnknownVersion
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.reviews import Review
from countersign.domain.ledger.entry import LedgerEntry, params_of
from countersign.domain.releases.shadow import would_have
from countersign.domain.reporting.sampling import automatic
from countersign.domain.workflow import Workflow, Workflows, action_for
from infra.cli.review.seeded_errors import applied, mistakes

Shown = dict[str, Any]


def shown(review: Review, record: JobRecord, workflows: Workflows) -> Shown | None:
    """The item as the reviewer gets it; None when this code cannot show it, or when a mistake
    cannot be put in. A known-bad item has the very shape of a real one."""
    workflow = workflows.get(record.job.workflow)
    given = record.results.get("input")
    if workflow is None or given is None:
        return None
    try:
        message = workflow.source_text(given.as_(workflow.input))
        ran = would_have(record.ledger) if review.shadow else automatic(record.ledger)
        actions = _actions(workflow, ran, message, review)
    except UnknownVersion:
        return None
    if not actions and not review.shadow:
        return None
    return {
        "review": review.review_id,
        "workflow": review.workflow,
        "shadow": review.shadow,
        "message": message,
        "actions": actions,
    }


def _actions(
    workflow: Workflow[Any], ledger: Sequence[LedgerEntry], message: str, review: Review
) -> list[Shown]:
    if not review.planted:
        return [_action(workflow, held, held.content()["params"]) for held in ledger]
    return next(_mistaken(workflow, ledger, message, review.job_id), [])


def _mistaken(
    workflow: Workflow[Any], ledger: Sequence[LedgerEntry], message: str, seed: str
) -> Iterator[list[Shown]]:
    """The actions with one mistake in them, as often as there is another possible one."""
    params = [held.content()["params"] for held in ledger]
    first = sum(seed.encode()) % len(ledger) if ledger else 0
    for wrong in (*params[first:], *params[:first]):
        for mistake in mistakes(wrong, message, seed):
            changed = [applied(one, mistake) for one in params]
            try:
                yield [_action(workflow, *pair) for pair in zip(ledger, changed, strict=True)]
            except (ValidationError, ValueError):  # the contract itself would not have let it pass
                continue


def _action(workflow: Workflow[Any], held: LedgerEntry, params: Mapping[str, Any]) -> Shown:
    action = action_for(workflow, held)
    body = json.dumps({**held.content(), "params": params})
    read = params_of(held.model_copy(update={"body": body}), action)
    return {"action": held.action, "words": action.words(read), "parameters": params}
