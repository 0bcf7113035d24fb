"""Which ways out of a case can work."""

from __future__ import annotations

from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.handing import handed_of
from countersign.domain.jobs.unread import UNREAD
from countersign.domain.ledger.entry import ActionStatus
from countersign.domain.planning.rollback import ended_by_order, stands

_A = ActionStatus
_SETTLED = frozenset({_A.VERIFIED, _A.KEPT, _A.UNDONE, _A.REJECTED, _A.FORBIDDEN, _A.DROPPED})
"""Nothing more is done about it, whoever asks."""


def why_no_resume(record: JobRecord) -> str:
    """Why another execution would end where this one did, in words; empty: it may do better."""
    handed = handed_of(record)
    if handed and handed.team:
        return f"no process takes it: it is for {handed.team}"
    if UNREAD in record.results:
        return "what came cannot be read as it is: ask its sender to send it again"
    if ended_by_order(record):
        return "it was to be undone: order the rollback again, or end the case"
    if any(held.status is _A.UNKNOWN for held in record.ledger):
        return "nobody knows yet whether one of its actions took effect: find out at the target"
    if stands(record.ledger) and all(held.status in _SETTLED for held in record.ledger):
        return "all that it wanted is settled: undo it on its own page, or end the case"
    return ""
