"""A job as plain data, for the command line and the pages: pure functions over its record."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from countersign.domain.approvals.approval import Approval, Decision
from countersign.domain.canonical import instant, plain
from countersign.domain.errors import BUDGET, PAUSED, UnknownVersion
from countersign.domain.jobs import audit
from countersign.domain.jobs.attempts import Attempt, attempts
from countersign.domain.jobs.cases import Case
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.handing import children, handed_of, parent_of
from countersign.domain.jobs.job import ENDED, JobSummary, Status
from countersign.domain.jobs.reruns import rerun_of
from countersign.domain.ledger.entry import LedgerEntry
from countersign.domain.ledger.undo import written
from countersign.domain.planning.rerun import rerun_as
from countersign.domain.policy.calls import every_call
from countersign.domain.policy.rules import Findings, Found
from countersign.domain.reporting.usage import proposal_of, usage_of
from countersign.domain.workflow import Workflow, Workflows
from countersign.web.headline import headline
from countersign.web.text import second
from countersign.web.wording import in_words, status_words

_BY_MACHINE = {
    Status.PENDING: "the queue",
    Status.PROCESSING: "the state machine",
    Status.RETRYING: "the state machine",
    Status.PARKED: "its due time",
    Status.WAITING_FOR_SENDER: "an answer of the sender",
}


def as_dict(record: JobRecord, workflows: Workflows) -> dict[str, Any]:
    """Everything that is known of a job, without its task tokens, ready for `json.dumps`."""
    job, proposal, handed = record.job, proposal_of(record), handed_of(record)
    workflow = workflows.get(job.workflow)
    return {
        "job_id": job.job_id,
        "workflow": job.workflow,
        "status": job.status.value,
        "facts": plain(proposal.facts) if proposal else {},
        "findings": _findings(record),
        "decisions": [_verdict(held) for held in record.ledger],
        "actions": [_action(record, held, workflow) for held in record.ledger],
        "approvals": [_approval(held) for held in in_order(record)],
        "audit": _audit(record),
        "cost": cost_of(record),
        "release": job.release,
        "dropped": plain(proposal.dropped) if proposal else {},
        "model_calls": _calls(record),
        "reason": job.reason,
        "parent": parent_of(record),
        "rerun_of": again.of if (again := rerun_of(record)) else "",
        "rerun_as": rerun_as(record),
        "handed_to": handed.to if handed else "",
        "children": [{"job_id": one, "to": to} for one, to in children(record)],
        "waits_for": waits_for(record),
        "case": _case(record.case),
        "source": plain(job.source),
        "created_at": instant(job.created_at),
        "updated_at": instant(job.updated_at),
        "about": headline(record, workflow),
        "message": _message(record, workflow),
    }


def _message(record: JobRecord, workflow: Workflow[Any] | None) -> dict[str, str]:
    """What came, in its parts; nothing where this code cannot read it."""
    held = record.results.get("input")
    if held is None or workflow is None:
        return {}
    try:
        return dict(workflow.source_parts(held.as_(workflow.input)))
    except UnknownVersion:
        return {}


def row(record: JobRecord, workflows: Workflows) -> dict[str, Any]:
    """One line of a list of jobs."""
    job = JobSummary.of(record.job)
    return {
        "job_id": job.job_id,
        "about": headline(record, workflows.get(job.workflow)),
        "workflow": job.workflow,
        "status": job.status.value,
        "waits_for": waits_for(record),
        "reason": job.reason,
        "door": job.door,
        "created_at": instant(job.created_at),
        "updated_at": instant(job.updated_at),
    }


def waits_for(record: JobRecord) -> str:
    """Who or what the job waits for, in words; empty when for nobody."""
    status = record.job.status
    if status is Status.WAITING_FOR_REVIEW and record.pending:
        return " or ".join(person.name for person in record.pending.approvers)
    if status is Status.ESCALATED and record.case:
        return f"{record.case.owner}, who has its case"
    if status is Status.FAILED:
        return "an operator"
    if status is Status.WAITING_FOR_REVIEW:
        return "a signature to be used"
    return _of_machine(JobSummary.of(record.job))


def _of_machine(job: JobSummary) -> str:
    if job.status is Status.PARKED and BUDGET in job.reason:
        return f"tomorrow's budget, or `countersign budget raise {job.workflow}`"
    if job.status is Status.PARKED and PAUSED in job.reason:
        return f"`countersign resume {job.reason.partition(PAUSED)[0]} --by PERSON`"
    if job.waits_until and job.status in _BY_MACHINE:
        return f"its turn until {second(job.waits_until)}"
    return _BY_MACHINE.get(job.status, "")


def ended(record: JobRecord) -> bool:
    """Whether no execution works on the job any more."""
    return record.job.status in ENDED


def words(held: LedgerEntry, workflow: Workflow[Any] | None) -> str:
    """An action in one sentence; its id when this code does not know its workflow."""
    return in_words(held, workflow) if workflow else held.action


def in_order(record: JobRecord) -> list[Approval]:
    """The approvals as they were asked for."""
    return sorted(record.approvals.values(), key=lambda held: held.requested_at)


def _findings(record: JobRecord) -> list[dict[str, Any]]:
    held = record.results.get("findings")
    try:
        return told(held.as_(Findings).found) if held else []
    except UnknownVersion:
        return []


def told(found: Iterable[Found]) -> list[dict[str, Any]]:
    """What rules found, each with its sentence filled in as `told`."""
    return [{**plain(one), "told": one.told} for one in found]


def _verdict(held: LedgerEntry) -> dict[str, Any]:
    return {
        "action": held.action,
        "digest": held.digest,
        "answer": held.verdict.answer.value,
        "would": held.verdict.would.value if held.verdict.would else None,
        "escalate": held.verdict.escalate,
        "reasons": told(held.verdict.reasons),
    }


def _action(record: JobRecord, held: LedgerEntry, workflow: Workflow[Any] | None) -> dict[str, Any]:
    return {
        "index": held.index,
        "action": held.action,
        "version": held.action_version,
        "connector": held.connector,
        "words": words(held, workflow),
        "status": held.status.value,
        "status_words": status_words(held),
        "note": held.note,
        "digest": held.digest,
        "key": held.key,
        "approval": held.approval,
        "body": held.content(),
        "receipt": plain(held.receipt),
        "attempt": held.attempt,
        "attempts": [
            {"name": one.name, "at": instant(one.at), "ended": one.ended, "words": _told(one)}
            for one in attempts(record.audit, held)
        ],
        "plan": held.plan + 1,
        "seen": [one.model_dump() for one in held.seen.fields] if held.seen else [],
        "changed": [one.model_dump() for one in written(held)],
        "conflict": [one.model_dump() for one in held.conflict],
    }


def _told(one: Attempt) -> str:
    return one.words(f"{one.at:%H:%M:%S} UTC")


def _approval(held: Approval) -> dict[str, Any]:
    return {
        "approval_id": held.approval_id,
        "digests": list(held.digests),
        "asked": [{"id": person.id, "name": person.name} for person in held.approvers],
        "requested_at": instant(held.requested_at),
        "deadline": instant(held.deadline),
        "superseded": held.superseded,
        "needed": held.needed,
        "signatures": [_signature(held, one) for one in held.signatures],
        "decision": _decision(held, held.decision),
    }


def _signature(held: Approval, one: Decision) -> dict[str, str]:
    person = held.person(one.by)
    return {"id": one.by, "name": person.name if person else one.by, "at": instant(one.at)}


def _decision(held: Approval, decision: Decision | None) -> dict[str, Any] | None:
    if decision is None:
        return None
    person = held.person(decision.by)
    return {**plain(decision), "name": person.name if person else decision.by}


def _audit(record: JobRecord) -> dict[str, Any]:
    faults = audit.verify(record.audit, length=record.job.audit_length, head=record.job.audit_head)
    return {"verified": not faults, "faults": faults, "entries": plain(record.audit)}


def cost_of(record: JobRecord) -> dict[str, Any]:
    """Which model read it, with how many calls and tokens, for how much."""
    proposal, used = proposal_of(record), usage_of(record)
    return {
        "model": proposal.model if proposal else "",
        "offline": proposal.offline if proposal else False,
        "calls": used.calls,
        "input_tokens": used.input_tokens,
        "output_tokens": used.output_tokens,
        "usd": plain(used.usd),
    }


def _calls(record: JobRecord) -> list[Any]:
    """All calls of the model; none where their content is gone with its retention."""
    try:
        return [plain(one) for one in every_call(record.results)]
    except UnknownVersion:
        return []


def _case(held: Case | None) -> dict[str, Any] | None:
    return plain(held) if held else None


def age(since: datetime, now: datetime) -> str:
    """`42 s`, `3 min`, `2 h`, `5 d`."""
    seconds = max(0, int((now - since).total_seconds()))
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def span(seconds: float) -> str:
    """`42 s`, `3.5 min`, `2.0 h`, `5.1 d`."""
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"
