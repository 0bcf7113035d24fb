"""Who is in charge of a job that people must end: of its case, of undoing
what it did; and who may stop a whole workflow."""

from __future__ import annotations

from collections.abc import Set
from typing import Any

from countersign.domain.approvals.authority import Authority
from countersign.domain.approvals.directory import Member
from countersign.domain.errors import UnknownVersion
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.forgetting import is_erased
from countersign.domain.jobs.inbox import OPERATIONS, case_owner
from countersign.domain.jobs.job import Status
from countersign.domain.ledger.entry import IN_EFFECT, ActionStatus
from countersign.domain.workflow import Workflow

_REJECTED = ActionStatus.REJECTED
ANSWER = "answer"
"""The rule of an answer by which somebody ends what people rejected."""


def may_resolve(
    member: Member | None, record: JobRecord, workflow: Workflow[Any] | None
) -> Authority:
    """Whether this person may end the job's case, whichever way, or take up a rejected job: in the
    directory now, holds the role that owns it or operations, and has not asked for the work
    themselves. What people rejected is theirs too whom the workflow asks.

    `workflow` is None, or cannot read what is stored, for a job of other code: its case can still
    be ended.
    """
    roles = _roles(record, workflow)
    if not roles:
        return Authority(allowed=False, reason="the job has no open case")
    try:
        requester = _requester(record, workflow)
    except UnknownVersion:
        requester = ""
    return _in_charge(member, {*roles, OPERATIONS}, requester, "ends the case of")


def _roles(record: JobRecord, workflow: Workflow[Any] | None) -> Set[str]:
    """Whose it is; nobody's where the job waits for no person, or nobody knows any more what it
    was about."""
    if is_erased(record):
        return set()
    if workflow is not None and rejected(record):
        return {workflow.owner, *(tier.role for tier in workflow.tiers)}
    set_aside = record.job.status is Status.REJECTED and workflow is not None
    owner = workflow.owner if set_aside and workflow else case_owner(record)
    return {owner} if owner else set()


def rejected(record: JobRecord) -> bool:
    """Whether people said no to all or some of what the job wanted, nothing works on it, and
    nobody has ended it with an answer or a case since."""
    over = record.job.status in (Status.REJECTED, Status.COMPLETED) and record.case is None
    return over and not answered(record) and bool(why_rejected(record))


def answered(record: JobRecord) -> bool:
    """Whether somebody ended with an answer what people had rejected, and it left."""
    return any(held.status in IN_EFFECT and ANSWER in held.verdict.rules for held in record.ledger)


def reopens(record: JobRecord) -> bool:
    """Whether the job ended with nothing done, set aside or rejected by who was asked, and nobody
    has ended a case of it."""
    ended = record.job.status is Status.REJECTED and record.case is None
    undone = not record.approvals or bool(why_rejected(record))
    return ended and undone and not is_erased(record)


def why_rejected(record: JobRecord) -> str:
    """What people said against the job's actions; empty where nobody rejected any."""
    said = [held.note or "rejected" for held in record.ledger if held.status is _REJECTED]
    return "; ".join(dict.fromkeys(said))


def may_roll_back(member: Member | None, workflow: Workflow[Any], record: JobRecord) -> Authority:
    """Whether this person may order it: in the directory now, holds the role that owns the
    workflow or is asked by it, or operations, and has not asked for the work themselves."""
    roles = {workflow.owner, OPERATIONS, *(tier.role for tier in workflow.tiers)}
    return _in_charge(member, roles, _requester(record, workflow), "rolls back")


def may_mark(member: Member | None, workflow: Workflow[Any], record: JobRecord) -> Authority:
    """Whether this person may say if a job in shadow would have been right: as for rolling back."""
    roles = {workflow.owner, OPERATIONS, *(tier.role for tier in workflow.tiers)}
    return _in_charge(member, roles, _requester(record, workflow), "marks")


def may_pause(member: Member | None, workflow: Workflow[Any] | None) -> Authority:
    """Whether this person may stop and resume a workflow, as its owner or for operations, or a
    connector (None), for operations."""
    roles = {OPERATIONS, workflow.owner} if workflow else {OPERATIONS}
    return _in_charge(member, roles, "", "pauses")


def _in_charge(member: Member | None, roles: Set[str], requester: str, does: str) -> Authority:
    """Whether this person is there, holds one of the roles and is not the requester. `does` is what
    nobody does to their own request, in words."""
    if member is None:
        return Authority(allowed=False, reason="this person is not in the directory")
    if not roles & {*member.roles}:
        needed = f"this needs one of the roles {', '.join(sorted(roles))}"
        return Authority(allowed=False, reason=needed)
    if member.person.address.casefold() == requester.casefold():
        return Authority(allowed=False, reason=f"nobody {does} what they asked for themselves")
    return Authority(allowed=True)


def _requester(record: JobRecord, workflow: Workflow[Any] | None) -> str:
    """Mail address of who asked for the work; empty when that is not known. Raises
    UnknownVersion."""
    held = record.results.get("input")
    return workflow.requester(held.as_(workflow.input)) if held and workflow else ""
