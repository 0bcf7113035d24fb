"""Close: say how the job ended, and seal its record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from countersign.domain.errors import Joined, failed_with, failure
from countersign.domain.jobs.change import OUTLIVES, Change, Due, DueKind, JobRecord
from countersign.domain.jobs.job import Status
from countersign.domain.jobs.mail_events import mails_failed
from countersign.domain.jobs.matters import of_mails
from countersign.domain.jobs.verdicts import REPORT, REPORT_WITHIN, by_caller
from countersign.domain.ledger.entry import ActionStatus
from countersign.domain.planning.cancelling import reason_of
from countersign.domain.planning.reservations import spent
from countersign.domain.planning.rollback import ending, order_of
from countersign.domain.releases import shadow
from countersign.domain.reporting.sampling import review_of
from countersign.runtime.deps import Deps
from countersign.runtime.step import Call, step


def close(deps: Deps, record: JobRecord, call: Call) -> Change:
    """COMPLETED when anything took effect, ROLLED_BACK when all of it was undone, REJECTED when
    nothing ever did, SHADOWED when nothing was to. A share is sampled; of what was in shadow, all.

    What is reserved and was not spent is left to `tick`, at once: Close may write no counter. So is
    a mail that came back after its job was sent here, and word of a decision.
    """
    now = deps.clock.now()
    left = _left_over(record)
    status = _status(record, call, left)
    shadowed = status is Status.SHADOWED
    review = shadow.mark_asked(record, now) if shadowed else review_of(record, now)
    rows = (*left, *_listed(call, status))
    return Change(
        event="joined" if _is_joined(call) else "closed",
        actor=f"state:{call.state}",
        status=status,
        reason=shadow.told(record) if shadowed else _reason(record, call),
        fields={f"{h.index} {h.action}": h.status.value for h in record.ledger},
        done=tuple(kind for kind in record.due if kind not in OUTLIVES),
        due=(*(Due(kind=kind, at=now) for kind in rows), *_awaited(record, now)),
        reviews=(review,) if review else (),
        matters=of_mails(record.job, record.ledger),
    )


def _awaited(record: JobRecord, now: datetime) -> Iterator[Due]:
    """The report of a caller that does what was allowed."""
    if by_caller(record):
        yield Due(kind=REPORT, at=now + REPORT_WITHIN)


def _is_joined(call: Call) -> bool:
    """Whether another job has what arrived."""
    return failed_with(call.input) == Joined.__name__


def _status(record: JobRecord, call: Call, left: Sequence[DueKind]) -> Status:
    took_effect = _is_joined(call) or "returned" in left
    end = Status.COMPLETED if took_effect else ending(record.ledger)
    judged = end is Status.REJECTED and not failure(call.input) and shadow.in_shadow(record)
    return Status.SHADOWED if judged else end


def _left_over(record: JobRecord) -> list[DueKind]:
    caps: list[DueKind] = [] if spent(record) else ["reservation"]
    return [*caps, "returned"] if mails_failed(record.ledger) else caps


def _listed(call: Call, status: Status) -> tuple[DueKind, ...]:
    """What was dismissed, rejected, joined or in shadow is on its owner's daily list."""
    set_aside = status in (Status.REJECTED, Status.SHADOWED) or _is_joined(call)
    return ("daily",) if set_aside else ()


def _reason(record: JobRecord, call: Call) -> str:
    given = failure(call.input) or str(call.input.get("reason", ""))
    said = reason_of(record) or given or _ordered(record)
    if said:
        return said
    reasons = {
        reason.bare
        for held in record.ledger
        if held.status is ActionStatus.FORBIDDEN
        for reason in held.verdict.reasons
    }
    return "; ".join(sorted(reasons)) or _nothing_wanted(record)


def _ordered(record: JobRecord) -> str:
    """Why it was rolled back."""
    order = order_of(record)
    rolled_back = ending(record.ledger) is Status.ROLLED_BACK
    return order.reason if order and rolled_back else ""


def _nothing_wanted(record: JobRecord) -> str:
    return "" if record.ledger else "nothing was to be done"


handler = step(close)
