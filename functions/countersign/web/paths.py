"""What waits for one person: requests grouped by like risk, and cases, oldest first."""

from __future__ import annotations

from countersign.domain.approvals.approval import Approval


def path(approval: Approval) -> str:
    """Where the request is read and decided."""
    return path_of(approval.job_id, approval.approval_id)


def path_of(job_id: str, approval_id: str) -> str:
    """As `path`."""
    return f"/approvals/requests/{job_id}/{approval_id}"


def case_path(job_id: str) -> str:
    """Where a job's case is read and ended."""
    return f"/approvals/cases/{job_id}"
