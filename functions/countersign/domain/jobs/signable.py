"""The guard before every signature: what is stored is what was asked."""

from __future__ import annotations

from datetime import datetime

from countersign.domain.approvals.approval import Approval
from countersign.domain.errors import NotAuthorised
from countersign.domain.jobs.change import JobRecord
from countersign.domain.ledger.entry import ActionStatus, LedgerEntry
from countersign.domain.ledger.integrity import check_bytes


def signable_entries(
    record: JobRecord, approval: Approval, now: datetime
) -> tuple[LedgerEntry, ...]:
    """The entries that were asked about, in the approval's order, their bytes checked. Raises
    NotAuthorised."""
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
