"""Prepare: read what arrived, validate the contract, end what needs no answer."""

from __future__ import annotations

from typing import Any

from countersign.domain.contract import Contract
from countersign.domain.errors import NotFound, Quarantined
from countersign.domain.jobs.change import Change, JobRecord
from countersign.domain.jobs.job import Move, Status
from countersign.domain.planning.plan import next_move
from countersign.domain.planning.rollback import is_open
from countersign.domain.workflow import Raw, Workflow
from countersign.runtime.deps import Deps
from countersign.runtime.step import Call, step


def prepare(deps: Deps, record: JobRecord, call: Call) -> Change:
    """Entered again, it reads what it stored and says the same again; a job with an order to undo
    it goes straight to that.

    Raises Quarantined for bytes nobody can read, ContractBroken for input that breaks rules.
    """
    workflow = deps.workflows[record.job.workflow]
    if is_open(record):
        return _taking_back(record, call, workflow)
    stored = record.results.get("input")
    given = stored.as_(workflow.input) if stored else _read(deps, record, workflow)
    dismissed = workflow.dismiss(given)
    return Change(
        event="resumed" if stored else "prepared",
        actor=f"state:{call.state}",
        status=Status.PROCESSING,
        results={} if stored else {"input": given},
        done=tuple(kind for kind in record.due if kind in ("queue", "parked")),
        move=Move("Close", reason=dismissed) if dismissed else Move("Propose"),
    )


def _taking_back(record: JobRecord, call: Call, workflow: Workflow[Any]) -> Change:
    """A job that is to be undone needs no answer and no look: what it did is in its ledger."""
    return Change(
        event="resumed",
        actor=f"state:{call.state}",
        status=Status.PROCESSING,
        done=tuple(kind for kind in record.due if kind in ("queue", "parked")),
        move=next_move(record.ledger, workflow.reads),
    )


def _read(deps: Deps, record: JobRecord, workflow: Workflow[Any]) -> Contract:
    source = record.job.source
    try:
        body = deps.payloads.get(source.payload)
    except NotFound:
        raise Quarantined("the payload is gone; ask the sender to send it again") from None
    given: Contract = workflow.read(
        Raw(body=body, door=source.door, authserv_id=deps.settings.mail_authserv_id)
    )
    return given


handler = step(prepare)
