"""Act: per action check authority, claim, do, read back, record. The only place of effects."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from countersign.deps import Deps
from countersign.domain.actions import Action, ActionStatus, LedgerEntry, Receipt, params_of
from countersign.domain.authority import check_authority
from countersign.domain.change import Change, JobRecord
from countersign.domain.errors import (
    Ambiguous,
    NotAuthorised,
    Refused,
    Transient,
    Unavailable,
)
from countersign.domain.job import Status
from countersign.domain.plan import Move, check_plan, next_move, visit
from countersign.domain.records import Records
from countersign.domain.rules import Findings
from countersign.runtime import Call, Continued, step
from countersign.workflows import WORKFLOWS

FRESH = timedelta(minutes=10)
"""Records older than this are read again, and policy judges again, before anything runs."""


def act(deps: Deps, record: JobRecord, call: Call) -> Continued:
    """One visit: the next consecutive actions of one connector, until one does not verify."""
    reads = WORKFLOWS[record.job.workflow].reads
    move = next_move(record.ledger, reads)
    if move.state != "Act" or move.connector != call.input.get("connector"):
        return Continued(record, _acted(call, (), move))  # another function's rights are needed
    if deps.clock.now() - record.results["records"].as_(Records).read_at > FRESH:
        return Continued(record, _acted(call, (), Move("Look", connector=reads)))
    settled: tuple[LedgerEntry, ...] = ()
    for held in visit(record.ledger, move.connector):
        record, ended = _carry_out(deps, record, call, held, settled)
        settled = (ended,)
        if ended.status is not ActionStatus.VERIFIED:
            break
    ledger = [e for e in record.ledger if e.index not in {s.index for s in settled}]
    onward = next_move(sorted((*ledger, *settled), key=lambda e: e.index), reads)
    return Continued(record, _acted(call, settled, onward))


def _acted(call: Call, settled: tuple[LedgerEntry, ...], move: Move) -> Change:
    return Change(
        event="acted",
        actor=f"state:{call.state}",
        status=Status.PROCESSING,
        fields=_told(settled),
        ledger=settled,
        move=move,
    )


def _told(entries: tuple[LedgerEntry, ...]) -> dict[str, str]:
    return {f"{e.index} {e.action}": f"{e.status} {e.note}".strip() for e in entries}


def _carry_out(
    deps: Deps, record: JobRecord, call: Call, held: LedgerEntry, before: tuple[LedgerEntry, ...]
) -> tuple[JobRecord, LedgerEntry]:
    """Claim (recording the action before in the same write), then do, then read back."""
    workflow = WORKFLOWS[record.job.workflow]
    found = record.results["findings"].as_(Findings).found
    try:
        check_authority(held, record.approvals, record.job.job_id, deps.clock.now())
        check_plan(workflow, record.ledger, found, held)
    except NotAuthorised as refusal:
        return record, _ended(held, ActionStatus.FAILED, f"not authorised: {refusal}")
    interrupted = held.status is ActionStatus.CLAIMED
    claim = _ended(held, ActionStatus.CLAIMED, attempt=deps.ids.token(64))
    record = deps.commit(
        record,
        Change(
            event="claimed",
            actor=f"state:{call.state}",
            status=Status.PROCESSING,
            fields=_told((*before, claim)),
            ledger=(*before, claim),
        ),
    )
    action = workflow.actions[held.action]
    try:
        return record, _effect(deps, claim, action, interrupted=interrupted)
    except Transient:
        _let_go(deps, record, call, claim, action)
        raise


def _effect(
    deps: Deps, claim: LedgerEntry, action: Action[Any, Any], *, interrupted: bool
) -> LedgerEntry:
    port = deps.actor_port(action.connector)
    params = params_of(claim, action)
    if interrupted and action.find is None:
        return _ended(claim, ActionStatus.UNKNOWN, "an earlier attempt was cut off while sending")
    try:
        receipt = action.find(port, params, claim.key) if interrupted and action.find else None
        receipt = receipt or action.do(port, params, claim.key)
    except Refused as refused:
        return _ended(claim, ActionStatus.FAILED, str(refused))
    except Ambiguous as lost:
        return _after_lost_answer(claim, action, lost)
    return _verified(claim, action, port, params, receipt)


def _after_lost_answer(
    claim: LedgerEntry, action: Action[Any, Any], lost: Ambiguous
) -> LedgerEntry:
    """A target with keys is asked again under the same key, unless the key has kept this very
    answer; one without keys is never sent to twice."""
    if action.find is None or lost.settled:
        return _ended(claim, ActionStatus.UNKNOWN, str(lost))
    raise Unavailable(f"the answer was lost; the next attempt looks for {action.id}") from None


def _verified(
    claim: LedgerEntry, action: Action[Any, Any], port: object, params: Any, receipt: Receipt
) -> LedgerEntry:
    claim = claim.model_copy(update={"receipt": receipt})
    if action.read_back is None:
        return _ended(claim, ActionStatus.VERIFIED, "accepted")
    seen, expected = action.read_back(port, params, receipt), action.expected(params)
    differs = sorted(name for name, value in expected.items() if seen.get(name) != value)
    if differs:
        return _ended(claim, ActionStatus.FAILED, f"read back differs in {', '.join(differs)}")
    return _ended(claim, ActionStatus.VERIFIED, "read back")


def _let_go(
    deps: Deps, record: JobRecord, call: Call, claim: LedgerEntry, action: Action[Any, Any]
) -> None:
    """Nothing was sent and the target has no keys: without this, the retry would say unknown."""
    if action.find is not None:
        return
    free = _ended(claim, ActionStatus.AUTHORISED, "put back: nothing was sent")
    deps.commit(
        record,
        Change(
            event="put back", actor=f"state:{call.state}", fields=_told((free,)), ledger=(free,)
        ),
    )


def _ended(
    held: LedgerEntry, status: ActionStatus, note: str = "", attempt: str | None = None
) -> LedgerEntry:
    update: dict[str, Any] = {"status": status, "note": note}
    return held.model_copy(update=update | ({"attempt": attempt} if attempt else {}))


handler = step(act)
