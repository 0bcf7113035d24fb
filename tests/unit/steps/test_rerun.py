"""A job is run again as a new one: what was done counts as done, and the preview says the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import pytest

from countersign.domain.approvals.approval import Choice
from countersign.domain.errors import ContractBroken, NotPermitted
from countersign.domain.jobs.job import FINISHED
from countersign.domain.jobs.reruns import rerun_of
from countersign.domain.jobs.search import searched
from countersign.domain.ledger.entry import LedgerEntry
from countersign.domain.planning.rerun import Order, Step, rerun_as
from countersign.jobs.cases import take_out
from countersign.jobs.rerunning import Planned, plan, rerun
from countersign.jobs.rollback import roll_back
from tests.fakes.journey import Journey
from tests.fakes.store import Crash
from tests.fakes.world import World
from tests.unit.steps import refunds
from tests.unit.steps.test_refund_troubles import unknown
from tests.unit.steps.test_rollback import done, rolled_back

WHY = "the price list was wrong"
CALLBACK = "crm.request_callback"
KINDS = {
    "crm.upsert_contact": "contacts",
    "crm.create_lead": "deals",
    CALLBACK: "tasks",
    "payments.refund": "refund",
    "notify.push": "push",
}
Before = Callable[[], tuple[World, Journey]]


def undone() -> tuple[World, Journey]:
    """A lead of which everything was taken back."""
    world, journey = done()
    rolled_back(world, journey)
    return world, journey


def closed(world: World, journey: Journey, *, happened: bool | None = None) -> None:
    """Kim closes the case."""
    said: Any = {"by": "kim", "words": "settled by phone", "facts": {}, "happened": happened}
    take_out(world.deps, journey.job_id, "close", **said)


def refunded() -> tuple[World, Journey]:
    """A small refund, made and confirmed."""
    world = refunds.world()
    return world, refunds.begin(world)


def doubtful(*, happened: bool | None = None) -> tuple[World, Journey]:
    """A refund of which nobody knows; its case was closed without, or with, finding out."""
    world = refunds.world()
    journey = unknown(world)
    closed(world, journey, happened=happened)
    return world, journey


JOBS: dict[str, Before] = {
    "a lead with its reply": lambda: done(Choice.APPROVE),
    "a lead whose reply was rejected": done,
    "a lead that was taken back": undone,
    "a refund": refunded,
    "an unknown refund": doubtful,
    "a refund that did not happen": lambda: doubtful(happened=False),
}


def effects(world: World) -> list[str]:
    """What the doubles did for customers and colleagues, by their own journals."""
    crm = [write.kind for write in world.crm.journal]
    paid = ["refund" for _ in world.payments.journal]
    told = ["push" for _ in world.channels.messages]
    mails = [email.to for email in world.mail.sent if not email.to.endswith("countersign.example")]
    return [*crm, *paid, *told, *mails]


def foreseen(entries: Iterable[LedgerEntry]) -> list[str]:
    """What these actions are to do there."""
    return [KINDS.get(held.action) or str(held.content()["target"]) for held in entries]


def since(world: World, planned: Planned) -> tuple[Journey, set[str]]:
    """The rerun to its end, everybody approving; and what it did that was not there before."""
    left = Counter(effects(world))
    journey = Journey(world, rerun(world.deps, planned))
    journey.goes()
    while journey.record.pending:
        refunds.signs(world, journey, journey.record.pending.approvers[0].id)
        journey.answered()
    return journey, set(Counter(effects(world)) - left)


@pytest.mark.parametrize("step", Step)
def test_a_rerun_is_found_like_any_job(step: Step) -> None:
    """By contact, order and release, although from propose on it reads nothing itself."""
    world, journey = refunded()
    again, _ = since(world, plan(world.deps, journey.job_id, Order(step, "kim", WHY)))
    release = again.record.job.release
    for said in ({"contact": refunds.ADA}, {"order": "1042"}, {"release": release}):
        rows = world.store.matters(searched(said).key, 9)
        assert again.job_id in {row.job_id for row in rows}, said


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("job", JOBS)
def test_a_rerun_does_what_its_preview_says(job: str, step: Step) -> None:
    """From every step, by the journals: what is planned is done once, and what was done before is
    not done again."""
    world, journey = JOBS[job]()
    planned = plan(world.deps, journey.job_id, Order(step, "kim", WHY))
    shown = planned.preview
    assert shown.planned is not None
    again, did = since(world, planned)
    assert did == set(foreseen((*shown.runs, *shown.asks)))
    assert again.record.job.status in FINISHED
    assert [held for held in again.record.ledger if held.of] == list(shown.skipped)


def test_a_preview_that_forgets_an_effect_is_seen() -> None:
    """Control: of a job that was taken back, leaving any action out of the preview is a
    difference."""
    world, journey = undone()
    planned = plan(world.deps, journey.job_id, Order(Step.LOOK, "kim", WHY))
    shown = planned.preview.asks
    _, did = since(world, planned)
    assert len(shown) > 1
    for forgotten in shown:
        assert did != set(foreseen(held for held in shown if held is not forgotten))


def test_what_was_undone_or_rejected_takes_a_signature_whatever_policy_says() -> None:
    """A deal runs by itself in a first job. Once it was taken back it is asked, and its reason says
    why."""
    world, journey = undone()
    planned = plan(world.deps, journey.job_id, Order(Step.LOOK, "kim", WHY))
    asked = {held.action: held.verdict for held in planned.preview.asks}
    assert {"crm.create_lead", "email.send_reply"} <= asked.keys()
    assert planned.preview.runs == ()
    (reason,) = asked["crm.create_lead"].reasons
    assert reason.rule == "rerun"


def test_to_do_it_once_more_takes_an_action_of_its_own_and_a_signature() -> None:
    """A callback needs nobody; a second one, ordered by name, has bytes and a key of its own and
    waits for a person."""
    world, journey = done(Choice.APPROVE)
    order = Order(Step.LOOK, "kim", WHY, frozenset({CALLBACK}))
    again = Journey(world, rerun(world.deps, plan(world.deps, journey.job_id, order)))
    again.goes()
    first, second = (_callback(one) for one in (journey, again))
    assert (first.verdict.answer, second.verdict.answer) == ("run", "ask")
    assert (second.status, second.of) == ("planned", "")
    assert second.key != first.key
    assert len([write for write in world.crm.journal if write.kind == "tasks"]) == 1


def _callback(journey: Journey) -> LedgerEntry:
    return next(held for held in journey.record.ledger if held.action == CALLBACK)


def test_keys_and_receipts_are_taken_over() -> None:
    """Look knows our own records by them, and nothing is asked of the target for what is done."""
    world, journey = done(Choice.APPROVE)
    planned = plan(world.deps, journey.job_id, Order(Step.PREPARE, "kim", WHY))
    again, did = since(world, planned)
    assert did == set()
    kept = {held.action: (held.key, held.receipt, held.of) for held in again.record.ledger}
    assert kept == {h.action: (h.key, h.receipt, journey.job_id) for h in journey.record.ledger}
    assert len(world.model.asked) == 2
    with pytest.raises(ContractBroken, match="nothing of it can be undone"):
        roll_back(world.deps, again.job_id, by="kim", reason=WHY)


def test_an_unknown_outcome_blocks_it_until_its_case_is_closed() -> None:
    """And after that counts as done: once more takes --again and a signature."""
    world = refunds.world()
    journey = unknown(world)
    order = Order(Step.LOOK, "kim", WHY)
    with pytest.raises(ContractBroken, match="end its case first"):
        plan(world.deps, journey.job_id, order)
    closed(world, journey)
    planned = plan(world.deps, journey.job_id, order)
    assert "payments.refund" in {held.action for held in planned.preview.skipped}
    once_more = replace(order, again=frozenset({"payments.refund"}))
    asked = plan(world.deps, journey.job_id, once_more).preview.asks
    assert "payments.refund" in {held.action for held in asked}


def test_both_jobs_name_each_other_and_only_the_newest_is_run_again() -> None:
    """The id comes from the original and the number, so that an order that was cut off goes on; a
    rerun's rerun knows what both did."""
    world, journey = done()
    planned = plan(world.deps, journey.job_id, Order(Step.LOOK, "kim", WHY))
    again, _ = since(world, planned)
    link = rerun_of(again.record)
    assert link
    assert (link.of, link.step, rerun_as(journey.record)) == (
        journey.job_id,
        "look",
        again.job_id,
    )
    with pytest.raises(ContractBroken, match=f"run again as {again.job_id}"):
        plan(world.deps, journey.job_id, Order(Step.LOOK, "kim", WHY))
    third = plan(world.deps, again.job_id, Order(Step.LOOK, "kim", WHY))
    assert third.preview.planned == ()
    last, did = since(world, third)
    assert did == set()
    assert rerun_of(last.record).number == 2  # type: ignore[union-attr] # it is a rerun


def test_an_order_that_was_cut_off_goes_on() -> None:
    """The old job is linked first; the same order makes the job that the link names."""
    world, journey = done()
    planned = plan(world.deps, journey.job_id, Order(Step.LOOK, "kim", WHY))
    world.store.crashes_before_write(2)
    with pytest.raises(Crash):
        rerun(world.deps, planned)
    named = rerun_as(journey.record)
    again = plan(world.deps, journey.job_id, Order(Step.LOOK, "kim", WHY))
    assert rerun(world.deps, again) == named
    assert world.store.load(named).job.status == "PENDING"


@pytest.mark.parametrize(("by", "error"), [("nobody", NotPermitted), ("ana", None)])
def test_who_may_undo_it_may_run_it_again(by: str, error: type[Exception] | None) -> None:
    """Nobody else, and nothing is written."""
    world, journey = done()
    before = journey.record
    order = Order(Step.LOOK, by, WHY)
    if error:
        with pytest.raises(error):
            plan(world.deps, journey.job_id, order)
    else:
        assert plan(world.deps, journey.job_id, order).preview.skipped
    assert journey.record == before
