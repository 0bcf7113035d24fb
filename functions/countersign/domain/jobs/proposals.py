"""What somebody's agent is told of what it proposed: where each action stands, its parameters as
they were signed, and why not. Never who decided.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from countersign.domain.approvals.approval import rejections
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.job import FINISHED
from countersign.domain.ledger.entry import ActionStatus, LedgerEntry
from countersign.domain.policy.policy import Verdict

Standing = Literal[
    "unknown", "failed", "waiting", "edited", "approved", "done", "undone", "rejected"
]
"""What an action comes to; of several, the first of these that one of them is at is the whole."""
_ORDER: tuple[Standing, ...] = (
    *("unknown", "failed", "waiting", "edited", "approved", "done", "undone", "rejected"),
)
_S = ActionStatus
_STANDS: Mapping[ActionStatus, Standing] = {
    _S.PLANNED: "waiting",
    _S.AUTHORISED: "approved",
    _S.CLAIMED: "approved",
    _S.VERIFIED: "done",
    _S.UNDO: "done",
    _S.UNDOING: "done",
    _S.KEPT: "done",
    _S.FAILED: "failed",
    _S.UNKNOWN: "unknown",
    _S.UNDONE: "undone",
    _S.REJECTED: "rejected",
    _S.EXPIRED: "rejected",
    _S.FORBIDDEN: "rejected",
    _S.DROPPED: "rejected",
}


def told(record: JobRecord) -> Mapping[str, Any]:
    """How a proposal stands, for whoever made it. `ended`: nobody and nothing works on it."""
    return {
        "job_id": record.job.job_id,
        "key": record.job.source.event_id,
        "state": whole(record),
        "ended": record.job.status in FINISHED,
        "status": record.job.status.value,
        "reason": record.job.reason,
        "actions": [dict(_action(record, held)) for held in record.ledger],
    }


def whole(record: JobRecord) -> Standing:
    """Where all of it stands. Without a plan it waits, unless the job ended without one."""
    found = {stands(held) for held in record.ledger}
    if not found:
        return "rejected" if record.job.status in FINISHED else "waiting"
    return next(one for one in _ORDER if one in found)


def stands(held: LedgerEntry) -> Standing:
    """Where one action stands; what a person changed and signed is `edited` until it has run."""
    found = _STANDS[held.status]
    return "edited" if found == "approved" and held.edited_by else found


def _action(record: JobRecord, held: LedgerEntry) -> Iterator[tuple[str, Any]]:
    yield "number", held.index
    yield "action", held.action
    yield "state", stands(held)
    yield "params", held.content()["params"]
    yield "edited", bool(held.edited_by)
    yield "policy", _said(held.verdict)
    if held.receipt:
        yield "receipt", held.receipt.id
    if stands(held) == "rejected":
        yield "rejected", _why(record, held)
    elif held.note:
        yield "note", held.note


def _said(verdict: Verdict) -> Mapping[str, Any]:
    """What policy said, and the rules by which it did."""
    rules = [{"rule": one.rule, "says": one.told} for one in verdict.reasons]
    return {"answer": verdict.answer.value, "rules": rules}


def _why(record: JobRecord, held: LedgerEntry) -> Mapping[str, str]:
    """Cause and words: a person's, or the rules' by their ids."""
    asked = record.approvals.get(held.approval)
    said = rejections(asked, held.digest) if asked else ()
    if held.status is _S.REJECTED and said:
        first = said[0]
        return {"cause": first.cause.value if first.cause else "", "words": first.reason}
    if held.status is _S.FORBIDDEN:
        rules = sorted(held.verdict.rules)
        words = " ".join(one.told for one in held.verdict.reasons)
        return {"cause": ", ".join(rules), "words": words}
    return {"cause": held.status.value, "words": held.note}
