"""Look: read-only, fetch the records that the plan touches, with their versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from countersign import observability
from countersign.domain.errors import ClaimHeld, NotFound, NotYourTurn
from countersign.domain.jobs.change import Change, JobRecord
from countersign.domain.jobs.job import Move, Status
from countersign.domain.jobs.matters import Matter, subject_key
from countersign.domain.planning.rerun import family
from countersign.domain.policy.proposal import Proposal
from countersign.domain.policy.records import CLAIM_HOLDER, PEOPLE, Record, Records
from countersign.domain.policy.release import Limits
from countersign.domain.ports import Holder
from countersign.domain.workflow import Claim, Workflow
from countersign.jobs.matters import earlier_jobs, earlier_versions
from countersign.runtime.breaker import taken
from countersign.runtime.connectors import look_of
from countersign.runtime.deps import Deps
from countersign.runtime.pace import Paced
from countersign.runtime.retry import watched
from countersign.runtime.step import Call, Continued, committed, step
from countersign.runtime.visits import PacedVisit, kept_as, paced, waiting

HOUR = 3600
_CAME_TO_NOTHING = ("", Status.REJECTED, Status.ROLLED_BACK, Status.SHADOWED)
"""Of a job that left nothing which a later one could join, or that is gone."""


def look(deps: Deps, record: JobRecord, call: Call) -> Change | Continued:
    """Always reads anew: what was read before a wait may have changed since.

    A workflow with several connectors is looked up one visit each, since each has its own key: the
    first visit begins a new set of records, and each further one adds to it. One that asks only
    what has its answer already begins anew too: it comes after a wait. Raises NotYourTurn, and the
    job keeps its turn.
    """
    workflow = deps.workflows[record.job.workflow]
    connector = str(call.input.get("connector") or workflow.reads)
    try:
        found = _found(deps, record, call, connector)
    except NotYourTurn as later:
        committed(deps, call, *waiting(deps, call, connector, later))
        raise
    held = record.results["records"].as_(Records) if "records" in record.results else None
    if held is None or connector == workflow.reads or found.keys() <= held.found.keys():
        return _first(deps, record, call, connector, found)
    return _looked(call, connector, held.model_copy(update={"found": {**held.found, **found}}))


def _looked(call: Call, connector: str, records: Records) -> Change:
    return Change(
        event="looked",
        actor=f"state:{call.state}",
        status=Status.PROCESSING,
        fields={name: f"{len(rows)} found" for name, rows in records.found.items()},
        results={"records": records},
        turns={kept_as(look_of(connector).paced_by, call.state): None},
        move=Move("Decide"),
    )


def _found(
    deps: Deps, record: JobRecord, call: Call, connector: str
) -> Mapping[str, tuple[Record, ...]]:
    """What the connector says to each of its lookups, without what this very job wrote."""
    workflow = deps.workflows[record.job.workflow]
    given = record.results["input"].as_(workflow.input)
    proposal = record.results["proposal"].as_(Proposal)
    row = look_of(connector)
    asked = [one for one in workflow.lookups(given, proposal) if one.connector == connector]
    if not asked:
        return {}
    key, ours = Paced(deps, row.paced_by), frozenset(held.key for held in record.ledger)
    with taken(key, row.key):
        reader = deps.reader(connector)
    visit = PacedVisit(key, record.job, call, (key.key, record.job.workflow))
    with paced(visit, row.requests * len(asked)):
        found = watched(key, visit, row.key, reader).look(asked)
    return {
        name: tuple(one for one in records if not _is_ours(one, ours))
        for name, records in found.items()
    }


def _first(
    deps: Deps,
    record: JobRecord,
    call: Call,
    connector: str,
    found: Mapping[str, tuple[Record, ...]],
) -> Change | Continued:
    """New records, and with them who is first with this contact or order: this job, if nobody was
    when its first records were stored."""
    workflow = deps.workflows[record.job.workflow]
    given = record.results["input"].as_(workflow.input)
    proposal = record.results["proposal"].as_(Proposal)
    claim = workflow.claim(given, proposal, record.results["limits"].as_(Limits))
    about = workflow.about(given, proposal)
    found = {**found, **_of_ours(deps, record, workflow, given)}
    found |= earlier_versions(deps, record, about) if about else {}
    records = Records(read_at=deps.clock.now(), found=found)
    change = replace(_looked(call, connector, records), matters=_subject(record, about))
    if claim is None:
        return change
    if "records" not in record.results:
        try:
            after = committed(deps, call, record, replace(change, claim=claim))
            return Continued(after, change, stored=True)
        except ClaimHeld:
            observability.logger().info("somebody was first")
    earlier = _earlier(deps, workflow, claim, record, records.read_at)
    held = {CLAIM_HOLDER: earlier} if earlier else {}
    return _looked(call, connector, records.model_copy(update={"found": {**found, **held}}))


def _subject(record: JobRecord, about: str) -> tuple[Matter, ...]:
    """The row by which later versions of the same find the job."""
    key, job = subject_key(record.job.workflow, about), record.job
    return (Matter(key=key, job_id=job.job_id, since=job.created_at),) if about else ()


def _of_ours(
    deps: Deps, record: JobRecord, workflow: Workflow[Any], given: Any
) -> Mapping[str, tuple[Record, ...]]:
    """What we know ourselves: earlier jobs with whoever wrote, and the directory."""
    sender = workflow.requester(given)
    earlier = earlier_jobs(deps, record, sender) if sender else {}
    return {**earlier, **({PEOPLE: _people(deps)} if workflow.knows_people else {})}


def _people(deps: Deps) -> tuple[Record, ...]:
    """Whom the directory knows, without who left."""
    held = (one for one in deps.people.directory().members if not one.left)
    return tuple(
        Record(
            kind="member",
            id=one.person.id,
            version="1",
            fields={
                "id": one.person.id,
                "name": one.person.name,
                "address": one.person.address,
                "roles": " ".join(one.roles),
            },
        )
        for one in held
    )


def _is_ours(record: Record, keys: frozenset[str]) -> bool:
    """Whether this very job wrote the record: our own effects are no news to our rules."""
    return record.fields.get("countersign_action_key") in keys


def _earlier(
    deps: Deps, workflow: Workflow[Any], claim: Claim, record: JobRecord, now: datetime
) -> tuple[Record, ...]:
    """The earlier job that this one joins, decided by a conditional row; nothing if it is first, or
    runs that one again."""
    job_id = record.job.job_id
    holder = deps.store.claim(claim, job_id, now)
    if holder.job_id == job_id:
        return ()
    hours = abs((now - holder.since).total_seconds()) / HOUR
    status = "" if holder.job_id in family(record) else _status(deps, holder.job_id)
    if status in _CAME_TO_NOTHING or not workflow.joins(claim.body, holder.body, hours):
        holder = deps.store.claim(claim, job_id, now, over=holder.job_id)
        status = _status(deps, holder.job_id)
    return () if holder.job_id == job_id else (_as_record(holder, status),)


def _status(deps: Deps, job_id: str) -> str:
    """Where the job stands; empty for one that is gone."""
    try:
        return deps.store.load(job_id).job.status.value
    except NotFound:
        return ""


def _as_record(holder: Holder, status: str) -> Record:
    """For rules, and for the person who is asked: which job it is, and where it stands."""
    since = f"{holder.since:%Y-%m-%d %H:%M} UTC"
    fields = {"status": status.replace("_", " ").lower(), "since": since}
    return Record(kind="claim", id=holder.job_id, version="1", fields=fields)


handler = step(look)
