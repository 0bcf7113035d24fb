"""Choosing: where a person's choice of a parameter is their signature on it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from countersign.domain.approvals.approval import Approval, Choice, Decision, apply_decision
from countersign.domain.approvals.authority import sign
from countersign.domain.approvals.directory import Directory
from countersign.domain.canonical import canonical, digest
from countersign.domain.ledger.entry import LedgerEntry
from countersign.domain.policy.policy import Quorum


def chosen(
    people: Directory,
    asked: Approval,
    made: LedgerEntry,
    *,
    by: str,
    at: datetime,
    reason: str = "",
    via: Literal["link", "inbox", "cli"] = "link",
) -> tuple[LedgerEntry, Approval]:
    """`made`, authorised, and the request that its chooser signed with the choice: over exactly its
    bytes. `asked` is the request in which they chose. Raises NotPermitted for who may not decide.
    """
    identity = canonical([asked.job_id, asked.approval_id, made.digest])
    request = asked.model_copy(
        update={
            "approval_id": "a-" + digest(identity)[:24],
            "digests": (made.digest,),
            "actions": {made.digest: made.action},
            "amounts": {},
            "editors": {},
            "quorum": Quorum.ONE,
        }
    )
    choices = {made.digest: Choice.APPROVE}
    signed = sign(people, request, Decision(by=by, at=at, choices=choices, reason=reason, via=via))
    (entry,) = apply_decision(signed, (made,))
    return entry, signed
