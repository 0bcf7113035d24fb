"""A rerun: what counts as done, what takes a signature, and what is in its way."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from countersign.domain.contract import Contract, Stored
from countersign.domain.errors import ContractBroken
from countersign.domain.jobs.change import Change, JobRecord, after, transition
from countersign.domain.jobs.forgetting import TOMBSTONE
from countersign.domain.jobs.handing import HANDED, Handed
from countersign.domain.jobs.job import FINISHED, Status
from countersign.domain.jobs.reruns import RERUN, Rerun, rerun_of
from countersign.domain.ledger.action import Receipt
from countersign.domain.ledger.entry import ActionStatus
from countersign.domain.planning.joining import LATER, Later
from countersign.domain.planning.rerun import (
    Order,
    Step,
    begins,
    family,
    linked,
    preview,
    rerun_as,
    rerun_id,
)
from countersign.domain.policy.proposal import Proposal
from countersign.domain.policy.release import Limits
from tests.builders import AT, JOB_ID, Memo, held, job, proposal, record, salts

FLOW: Any = SimpleNamespace(input=Memo)
GIVEN: Mapping[str, Contract] = {
    "input": Memo(text="hello"),
    "proposal": proposal(),
    "limits": Limits(numbers={}, amounts={}, lists={}),
}


def over(*ledger: Any, results: Mapping[str, Contract] = GIVEN, **parts: Any) -> JobRecord:
    """A job that has ended."""
    stored = {name: Stored.of(value) for name, value in results.items()}
    return record(ledger, job=job(Status.COMPLETED), results=stored, **parts)


def order(step: Step = Step.LOOK, *again: str, reason: str = "mended") -> Order:
    """Kim's."""
    return Order(step, "kim", reason, frozenset(again))


def begun(base: JobRecord, what: Order | None = None) -> JobRecord:
    """The new job as it is stored."""
    made, change = begins(base, FLOW, what or order(), "f" * 64, AT)
    return JobRecord(made, results=change.stored, ledger=change.ledger)


@pytest.mark.parametrize(
    ("status", "taken", "signed"),
    [
        (ActionStatus.VERIFIED, "verified", True),
        (ActionStatus.KEPT, "verified", True),
        (ActionStatus.UNKNOWN, "dropped", True),
        (ActionStatus.CLAIMED, "dropped", True),
        (ActionStatus.REJECTED, None, True),
        (ActionStatus.EXPIRED, None, True),
        (ActionStatus.UNDONE, None, True),
        (ActionStatus.FAILED, None, False),
        (ActionStatus.FORBIDDEN, None, False),
        (ActionStatus.DROPPED, None, False),
    ],
)
def test_what_counts_as_done_and_what_takes_a_signature(
    status: ActionStatus, taken: str | None, signed: bool
) -> None:
    """What took effect or may have; and beside it what people did not want."""
    made = begun(over(held(0, status=status)))
    assert [one.status for one in made.ledger] == ([taken] if taken else [])
    assert [one.of for one in made.ledger] == ([JOB_ID] if taken else [])
    assert rerun_of(made).signed == (("crm.memo",) if signed else ())  # type: ignore[union-attr] # it is one


def test_what_failed_and_left_something_takes_a_signature() -> None:
    """A receipt says that the target took it."""
    failed = held(0, status=ActionStatus.FAILED, receipt=Receipt(id="7"))
    assert rerun_of(begun(over(failed))).signed == ("crm.memo",)  # type: ignore[union-attr] # it is one


def test_a_rerun_of_a_rerun_keeps_what_both_did_and_who_did_it() -> None:
    """Its id comes from the original and the number; what took a signature does so on."""
    once = begun(over(held(0, status=ActionStatus.VERIFIED), held(1, status=ActionStatus.UNKNOWN)))
    ended = JobRecord(
        once.job.model_copy(update={"status": Status.COMPLETED}),
        results=once.results,
        ledger=(*once.ledger, held(2, "crm.other", status=ActionStatus.VERIFIED)),
    )
    twice = begun(ended)
    assert [(one.status, one.of) for one in twice.ledger] == [
        ("verified", JOB_ID),
        ("dropped", JOB_ID),
        ("verified", once.job.job_id),
    ]
    assert twice.job.job_id == rerun_id(JOB_ID, 2)
    assert family(twice) == {JOB_ID, once.job.job_id}
    assert family(ended) == {JOB_ID}
    assert family(over()) == frozenset()
    assert rerun_of(twice).signed == ("crm.memo", "crm.other")  # type: ignore[union-attr] # it is one


def test_what_is_ordered_again_is_not_taken_over() -> None:
    """And needs a signature; an action that was never wanted is refused."""
    base = over(held(0, status=ActionStatus.VERIFIED))
    assert begun(base, order(Step.LOOK, "crm.memo")).ledger == ()
    with pytest.raises(ContractBroken, match=r"never wanted crm\.none"):
        begun(base, order(Step.LOOK, "crm.none"))


@pytest.mark.parametrize(
    ("step", "kept"),
    [
        (Step.PREPARE, {HANDED}),
        (Step.PROPOSE, {HANDED, "input", "proposal"}),
        (Step.LOOK, {HANDED, "input", "proposal", "limits"}),
    ],
)
def test_what_stands_before_the_step_is_kept(step: Step, kept: set[str]) -> None:
    """A proposal is stale before Propose, where it only hands on what people corrected; the
    model's bill stays with the first job."""
    handed = Handed(parent="j-p", number=1, key="k", to="team:it", about=(), quotes=())
    made = begun(over(results={**GIVEN, HANDED: handed}), order(step))
    assert made.results.keys() - {"observations", RERUN} == kept
    if "proposal" in kept:
        held_ = made.result("proposal", Proposal)
        assert (held_.plan, held_.usage.calls) == (int(step is Step.LOOK), 0)


@pytest.mark.parametrize("status", sorted(set(Status) - FINISHED))
def test_only_what_has_ended_is_run_again(status: Status) -> None:
    """A case is ended first: that settles what is not known."""
    why = "end its case" if status in (Status.ESCALATED, Status.FAILED) else "wait until it ends"
    with pytest.raises(ContractBroken, match=why):
        begun(record((), job=job(status)))


def test_what_else_is_in_the_way_is_said() -> None:
    """No reason, a turned-away event, a joined job, later words, and steps without their input."""
    with pytest.raises(ContractBroken, match="needs a reason"):
        begun(over(), order(reason=" "))
    with pytest.raises(ContractBroken, match="at the door"):
        begun(record((), job=job(Status.REJECTED, release="")))
    with pytest.raises(ContractBroken, match="forgotten"):
        begun(over(results={TOMBSTONE: GIVEN["input"]}))
    with pytest.raises(ContractBroken, match="use propose"):
        begun(over(results={LATER: Later(words=())}), order(Step.PREPARE))
    with pytest.raises(ContractBroken, match="use prepare"):
        begun(over(results={}))
    with pytest.raises(ContractBroken, match="nothing was proposed"):
        begun(over(results={"input": GIVEN["input"]}))
    assert begun(over(results={"input": GIVEN["input"]}), order(Step.PROPOSE)).ledger == ()


def test_a_joined_job_is_not_run_again() -> None:
    """Another one has what it says."""
    before = job(Status.PROCESSING)
    end = Change(event="joined", actor="state:Close", status=Status.COMPLETED, reason="joined j-x")
    moved, entry = transition(before, end, AT, salts())
    with pytest.raises(ContractBroken, match="joined j-x"):
        begun(after(record((), job=before), moved, entry, end))


def test_nothing_is_foreseen_without_a_proposal_and_records() -> None:
    """The preview says so instead of guessing; the link is written to the first job."""
    base = over(held(0, status=ActionStatus.VERIFIED))
    made, change = begins(base, FLOW, order(Step.PREPARE), "", AT)
    shown = preview(base, FLOW, made, change, AT)
    assert (shown.planned, shown.runs, shown.asks) == (None, (), ())
    assert [one.of for one in shown.skipped] == [JOB_ID]
    unread = over(results={})
    assert preview(unread, FLOW, *begins(unread, FLOW, order(Step.PREPARE), "", AT), AT).runs == ()
    link = linked(made, order())
    assert rerun_as(JobRecord(base.job, results=link.stored)) == made.job_id
    assert rerun_as(base) == ""
    assert isinstance(change.results[RERUN], Rerun)
