"""Prepare: read what arrived, validate the contract, end what needs no answer."""

from __future__ import annotations

from countersign.deps import Deps
from countersign.domain.change import Change, JobRecord
from countersign.domain.errors import NotFound, Quarantined
from countersign.domain.job import Status
from countersign.domain.plan import Move
from countersign.domain.workflow import Raw
from countersign.runtime import Call, step
from countersign.workflows import WORKFLOWS


def prepare(deps: Deps, record: JobRecord, call: Call) -> Change:
    """Raises Quarantined for bytes nobody can read, ContractBroken for input that breaks rules."""
    workflow = WORKFLOWS[record.job.workflow]
    source = record.job.source
    if "input" in record.results:
        return _begun("resumed", record, Move("Propose"))
    try:
        body = deps.payloads.get(source.payload)
    except NotFound:
        raise Quarantined("the payload is gone; ask the sender to send it again") from None
    given = workflow.read(
        Raw(body=body, door=source.door, authserv_id=deps.settings.mail_authserv_id)
    )
    dismissed = workflow.dismiss(given)
    move = Move("Close", reason=dismissed) if dismissed else Move("Propose")
    return Change(
        event="prepared",
        actor=f"state:{call.state}",
        status=Status.PROCESSING,
        results={"input": given},
        done=("queue",),
        move=move,
    )


def _begun(event: str, record: JobRecord, move: Move) -> Change:
    return Change(
        event=event,
        actor="state:Prepare",
        status=Status.PROCESSING,
        done=tuple(kind for kind in record.due if kind in ("queue", "parked")),
        move=move,
    )


handler = step(prepare)
