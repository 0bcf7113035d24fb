"""What somebody's agent is told of what it proposed: where each action stands, its parameters as
they were signed, and why not. Never who decided.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final, Literal

from countersign.domain.approvals.approval import rejections
from countersign.domain.contract import Contract
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.job import FINISHED
from countersign.domain.jobs.verdicts import REPORT, VERDICT, by_caller, report_of
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


WITHDRAWN: Final = "withdrawn"
"""The name of the result that holds a caller's word, and of the row by which people are told."""


class Withdrawal(Contract):
    """What a caller said when it took its proposal back."""

    CONTRACT: ClassVar[str] = "agent.withdrawal"
    VERSION: ClassVar[int] = 1

    words: str
    approval: str
    """The id of the request that was open; empty: nobody had been asked."""


def told(record: JobRecord, verdicts: Mapping[int, str]) -> Mapping[str, Any]:
    """How a proposal stands, for whoever made it. `ended`: nobody and nothing works on it,
    and no report is awaited. `verdicts` are the tokens of what its caller may do, by the number of
    the action."""
    return {
        "job_id": record.job.job_id,
        "key": record.job.source.event_id,
        "state": whole(record),
        "ended": record.job.status in FINISHED and REPORT not in record.due,
        "status": record.job.status.value,
        "reason": record.job.reason,
        "actions": [
            {**dict(_action(record, one)), **_verdict(verdicts, one)} for one in record.ledger
        ],
    }


def whole(record: JobRecord) -> Standing:
    """Where all of it stands. Without a plan it waits, unless the job ended without one."""
    found = {stands(record, held) for held in record.ledger}
    if not found:
        return "rejected" if record.job.status in FINISHED else "waiting"
    return next(one for one in _ORDER if one in found)


def stands(record: JobRecord, held: LedgerEntry) -> Standing:
    """Where one action stands; what a person changed and signed is `edited` until it is done."""
    found = _STANDS[held.status]
    if held in by_caller(record):
        found = _reported(record, held.index)
    return "edited" if found == "approved" and held.edited_by else found


def _reported(record: JobRecord, number: int) -> Standing:
    """What its caller made of a verdict; whoever was silent too long may have done it."""
    said = report_of(record, number)
    if said is None:
        return "unknown" if record.case else "approved"
    return "done" if said.done else "failed"


def _verdict(verdicts: Mapping[int, str], held: LedgerEntry) -> Mapping[str, str]:
    return {"verdict": verdicts[held.index]} if held.index in verdicts else {}


def _action(record: JobRecord, held: LedgerEntry) -> Iterator[tuple[str, Any]]:
    yield "number", held.index
    yield "action", held.action.removesuffix(VERDICT)
    yield "state", stands(record, held)
    yield "params", held.content()["params"]
    yield "edited", bool(held.edited_by)
    yield "policy", _said(held.verdict)
    if receipt := _receipt(record, held):
        yield "receipt", receipt
    if stands(record, held) == "rejected":
        yield "rejected", _why(record, held)
    elif held.note:
        yield "note", held.note


def _receipt(record: JobRecord, held: LedgerEntry) -> str:
    """What proves it: the target's id of it, or what its caller reports."""
    if held in by_caller(record):
        said = report_of(record, held.index)
        return said.receipt if said else ""
    return held.receipt.id if held.receipt else ""


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
    if held.status is _S.DROPPED and WITHDRAWN in record.results:
        return {"cause": WITHDRAWN, "words": record.results[WITHDRAWN].as_(Withdrawal).words}
    return {"cause": held.status.value, "words": held.note}
