"""Prepare: read what arrived, validate the contract, end what needs no answer."""

from __future__ import annotations

from typing import Any

from countersign.domain.contract import Contract
from countersign.domain.errors import Dismissed, NotFound, Quarantined, UndoOrdered
from countersign.domain.jobs.change import Change, JobRecord
from countersign.domain.jobs.job import Status
from countersign.domain.planning.plan import next_move
from countersign.domain.planning.rollback import is_open
from countersign.domain.workflow import Raw, Workflow
from countersign.runtime.deps import Deps
from countersign.runtime.step import Call, committed, step

TAKE_BACK = "TakeBack"
"""The state in which the same function says where a job with an order to undo it goes."""


def prepare(deps: Deps, record: JobRecord, call: Call) -> Change:
    """Entered again, it reads what it stored and says the same again. What is rare leaves by an
    error, since a choice after it would cost every job a transition.

    Raises Quarantined for bytes nobody can read, ContractBroken for input that breaks rules,
    Dismissed, when all is stored, for what wants nothing, and UndoOrdered.
    """
    workflow = deps.workflows[record.job.workflow]
    if call.state == TAKE_BACK:
        return _entered(record, call, "resumed", move=next_move(record.ledger, workflow.reads))
    if is_open(record):
        raise UndoOrdered("an order to undo what the job did is open")
    stored = record.results.get("input")
    given = stored.as_(workflow.input) if stored else _read(deps, record, workflow)
    results = {} if stored else {"input": given}
    change = _entered(record, call, "resumed" if stored else "prepared", results=results)
    dismissed = workflow.dismiss(given)
    if dismissed:
        committed(deps, call, record, change)
        raise Dismissed(dismissed)
    return change


def _entered(record: JobRecord, call: Call, event: str, **more: Any) -> Change:
    return Change(
        event=event,
        actor=f"state:{call.state}",
        status=Status.PROCESSING,
        done=tuple(kind for kind in record.due if kind in ("queue", "parked")),
        **more,
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
