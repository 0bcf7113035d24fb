"""A stored job as one line of a file: what it was judged by, and what came of it.

What is not needed to judge it again is left out: its trail, its links and tokens, who was asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from countersign.domain.approvals.approval import Approval
from countersign.domain.canonical import canonical
from countersign.domain.contract import Stored, Value
from countersign.domain.errors import ContractBroken
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.job import Job
from countersign.domain.ledger.entry import LedgerEntry
from countersign.domain.planning.plan import HARD_EXPIRY

READ = ("input", "proposal", "records", "limits", "findings", "observations", "later")
"""Names of the results that judging reads."""
_ANSWERS = ("answer.", "call.")
"""What the names of the model's own answers begin with."""
_DECIDED = "decided"


@dataclass(frozen=True)
class Past:
    """A job as it is stored, and when its last plan was judged; None: it never was."""

    record: JobRecord
    judged_at: datetime | None


class _Line(Value):
    """How it is written."""

    job: Job
    judged_at: datetime | None
    results: dict[str, Stored]
    ledger: tuple[LedgerEntry, ...]
    approvals: dict[str, Approval]


def past(record: JobRecord) -> Past:
    """The job with the moment at which its last plan was made, as its bytes or its trail say."""
    last = max((held.plan for held in record.ledger), default=0)
    made = next((held for held in record.ledger if held.plan == last), None)
    if made is not None:
        expires = datetime.fromisoformat(str(made.content()["expires_at"]))
        return Past(record, expires - HARD_EXPIRY)
    decided = (one.at for one in reversed(record.audit) if one.event == _DECIDED)
    return Past(record, next(decided, None))


def line_of(one: Past) -> bytes:
    """The job as a line, without its end."""
    held = one.record
    kept = {k: v.whole() for k, v in held.results.items() if k in READ or k.startswith(_ANSWERS)}
    return canonical(
        _Line(
            job=held.job,
            judged_at=one.judged_at,
            results=kept,
            ledger=held.ledger,
            approvals=dict(held.approvals),
        )
    )


def of_line(line: bytes) -> Past:
    """The job back. Raises ContractBroken for a line that is none, or of other code."""
    try:
        read = _Line.model_validate_json(line)
    except ValidationError as broken:
        where = broken.errors(include_url=False, include_context=False, include_input=False)[0]
        path = ".".join(map(str, where["loc"]))
        raise ContractBroken(f"no line of an export: {path or 'it'} {where['msg']}") from None
    record = JobRecord(
        job=read.job, results=read.results, ledger=read.ledger, approvals=read.approvals
    )
    return Past(record, read.judged_at)
