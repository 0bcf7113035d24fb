"""What the model cost a job, whatever became of its answers."""

from __future__ import annotations

from countersign.domain.errors import UnknownVersion
from countersign.domain.jobs.change import JobRecord
from countersign.domain.policy.calls import spent_by
from countersign.domain.policy.proposal import Proposal, Usage


def proposal_of(record: JobRecord) -> Proposal | None:
    """What was proposed; None for nothing, and for what is of other code."""
    held = record.results.get("proposal")
    try:
        return held.as_(Proposal) if held else None
    except UnknownVersion:
        return None


def usage_of(record: JobRecord) -> Usage:
    """Calls, tokens and dollars: the proposal's, or those of the answers that led to none."""
    proposal = proposal_of(record)
    return proposal.usage if proposal else spent_by(record.results)
