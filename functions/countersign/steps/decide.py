"""Decide: rules and policy over every proposed action, on the first visit and after each wait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from countersign import observability
from countersign.domain.approvals.approval import Approval, kept_rejections
from countersign.domain.errors import Refused
from countersign.domain.jobs.change import Change, JobRecord
from countersign.domain.jobs.job import Move, Status
from countersign.domain.jobs.suppression import heard
from countersign.domain.ledger.entry import LedgerEntry, params_of
from countersign.domain.limits.caps import reserving, runs_alone
from countersign.domain.planning.basis import check_basis
from countersign.domain.planning.inquiry import or_waits
from countersign.domain.planning.judging import judged
from countersign.domain.planning.plan import (
    comes_next,
    dropped,
    merged,
    next_connector,
    situation,
)
from countersign.domain.planning.renewing import renewed
from countersign.domain.planning.replan import is_stale, observed
from countersign.domain.planning.reservations import capped_before
from countersign.domain.policy.records import CLAIM_HOLDER, Records
from countersign.domain.policy.rules import Finding, Findings, Situation
from countersign.domain.workflow import Workflow, action_for
from countersign.jobs.joining import join
from countersign.runtime.deps import Deps
from countersign.runtime.step import Call, step


def reserve(
    deps: Deps, workflow: Workflow[Any], seen: Situation[Any], ledger: Sequence[LedgerEntry]
) -> Mapping[int, Finding]:
    """Reserve for every entry that policy alone lets run; the cap that is reached, by index.

    Comes before the plan is stored: a crash in between leaves a reservation that the same job finds
    again, or that `tick` frees, and never money that nobody counted. Raises Throttled.
    """
    full = {}
    for held in filter(runs_alone, ledger):
        finding = _reserved(deps, workflow, seen, held)
        if finding:
            full[held.index] = finding
    if full:
        observability.count("CapsReached")
    return full


def check_stopped(ledger: Sequence[LedgerEntry], full: Mapping[int, Finding]) -> None:
    """Raises Refused, and the job becomes a case, when policy lets run what a cap does not."""
    if any(held.index in full for held in filter(runs_alone, ledger)):
        raise Refused("a cap is reached and no line of the policy says what happens then")


def _reserved(
    deps: Deps, workflow: Workflow[Any], seen: Situation[Any], held: LedgerEntry
) -> Finding | None:
    action = action_for(workflow, held)
    params = params_of(held, action)
    amount = action.amount(params) if action.amount else None
    caps = workflow.caps(seen, params)
    if amount is None or not caps:
        return None
    wanted = reserving(held, caps, amount, deps.ids.token(64), seen.now)
    return deps.caps.reserve(caps, wanted)


def decide(deps: Deps, record: JobRecord, call: Call) -> Change:
    """What runs by itself is reserved in its caps first; a reached one is judged as a finding.

    Raises UnknownVersion when what is stored was written by other code, Throttled when too many
    reserve in one cap at once, and of a job that has no plan yet Joined when an earlier one about
    the same matter has heard it, or NeedsPerson when that one waits for somebody's answer.
    """
    workflow = deps.workflows[record.job.workflow]
    if is_stale(record):
        return _planned_anew(call)
    unread = next_connector(workflow, record)
    if unread:
        return _looks_on(call, unread)
    if not record.ledger:
        _join_earlier(deps, record, workflow)
    return _decided(deps, record, call, workflow)


def _join_earlier(deps: Deps, record: JobRecord, workflow: Workflow[Any]) -> None:
    """Nobody waits for an earlier job that is at work: this one says by itself what is new."""
    holder = record.result("records", Records).first(CLAIM_HOLDER)
    if holder:
        given = record.results["input"].as_(workflow.input)
        join(deps, record, given, holder.id, waits=False)


def _decided(deps: Deps, record: JobRecord, call: Call, workflow: Workflow[Any]) -> Change:
    now, again = deps.clock.now(), renewed(workflow, record)
    record = replace(record, ledger=merged(record.ledger, again))
    seen = replace(situation(workflow, record, now), capped=capped_before(record))
    found, changed = judged(workflow, record, seen)
    ledger = merged(record.ledger, changed)
    full = reserve(deps, workflow, seen, ledger)
    if full:
        found, changed = judged(workflow, record, replace(seen, capped=tuple(full.values())))
        ledger = merged(record.ledger, changed)
        check_stopped(ledger, full)
    changed = merged(merged(again, changed), check_basis(workflow, ledger, seen))
    changed = merged(changed, _rejected_meanwhile(record, changed))
    changed = merged(changed, dropped(merged(ledger, changed)))
    ledger, plan = merged(ledger, changed), len(observed(record).rounds)
    return Change(
        event="decided",
        actor=f"state:{call.state}",
        status=Status.PROCESSING,
        fields={f"{h.index} {h.action}": f"{h.verdict.answer}: {h.status}" for h in ledger},
        results={"findings": Findings(found=found)},
        ledger=tuple(changed),
        suppressed=heard(found, workflow.requester(seen.input), now, record.job.job_id),
        approvals=_superseded(record, changed),
        done=("callback",) if "callback" in record.due else (),
        move=or_waits(comes_next(workflow, ledger, found, plan), ledger, plan),
    )


def _planned_anew(call: Call) -> Change:
    """The sender has written again while the job waited for a signature."""
    return Change(
        event="planned anew",
        actor=f"state:{call.state}",
        status=Status.PROCESSING,
        done=("callback",),
        move=Move("Propose"),
    )


def _looks_on(call: Call, connector: str) -> Change:
    """There is another connector to ask before anything can be judged."""
    return Change(
        event="looks on",
        actor=f"state:{call.state}",
        status=Status.PROCESSING,
        move=Move("Look", connector=connector),
    )


def _rejected_meanwhile(
    record: JobRecord, changed: Sequence[LedgerEntry]
) -> tuple[LedgerEntry, ...]:
    """What somebody rejected in a request that is replaced, by whatever it is judged now."""
    if record.pending is None or not changed:
        return ()
    return kept_rejections(record.pending, merged(record.ledger, changed))


def _superseded(record: JobRecord, changed: Sequence[LedgerEntry]) -> tuple[Approval, ...]:
    """A request that still waits is replaced when anything it shows has become stricter."""
    if record.pending is None or not changed:
        return ()
    return (record.pending.model_copy(update={"superseded": True}),)


handler = step(decide)
