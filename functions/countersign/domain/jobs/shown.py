"""What an approver is shown: a view made from the stored bytes alone, after checking them."""

from __future__ import annotations

from datetime import datetime

from countersign.domain.approvals.approval import Approval
from countersign.domain.contract import ContractT
from countersign.domain.errors import NotAuthorised, UnknownVersion
from countersign.domain.jobs.change import JobRecord
from countersign.domain.ledger.entry import ActionStatus, LedgerEntry
from countersign.domain.ledger.integrity import check_bytes


def asked(record: JobRecord, approval: Approval, now: datetime) -> tuple[LedgerEntry, ...]:
    """The asked entries in the approval's order, their bytes checked. Raises NotAuthorised."""
    by_digest = {held.digest: held for held in record.ledger}
    entries = []
    for one in approval.digests:
        held = by_digest.get(one)
        if held is None:
            raise NotAuthorised("the stored bytes are not the ones that were asked about")
        check_bytes(held, record.job.job_id, now)
        if held.status is not ActionStatus.PLANNED:
            raise NotAuthorised(f"action {held.index} does not wait for a signature")
        entries.append(held)
    return tuple(entries)


def stored(record: JobRecord, name: str, kind: type[ContractT]) -> ContractT:
    """A stored result. Raises UnknownVersion when it is missing or of another version."""
    if name not in record.results:
        raise UnknownVersion(f"nothing is stored as {name}")
    return record.results[name].as_(kind)
