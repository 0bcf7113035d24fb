"""Prepare: read what arrived, validate the contract, end what needs no answer."""

from __future__ import annotations

from typing import Any

from countersign.domain.contract import Contract
from countersign.domain.errors import (
    ContractBroken,
    CountersignError,
    Dismissed,
    ForTeam,
    NeedsPerson,
    NotFound,
    Quarantined,
    UndoOrdered,
)
from countersign.domain.jobs.change import Change, JobRecord
from countersign.domain.jobs.handing import FRONT_DESK, handed_of
from countersign.domain.jobs.job import Status
from countersign.domain.jobs.matters import FOLLOWS, Follows, of_input
from countersign.domain.jobs.reruns import RERUN
from countersign.domain.jobs.unread import UNREAD, Unread
from countersign.domain.lane.lane import Lane
from countersign.domain.ledger.entry import IN_EFFECT
from countersign.domain.planning.cancelling import CANCELLED
from countersign.domain.planning.inquiry import ASK_SENDER, SILENCE
from countersign.domain.planning.plan import next_move
from countersign.domain.planning.rollback import is_open
from countersign.domain.workflow import Ours, Raw, Workflow
from countersign.extraction.messages import as_text
from countersign.jobs.joining import join
from countersign.jobs.matters import belongs_to
from countersign.lane.filing import filed
from countersign.parsing.mail.thread import read_thread
from countersign.runtime.deps import Deps
from countersign.runtime.step import Call, Continued, committed, step

TAKE_BACK = "TakeBack"
"""The state in which the same function says where a job with an order to undo it goes."""


def prepare(deps: Deps, record: JobRecord, call: Call) -> Change | Continued:
    """Entered again, it reads what it stored and says the same again. What is rare leaves by an
    error, since a choice after it would cost every job a transition.

    Raises Quarantined for bytes nobody can read, MoreToRead for a file that is long, and
    UndoOrdered; when all is stored, ContractBroken for input that breaks its contract, Dismissed
    for what wants nothing, ForTeam for what a desk handed over to a team, Joined for what another
    job has heard, and NeedsPerson for what a stranger wrote into its thread.
    """
    workflow = deps.workflows[record.job.workflow]
    if call.state == TAKE_BACK:
        return _entered(record, call, "resumed", move=next_move(record.ledger, workflow.reads))
    _check_orders(record)
    stored = record.results.get("input")
    if stored:
        given, change = stored.as_(workflow.input), _entered(record, call, "resumed")
    else:
        record = _reads(deps, record, call, workflow)
        given, change = _arrived(deps, record, call, workflow)
    ends = _ends(record, workflow, given)
    if ends:
        committed(deps, call, record, change)
        raise ends
    if not _goes_back(record, change):
        return Continued(record, change)
    after = committed(deps, call, record, change)
    join(deps, after, given, after.result(FOLLOWS, Follows).job_id)
    return Continued(after, change, stored=True)


def _check_orders(record: JobRecord) -> None:
    if is_open(record):
        raise UndoOrdered("an order to undo what the job did is open")
    if CANCELLED in record.results:
        raise UndoOrdered("a person cancelled the job: what is left is not done")


def _ends(record: JobRecord, workflow: Workflow[Any], given: Contract) -> CountersignError | None:
    """What ends a job that a desk gave to a team, that wants nothing, or whose sender did not
    answer. A person gets the last where its workflow says so and nothing came of it but the
    question."""
    handed = handed_of(record)
    if handed and handed.team:
        return ForTeam(f"for the team {handed.team}: {', '.join(handed.about)}")
    dismissed = "" if _taken_up(record) else workflow.dismiss(given)
    if dismissed:
        return Dismissed(dismissed)
    if SILENCE not in record.results:
        return None
    did = [held for held in record.ledger if held.status in IN_EFFECT]
    if workflow.after_silence == "escalate" and all(one.action == ASK_SENDER for one in did):
        return NeedsPerson("nobody answered our question in time")
    return Dismissed("nobody answered")


def _goes_back(record: JobRecord, change: Change) -> bool:
    """Whether what arrived belongs to another job, has no plan of its own yet, and has not been
    brought there by the job that this one runs again."""
    belongs = FOLLOWS in change.results or FOLLOWS in record.results
    return belongs and "proposal" not in record.results and RERUN not in record.results


def _taken_up(record: JobRecord) -> bool:
    """Whether a person said that it is to be read all the same."""
    ended = record.case.resolution if record.case else None
    return ended is not None and ended.way == "resume"


def _entered(record: JobRecord, call: Call, event: str, **more: Any) -> Change:
    return Change(
        event=event,
        actor=f"state:{call.state}",
        status=Status.PROCESSING,
        done=tuple(kind for kind in record.due if kind in ("queue", "parked", "items")),
        **more,
    )


def _arrived(
    deps: Deps, record: JobRecord, call: Call, workflow: Workflow[Any]
) -> tuple[Contract, Change]:
    """What is read for the first time, with the rows by which later messages find the job."""
    if workflow.lane:
        return _filed(deps, record, call, workflow, workflow.lane)
    raw, job = _raw(deps, record), record.job
    given = _read(deps, record, call, raw)
    thread = read_thread(raw.body)
    earlier = belongs_to(deps, thread, job.job_id)
    results: dict[str, Contract] = {"input": given}
    if earlier:
        results[FOLLOWS] = Follows(job_id=earlier)
    sender, root = workflow.requester(given), earlier or job.job_id
    # What a desk hands over is its children's matter: later messages shall find them.
    desks = job.workflow == FRONT_DESK and handed_of(record) is None
    rows = () if desks else of_input(job, sender, thread.message_id, root)
    return given, _entered(record, call, "prepared", results=results, matters=rows)


def _reads(deps: Deps, record: JobRecord, call: Call, workflow: Workflow[Any]) -> JobRecord:
    """Whoever reads a file of many items says so before, since that takes minutes: a job of which
    nobody says that it has begun is queued again by `tick`, and what was read could not be stored.
    """
    if workflow.lane is None or record.job.status is Status.PROCESSING:
        return record
    return committed(deps, call, record, _entered(record, call, "reads its file"))


def _filed(
    deps: Deps, record: JobRecord, call: Call, workflow: Workflow[Any], lane: Lane[Any]
) -> tuple[Contract, Change]:
    """A file of many items: every row lies in a batch then, or is quarantined."""
    results = filed(deps, record, call, lane)
    given, job = results["input"], record.job
    rows = of_input(job, workflow.requester(given), "", job.job_id)
    return given, _entered(record, call, "filed", results=results, matters=rows)


def _read(deps: Deps, record: JobRecord, call: Call, raw: Raw) -> Contract:
    workflow = deps.workflows[record.job.workflow]
    try:
        given: Contract = workflow.read(raw)
    except ContractBroken as broken:
        kept = Unread(text=as_text(raw.body), problems=broken.problems)
        committed(deps, call, record, _entered(record, call, "not read", results={UNREAD: kept}))
        raise
    return given


def _raw(deps: Deps, record: JobRecord) -> Raw:
    source = record.job.source
    try:
        body = deps.payloads.get(source.payload)
    except NotFound:
        raise Quarantined("the payload is gone; ask the sender to send it again") from None
    return Raw(
        body=body,
        door=source.door,
        authserv_id=deps.settings.mail_authserv_id,
        vouched=source.vouched,
        ours=deps.company.ours if deps.company else Ours(),
    )


handler = step(prepare)
