"""Like risk: which requests may be listed, and decided, together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from countersign.domain.approvals.approval import Approval
from countersign.domain.canonical import canonical, digest
from countersign.domain.errors import NotAuthorised, UnknownVersion
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.signable import signable_entries
from countersign.domain.ledger.entry import LedgerEntry, params_of
from countersign.domain.policy.policy import Quorum
from countersign.domain.policy.proposal import Proposal
from countersign.domain.workflow import Workflow, action_for
from countersign.web.text import foreign_letters


def like(
    record: JobRecord, approval: Approval, workflow: Workflow[Any] | None, now: datetime
) -> str | None:
    """The same text for requests of like risk; None for one that cannot be read or signed."""
    try:
        entries = signable_entries(record, approval, now)
        record.result("proposal", Proposal)
        can_be_undone = workflow is not None and undoable(entries, workflow)
    except (NotAuthorised, UnknownVersion):
        return None
    if workflow is None:
        return None
    rules = sorted({rule for held in entries for rule in held.verdict.rules})
    kinds = [held.action for held in entries]
    alike = can_be_undone and _ordinary(approval, entries)
    return digest(canonical([workflow.id, kinds, rules, can_be_undone, alike]))[:12]


def together(
    record: JobRecord, approval: Approval, workflow: Workflow[Any] | None, now: datetime
) -> bool:
    """Whether a request may be decided together with its like."""
    if workflow is None or like(record, approval, workflow, now) is None:
        return False
    entries = signable_entries(record, approval, now)
    return undoable(entries, workflow) and _ordinary(approval, entries)


def alone_because(
    approval: Approval, entries: Sequence[LedgerEntry], workflow: Workflow[Any]
) -> str:
    """Why a request is decided by itself, in words; empty when it may go together with its like."""
    reasons = (
        (not undoable(entries, workflow), "it cannot be undone"),
        (approval.quorum is not Quorum.ONE, "more than one person must sign"),
        (bool(approval.amounts), "it moves money"),
        (not _ordinary(approval, entries), "its address has letters that look like others"),
    )
    return next((words for holds, words in reasons if holds), "")


def undoable(entries: Sequence[LedgerEntry], workflow: Workflow[Any]) -> bool:
    """Whether all of it can be undone. Raises UnknownVersion for what this code cannot read."""
    found = [action_for(workflow, held) for held in entries]
    for held, action in zip(entries, found, strict=True):
        params_of(held, action)
    return all(action.reversible for action in found)


def _ordinary(approval: Approval, entries: Sequence[LedgerEntry]) -> bool:
    odd = any(foreign_letters(held.content()["target"]) for held in entries)
    # Money may need a mailed code, one for each decision.
    return approval.quorum is Quorum.ONE and not odd and not approval.amounts
