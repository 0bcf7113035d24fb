"""Whether the stored bytes of an action are the ones that were decided on."""

from __future__ import annotations

from datetime import datetime

from pydantic import AwareDatetime, ConfigDict, ValidationError

from countersign.domain.canonical import digest
from countersign.domain.contract import Value
from countersign.domain.errors import NotAuthorised
from countersign.domain.ledger.entry import LedgerEntry


def check_bytes(held: LedgerEntry, job_id: str, now: datetime) -> None:
    """As `check_intact`, and in time. Raises NotAuthorised."""
    check_intact(held, job_id)
    if _bound(held).expires_at <= now:
        raise NotAuthorised(f"action {held.index} is past its hard expiry")


def check_intact(held: LedgerEntry, job_id: str) -> None:
    """Recompute the digest from the stored bytes. Raises NotAuthorised when anything moved."""
    if digest(held.body.encode()) != held.digest:
        raise NotAuthorised(f"action {held.index}: the stored bytes are not the ones decided on")
    bound = _bound(held)
    if (bound.job, bound.action, bound.version) != (job_id, held.action, held.action_version):
        raise NotAuthorised(f"action {held.index} belongs to another job or another action")


class _Bound(Value):
    """What the bytes say about themselves."""

    model_config = ConfigDict(extra="ignore")

    job: str
    action: str
    version: int
    expires_at: AwareDatetime


def _bound(held: LedgerEntry) -> _Bound:
    try:
        return _Bound.model_validate_json(held.body)
    except ValidationError:
        raise NotAuthorised(f"action {held.index}: the stored bytes are no action's") from None
