"""Moving: a matter that went to the wrong process is handed over anew by its parent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from countersign.domain.approvals.approval import Approval, Person
from countersign.domain.approvals.directory import Directory
from countersign.domain.errors import ContractBroken
from countersign.domain.jobs.change import Change, JobRecord
from countersign.domain.jobs.handing import HAND_OVER, MOST_CHILDREN
from countersign.domain.jobs.job import Status
from countersign.domain.ledger.action import ProposedAction
from countersign.domain.ledger.entry import LedgerEntry, entry
from countersign.domain.planning.cancelling import ended_by_hand
from countersign.domain.planning.choosing import chosen
from countersign.domain.planning.plan import HARD_EXPIRY
from countersign.domain.planning.resume import resumed
from countersign.domain.planning.rollback import stands
from countersign.domain.policy.policy import Answer, Reason, Verdict, joined
from countersign.domain.workflow import Workflow, action_for

MOVED = "moved"
_RUNS = {Status.PROCESSING, Status.RETRYING}
_SOON = timedelta(minutes=1)


def ended(record: JobRecord, by: str, reason: str, now: datetime) -> Change | None:
    """The change that ends a child of which nothing ran; None when it has ended so already.

    Raises ContractBroken while it runs, and for one that did something: that is undone first.
    """
    if record.job.status in (Status.REJECTED, Status.ROLLED_BACK, Status.SHADOWED):
        return None
    if record.job.status in _RUNS:
        raise ContractBroken("it still runs: wait until it ends or waits")
    if stands(record.ledger):
        raise ContractBroken("it did something: roll it back first, and then move it")
    return ended_by_hand(record, MOVED, by, f"{MOVED}: {reason}", now)


def handed_anew(
    workflow: Workflow[Any],
    record: JobRecord,
    child: str,
    to: str,
    *,
    by: Person,
    people: Directory,
    reason: str,
    now: datetime,
) -> Change:
    """The parent goes on in a new execution, which hands the child's matter over to `to`: under the
    next number, signed by whoever moves it.

    Raises ContractBroken for a parent that has not ended, a child that is none of its, a
    destination that is none, or too many children; NotPermitted for who may not decide.
    """
    if record.job.status is not Status.COMPLETED:
        raise ContractBroken(f"the job that handed it over is {record.job.status}")
    held = of_child(record, child)
    made = _entry(workflow, record, held, _Order(to, reason, by.id, now))
    asked = _request(record, made, by, now)
    authorised, signed = chosen(people, asked, made, by=by.id, at=now, reason=reason, via="cli")
    told = {"moved": child, "to": to, "why": reason}
    change = resumed(record, f"person:{by.id}", now, fields=told, ledger=(authorised,))
    return replace(change, event="handed over anew", approvals=(*change.approvals, signed))


def of_child(record: JobRecord, child: str) -> LedgerEntry:
    """The entry by which the job handed `child` over. Raises ContractBroken when there is none."""
    for held in record.ledger:
        if held.action == HAND_OVER and held.receipt and held.receipt.id == child:
            return held
    raise ContractBroken(f"{record.job.job_id} did not hand {child} over")


def elsewhere(held: LedgerEntry) -> tuple[str, ...]:
    """Every other destination that the matter could have gone to."""
    said = held.content()["params"]
    return tuple(one for one in said["choices"] if one != said["destination"])


@dataclass(frozen=True)
class _Order:
    to: str
    why: str
    by: str
    at: datetime


def _entry(
    workflow: Workflow[Any], record: JobRecord, held: LedgerEntry, order: _Order
) -> LedgerEntry:
    to, before, others = order.to, held.content()["params"], elsewhere(held)
    if to not in others:
        raise ContractBroken(f"it can be moved to {', '.join(others)}")
    numbers = [one.content()["params"]["number"] for one in record.ledger]
    number = 1 + max(numbers)
    if number > MOST_CHILDREN:
        raise ContractBroken(f"a message is handed over at most {MOST_CHILDREN} times")
    action = action_for(workflow, held)
    moved = Reason(line=MOVED, rule=MOVED, sentence=f"a person moved it: {order.why}")

    def towards(destination: str) -> LedgerEntry:
        params = action.params.read({**before, "destination": destination, "number": number})
        return entry(
            len(record.ledger),
            ProposedAction(action=action.id, params=params, target=f"matter {number}"),
            action,
            joined(held.verdict, Verdict(answer=Answer.ASK, reasons=(moved,))),
            job_id=record.job.job_id,
            policy=workflow.policy.version,
            expires_at=order.at + HARD_EXPIRY,
            plan=held.plan,
        )

    # A move is an edit of where it goes: what people said of the desk's word is found there.
    edit = {"edited_by": order.by, "edited_from": towards(before["destination"]).body}
    return towards(to).model_copy(update=edit)


def _request(record: JobRecord, made: LedgerEntry, by: Person, now: datetime) -> Approval:
    """What the mover signs. It is their own order: nobody's policy asks for it."""
    return Approval(
        approval_id=made.digest[:24],
        job_id=record.job.job_id,
        digests=(made.digest,),
        approvers=(by,),
        requested_at=now,
        deadline=now + _SOON,
    )
