"""Close: say how the job ended, and seal its record."""

from __future__ import annotations

from countersign.deps import Deps
from countersign.domain.actions import ActionStatus
from countersign.domain.change import Change, Due, JobRecord
from countersign.domain.job import Status
from countersign.domain.plan import failure
from countersign.domain.reservations import spent
from countersign.domain.sampling import review_of
from countersign.runtime import Call, step


def close(deps: Deps, record: JobRecord, call: Call) -> Change:
    """COMPLETED when anything took effect, REJECTED when nothing did. A share is sampled.

    What is reserved and was not spent is left to `tick`, at once: Close may write no counter.
    """
    now = deps.clock.now()
    review = review_of(record, now)
    ran = any(held.status is ActionStatus.VERIFIED for held in record.ledger)
    return Change(
        event="closed",
        actor=f"state:{call.state}",
        status=Status.COMPLETED if ran else Status.REJECTED,
        reason=_reason(record, call),
        fields={f"{h.index} {h.action}": h.status.value for h in record.ledger},
        done=tuple(record.due),
        due=() if spent(record) else (Due(kind="reservation", at=now),),
        reviews=(review,) if review else (),
    )


def _reason(record: JobRecord, call: Call) -> str:
    said = failure(call.input) or str(call.input.get("reason", ""))
    if said:
        return said
    reasons = {
        reason.sentence
        for held in record.ledger
        if held.status is ActionStatus.FORBIDDEN
        for reason in held.verdict.reasons
    }
    return "; ".join(sorted(reasons)) or _nothing_wanted(record)


def _nothing_wanted(record: JobRecord) -> str:
    return "" if record.ledger else "nothing was to be done"


handler = step(close)
