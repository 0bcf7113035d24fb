"""Running a job again from a step, as a new job: what was done counts as done.

The new job begins with the entries of what took effect, under their keys and with their receipts,
and with one more plan to make. What no later plan of a job wants again, its rerun does not either.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from countersign.domain.contract import Contract
from countersign.domain.errors import ContractBroken
from countersign.domain.jobs.change import Change, Due, JobRecord
from countersign.domain.jobs.forgetting import is_erased
from countersign.domain.jobs.handing import HANDED, Handed
from countersign.domain.jobs.intake import START_WITHIN, begun
from countersign.domain.jobs.job import FINISHED, Job, Status, job_id_of
from countersign.domain.jobs.matters import FOLLOWS, Follows
from countersign.domain.jobs.reruns import RERUN, Rerun, rerun_of
from countersign.domain.ledger.entry import NOT_BEGUN, ActionStatus, LedgerEntry
from countersign.domain.planning.joining import LATER, Later
from countersign.domain.planning.judging import judged
from countersign.domain.planning.plan import dropped, merged, situation
from countersign.domain.planning.replan import OBSERVED, Observations, Round
from countersign.domain.policy.policy import Answer
from countersign.domain.policy.proposal import Proposal, Usage
from countersign.domain.policy.release import Limits
from countersign.domain.workflow import Workflow

RERUN_AS = "rerun_as"
"""The name of the result that says by which job it was run again."""
_DOOR = "rerun"
_A = ActionStatus
_TOOK_EFFECT = frozenset({_A.VERIFIED, _A.KEPT})
_DOUBTFUL = frozenset({_A.UNKNOWN, _A.CLAIMED})
_DECLINED = frozenset({_A.REJECTED, _A.EXPIRED, _A.UNDONE})
"""People said no to it, said nothing, or had it undone."""


class Step(StrEnum):
    """From where a job is run again. Records are always read anew and signatures never carry over,
    so that whatever comes after Look is run again from there."""

    PREPARE = "prepare"
    PROPOSE = "propose"
    LOOK = "look"


class RerunAs(Contract):
    """The job by which this one was run again."""

    CONTRACT: ClassVar[str] = "rerun_as"
    VERSION: ClassVar[int] = 1

    job_id: str


@dataclass(frozen=True)
class Order:
    """What a person orders. `again`: actions that are done once more though they were done."""

    step: Step
    by: str
    reason: str
    again: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Preview:
    """What a rerun will do, by what is known before it: the model is asked anew where the step says
    so, and the records are read anew."""

    skipped: tuple[LedgerEntry, ...]
    """What counts as done, as it was done."""
    planned: tuple[LedgerEntry, ...] | None
    """What the new job wants, with its verdicts; None: nothing is known yet."""

    @property
    def runs(self) -> tuple[LedgerEntry, ...]:
        """What policy lets run by itself."""
        return self._of(Answer.RUN)

    @property
    def asks(self) -> tuple[LedgerEntry, ...]:
        """What takes a signature."""
        return self._of(Answer.ASK)

    def _of(self, answer: Answer) -> tuple[LedgerEntry, ...]:
        return tuple(held for held in self.planned or () if held.verdict.answer is answer)


def rerun_id(original: str, number: int) -> str:
    """The id of a job's rerun: a repeat of the same order creates nothing."""
    return job_id_of(_DOOR, "", original, str(number))


def family(record: JobRecord) -> frozenset[str]:
    """The jobs that this one runs again, the first and those between."""
    held = rerun_of(record)
    if held is None:
        return frozenset()
    return frozenset({held.original, *(rerun_id(held.original, n) for n in range(1, held.number))})


def rerun_as(record: JobRecord) -> str:
    """The id of the job by which this one was run again; empty: it was not."""
    held = record.results.get(RERUN_AS)
    return held.as_(RerunAs).job_id if held else ""


def begins(
    base: JobRecord, workflow: Workflow[Any], order: Order, release: str, now: datetime
) -> tuple[Job, Change]:
    """The new job and its first change. Raises ContractBroken with what is in the way, and
    UnknownVersion when what it would go on from was written by other code."""
    _check(base, order)
    held = rerun_of(base)
    original, number = (held.original, held.number + 1) if held else (base.job.job_id, 1)
    job_id = rerun_id(original, number)
    job = begun(job_id, base.job.workflow, release, base.job.source, now)
    skipped = tuple(_taken_over(base, order.again))
    link = Rerun(
        original=original,
        number=number,
        of=base.job.job_id,
        step=order.step,
        by=order.by,
        reason=order.reason,
        signed=_to_sign(base),
    )
    change = Change(
        event="rerun",
        actor=f"person:{order.by}",
        fields={"of": base.job.job_id, "from": order.step, "why": order.reason},
        results={**_kept(base, workflow, order.step), RERUN: link},
        ledger=skipped,
        due=(Due(kind="queue", at=now + START_WITHIN),),
    )
    return job, change


def preview(
    base: JobRecord, workflow: Workflow[Any], job: Job, change: Change, now: datetime
) -> Preview:
    """What the new job will do, judged as Decide judges it, by the newest that is stored. Raises
    UnknownVersion."""
    known = {n: base.results[n] for n in ("proposal", "limits", "records") if n in base.results}
    results = {**change.stored, **known}
    results |= {"input": base.results["input"]} if "input" in base.results else {}
    if not {"input", "proposal", "limits", "records"} <= results.keys():
        return Preview(change.ledger, None)
    record = JobRecord(job, results=results, ledger=change.ledger)
    _, made = judged(workflow, record, situation(workflow, record, now))
    made = merged(made, dropped(merged(change.ledger, made)))
    return Preview(change.ledger, tuple(held for held in made if held.status in NOT_BEGUN))


def linked(job: Job, order: Order) -> Change:
    """What the job that is run again keeps of it."""
    return Change(
        event="rerun ordered",
        actor=f"person:{order.by}",
        fields={"as": job.job_id, "from": order.step, "why": order.reason},
        results={RERUN_AS: RerunAs(job_id=job.job_id)},
    )


def _check(base: JobRecord, order: Order) -> None:
    if not order.reason.strip():
        raise ContractBroken("a rerun needs a reason: say why in your own words")
    why = _in_the_way(base)
    if why:
        raise ContractBroken(f"{base.job.job_id} is not run again: {why}")
    if order.step is Step.PREPARE and LATER in base.results:
        raise ContractBroken("its sender wrote again, which Prepare does not read: use propose")
    unknown = order.again - {held.action for held in base.ledger}
    if unknown:
        raise ContractBroken(f"it never wanted {', '.join(sorted(unknown))}")


def _in_the_way(base: JobRecord) -> str:
    """Why the job is not run again as it stands; empty: it can be."""
    status = base.job.status
    if is_erased(base):
        return "whom it was about is forgotten, and nobody knows what it said"
    if status in (Status.ESCALATED, Status.FAILED):
        return f"it is {status}, end its case first, which settles what is not known"
    if status not in FINISHED:
        return f"it is {status}, wait until it ends, or cancel it"
    if not base.job.release:
        return "it was turned away at the door, send it again"
    if any(one.event == "joined" for one in base.audit):
        return f"another job has what it says ({base.job.reason}), run that one again"
    return ""


def _taken_over(base: JobRecord, again: frozenset[str]) -> Iterator[LedgerEntry]:
    """What took effect; and what may have, which nobody could find out: that counts as done too,
    and is not waited for."""
    for held in base.ledger:
        if held.action in again:
            continue
        by = held.of or base.job.job_id
        if held.status in _TOOK_EFFECT:
            note = f"done by {by}"
            yield held.model_copy(update={"status": _A.VERIFIED, "note": note, "of": by})
        elif held.status in _DOUBTFUL or held.of:
            note = f"{by} may have done it: its case was closed without finding out"
            yield held.model_copy(update={"status": _A.DROPPED, "note": note, "of": by})


def _to_sign(base: JobRecord) -> tuple[str, ...]:
    """Actions that took effect, may have, or that people did not want."""
    earlier = rerun_of(base)
    stand = _TOOK_EFFECT | _DOUBTFUL | _DECLINED
    found = {held.action for held in base.ledger if held.status in stand or held.receipt or held.of}
    return tuple(sorted(found | set(earlier.signed if earlier else ())))


def _kept(base: JobRecord, workflow: Workflow[Any], step: Step) -> Mapping[str, Contract]:
    """What stands before the step, as it is; and that one more plan is to be made. What the model
    was paid for stays with the job that asked it."""
    kinds: Mapping[str, type[Contract]] = {HANDED: Handed}
    if step is not Step.PREPARE:
        kinds = {**kinds, "input": workflow.input, FOLLOWS: Follows, LATER: Later}
    if step is Step.LOOK:
        kinds = {**kinds, "limits": Limits}
    kept = {name: base.result(name, kind) for name, kind in kinds.items() if name in base.results}
    if step is not Step.PREPARE and "input" not in kept:
        raise ContractBroken("nobody could read it: use prepare")
    if step is Step.LOOK and "proposal" not in base.results:
        raise ContractBroken("nothing was proposed: use propose")
    if step is not Step.PREPARE and "proposal" in base.results:
        plan = 1 if step is Step.LOOK else 0
        alike = {"plan": plan, "usage": Usage()}
        kept["proposal"] = base.result("proposal", Proposal).model_copy(update=alike)
    return {**kept, OBSERVED: Observations(rounds=(Round(observations=()),))}
