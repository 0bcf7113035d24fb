"""What becomes of what people rejected: a team gets it as a case, or an answer ends it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from countersign.domain.approvals.directory import Member
from countersign.domain.errors import ContractBroken, NotPermitted, UnknownVersion
from countersign.domain.jobs.change import Change, Due, JobRecord
from countersign.domain.jobs.inbox import case_owner
from countersign.domain.jobs.job import Status
from countersign.domain.planning import answering
from countersign.domain.planning.charge import may_resolve, rejected, reopens
from countersign.domain.planning.plan import situation
from countersign.domain.workflow import Workflow
from countersign.extraction.replies import declined
from countersign.jobs.handover import case_for
from countersign.runtime.deps import Deps

_MOST = 200
"""Characters of a case's reason; the trail has all of it."""


def teams(deps: Deps, record: JobRecord) -> Mapping[str, str]:
    """Name by role of each team that could take the job on; none where nothing waits for one."""
    owner = case_owner(record)
    if deps.company is None or not (owner or reopens(record) or rejected(record)):
        return {}
    return {role: team.name for role, team in deps.company.teams.items() if role != owner}


def hand_to(deps: Deps, job_id: str, team: str, *, by: str, words: str) -> JobRecord:
    """The job, as a case of that team with all that is known, due in the team's own time; `tick`
    mails its people. Raises NotFound, NotPermitted, or ContractBroken with what is missing."""
    if not words.strip():
        raise ContractBroken("handing it over needs a reason")

    def change_of(record: JobRecord) -> Change:
        member, there = _in_charge(deps, record, by), teams(deps, record)
        if team not in there:
            raise ContractBroken(f"it can be handed over to {', '.join(there) or 'nobody'}")
        reason = f"{member.person.name} handed it over: {words}"[:_MOST]
        return Change(
            event="handed to a team",
            actor=f"person:{by}",
            status=Status.ESCALATED,
            reason=reason,
            fields={"from": case_owner(record) or record.job.workflow, "to": team, "why": words},
            case=case_for(deps, record, team, reason),
            due=(Due(kind="case", at=deps.clock.now()),),
        )

    after, _ = deps.update(job_id, change_of)
    return after


def suggested(deps: Deps, record: JobRecord) -> Mapping[str, str]:
    """`to`, `subject` and `text` of the fixed answer that would end the job, for a person to take
    or to change; empty where no answer can."""
    workflow = deps.workflows.get(record.job.workflow)
    try:
        reply = workflow and answering.offered(workflow, record, deps.clock.now())
    except UnknownVersion:
        return {}
    return {"to": reply.target, **_fixed(deps, workflow, record)} if workflow and reply else {}


def answer(deps: Deps, job_id: str, typed: Mapping[str, str], *, by: str) -> JobRecord:
    """The job, on its way to ask for a signature on the answer alone. `typed` holds `subject` and
    `text`. Raises NotFound, NotPermitted, or ContractBroken with what is wrong with it."""

    def change_of(record: JobRecord) -> Change:
        member = _in_charge(deps, record, by)
        workflow = deps.workflows[record.job.workflow]
        fixed, now = _fixed(deps, workflow, record), deps.clock.now()
        written = answering.Written(member.person, now, fixed, typed)
        return answering.answered(workflow, record, written)

    after, _ = deps.update(job_id, change_of)
    deps.executions.start(after.job.execution, job_id)
    return after


def _fixed(deps: Deps, workflow: Workflow[Any], record: JobRecord) -> Mapping[str, str]:
    return declined(situation(workflow, record, deps.clock.now()))


def _in_charge(deps: Deps, record: JobRecord, by: str) -> Member:
    workflow = deps.workflows.get(record.job.workflow)
    member = deps.people.directory().acting(by, deps.clock.now())
    judged = may_resolve(member, record, workflow)
    if member is None or not judged.allowed:
        raise NotPermitted(f"{by} may not take this up: {judged.reason}")
    return member
