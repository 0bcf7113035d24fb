"""Carrying out one action: check authority, claim, do, read back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from countersign.domain.actions import (
    Action,
    ActionStatus,
    Difference,
    LedgerEntry,
    Receipt,
    params_of,
)
from countersign.domain.authority import check_authority
from countersign.domain.change import Change, JobRecord
from countersign.domain.errors import (
    Ambiguous,
    NotAuthorised,
    NotNow,
    Refused,
    Transient,
    Unavailable,
)
from countersign.domain.plan import check_plan
from countersign.domain.replan import bounded
from countersign.domain.rules import Findings
from countersign.domain.workflow import action_for
from countersign.effects import settling
from countersign.effects.claiming import claimed, moved, told
from countersign.effects.slotting import Visit
from countersign.workflows import WORKFLOWS


def carry_out(
    visit: Visit, record: JobRecord, held: LedgerEntry, ended: tuple[LedgerEntry, ...]
) -> tuple[JobRecord, LedgerEntry]:
    """The record after the claim, and the entry as it ended; the record as given when nothing was
    claimed. `ended` are the entries before it that are not stored yet; the claim stores them."""
    workflow = WORKFLOWS[record.job.workflow]
    found = record.results["findings"].as_(Findings).found
    held = held.model_copy(update={"seen": None})
    try:
        check_authority(held, record.approvals, record.job.job_id, visit.deps.clock.now())
        check_plan(workflow, record.ledger, found, held)
    except NotAuthorised as refusal:
        return record, moved(held, ActionStatus.FAILED, f"not authorised: {refusal}")
    action = action_for(workflow, held)
    interrupted = held.status is ActionStatus.CLAIMED
    try:
        held = held if interrupted else _with_before(visit, held, action)
    except Refused as refused:
        return record, moved(held, ActionStatus.FAILED, str(refused))
    except (Transient, NotNow):
        _keep(visit, record, ended)
        raise
    claim = moved(held, ActionStatus.CLAIMED, attempt=visit.deps.ids.token(64))
    record = claimed(visit, record, claim, ended)
    try:
        return record, _effect(_Attempt(visit, claim, action), interrupted=interrupted)
    except (Transient, NotNow):
        _let_go(visit, record, claim, action)
        raise


def _with_before(visit: Visit, held: LedgerEntry, action: Action[Any, Any]) -> LedgerEntry:
    """What the target holds now, for the undo. When an earlier attempt left exactly this, what was
    there before that attempt: nobody else has touched it since."""
    if action.undo is None:
        return held
    if action.undo.creates:
        return held.model_copy(update={"before": {}, "left": None})
    visit.check_resting()
    now = action.undo.state(visit.port, params_of(held, action), held.key)
    own = held.before is not None and now == held.left
    return held.model_copy(update={"before": held.before if own else now, "left": None})


@dataclass(frozen=True)
class _Attempt:
    """One claimed attempt of one action."""

    visit: Visit
    claim: LedgerEntry
    action: Action[Any, Any]

    @property
    def port(self) -> object:
        return self.visit.port

    @property
    def params(self) -> Any:
        return params_of(self.claim, self.action)


def _effect(attempt: _Attempt, *, interrupted: bool) -> LedgerEntry:
    claim, action, port, params = attempt.claim, attempt.action, attempt.port, attempt.params
    if interrupted and action.find is None:
        return moved(claim, ActionStatus.UNKNOWN, "an earlier attempt was cut off while sending")
    try:
        receipt = action.find(port, params, claim.key) if interrupted and action.find else None
        receipt = receipt or action.do(port, params, claim.key)
    except Refused as refused:
        return _refused(attempt, refused)
    except Ambiguous as lost:
        return _after_lost_answer(claim, action, lost)
    return _checked(attempt, receipt)


def _after_lost_answer(
    claim: LedgerEntry, action: Action[Any, Any], lost: Ambiguous
) -> LedgerEntry:
    """A target with keys is asked again under the same key, unless the key has kept this very
    answer; one without keys is never sent to twice."""
    if action.find is None or lost.settled:
        return moved(claim, ActionStatus.UNKNOWN, str(lost))
    raise Unavailable(f"the answer was lost; the next attempt looks for {action.id}") from None


def _checked(attempt: _Attempt, receipt: Receipt) -> LedgerEntry:
    """200 is no proof: verified is what the target shows within its settle time."""
    claim = attempt.claim.model_copy(update={"receipt": receipt})
    if attempt.action.read_back is None:
        return moved(claim, ActionStatus.VERIFIED, "accepted")
    found = settling.seen(
        attempt.visit.deps,
        attempt.visit.call,
        attempt.action.settle,
        look=lambda: _differing(attempt, receipt),
        good=lambda differing: not differing,
    )
    if not found:
        return moved(claim, ActionStatus.VERIFIED, "read back", left=_left(attempt))
    note = f"read back differs in {', '.join(one.name for one in found)}"
    seen = bounded(refused=False, fields=found)
    return moved(claim, ActionStatus.FAILED, note, left=_left(attempt), seen=seen)


def _refused(attempt: _Attempt, refused: Refused) -> LedgerEntry:
    """It said no: with what it would not take, and what is there now all the same."""
    fields = [Difference(name=n, before="", after=code) for n, code in refused.fields.items()]
    seen = bounded(refused=True, fields=fields)
    return moved(attempt.claim, ActionStatus.FAILED, str(refused), left=_left(attempt), seen=seen)


def _differing(attempt: _Attempt, receipt: Receipt) -> tuple[Difference, ...]:
    """What the target holds otherwise than it was told, by name."""
    read_back = attempt.action.read_back
    held = read_back(attempt.port, attempt.params, receipt) if read_back else {}
    expected = attempt.action.expected(attempt.params)
    return tuple(
        Difference(name=name, before=value, after=held.get(name, ""))
        for name, value in sorted(expected.items())
        if held.get(name) != value
    )


def _left(attempt: _Attempt) -> dict[str, str] | None:
    """What the target holds after it; None when it cannot be undone, or not be read."""
    undo = attempt.action.undo
    try:
        state = undo.state(attempt.port, attempt.params, attempt.claim.key) if undo else None
    except Refused:
        return None  # it took effect all the same; undoing it will say that this is not known
    return None if state is None else dict(state)


def _keep(visit: Visit, record: JobRecord, ended: tuple[LedgerEntry, ...]) -> None:
    """Nothing is claimed, so nothing else would store what ended before."""
    if ended:
        visit.deps.commit(
            record,
            Change(
                event="acted", actor=f"state:{visit.call.state}", fields=told(ended), ledger=ended
            ),
        )


def _let_go(visit: Visit, record: JobRecord, claim: LedgerEntry, action: Action[Any, Any]) -> None:
    """Nothing was sent and the target has no keys: without this, the retry would say unknown."""
    if action.find is not None:
        return
    free = moved(claim, ActionStatus.AUTHORISED, "put back: nothing was sent")
    visit.deps.commit(
        record,
        Change(
            event="put back",
            actor=f"state:{visit.call.state}",
            fields=told((free,)),
            ledger=(free,),
        ),
    )
