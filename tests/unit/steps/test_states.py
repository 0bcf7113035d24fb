"""Whole jobs in shadow and on probation: what leaves the account, who is asked, how they end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import pytest

from countersign.domain.policy.policy import Policy, Verdict
from countersign.domain.policy.records import CLAIM_HOLDER, Records
from countersign.domain.policy.rules import Finding
from countersign.domain.policy.states import PROBATION, State
from countersign.reporting.daily import is_set_aside, told
from infra.cli.job_view import as_dict
from tests.fakes.journey import Journey, accept, form
from tests.fakes.world import ANA, World
from tests.states import in_state
from tests.unit.steps import refunds
from tests.unit.steps.refunds import amounts, texts
from tests.unit.web.member import MemberBrowser
from workflows import WORKFLOWS


def world(state: State) -> World:
    """Two who sign leads, with the workflows in this state."""
    return World(WORKFLOWS["lead_intake"].offline, in_state(state))


def outside(made: World) -> tuple[int, int, int, int]:
    """What the world outside has got: CRM, money, mail, channels."""
    return (
        *(len(made.crm.journal), len(made.payments.journal)),
        *(len(made.mail.sent), len(made.channels.messages)),
    )


def lead(made: World, event: str = "evt-1", **parts: object) -> Journey:
    """A lead that a live workflow writes down by itself."""
    journey = Journey(made, accept(made, form(**parts), event))
    journey.goes()
    return journey


def refund(state: State, amount: int = 4_990) -> tuple[World, Journey]:
    """A request of Ada's for money back."""
    made = refunds.world()
    made.workflows = in_state(state)
    made.deps = made.deps_again()
    refunds.has_order(made, "1043", amount)
    paid = {"minor": amount, "currency": "EUR"}
    return made, refunds.begin(made, order="1043", amount=paid)


@pytest.mark.parametrize("amount", [4_990, 32_000, 9_900_000])
def test_a_refund_in_shadow_moves_no_money_and_asks_nobody(amount: int) -> None:
    """Whether it would have run, asked, or been above every limit: it ends by itself, told so."""
    made, journey = refund("shadow", amount)
    job = journey.record.job
    assert (job.status, outside(made), journey.record.approvals) == ("SHADOWED", (0, 0, 0, 0), {})
    assert job.reason.startswith("in shadow: it would have ")
    assert not {"Act", "Ask", "Escalate"} & set(journey.visited)
    assert journey.record.reservations == {}


class _Shown(Policy):
    """The naive design: the state is a note that people read, and verdicts are as they are."""

    def verdict(self, action: str, found: Iterable[Finding]) -> Verdict:
        return self._said(action, {one.rule: one for one in found})


@pytest.mark.control
def test_control_a_state_that_is_only_shown_pays() -> None:
    """The same refund, where the verdict does not know of the state."""
    made = refunds.world()
    held = in_state("shadow")["refund_request"]
    naive = replace(held, policy=_Shown(**vars(held.policy)))
    made.workflows = {"refund_request": naive}
    made.deps = made.deps_again()
    journey = refunds.begin(made)
    assert (journey.record.job.status, amounts(made)) == ("COMPLETED", [4_990])


def test_a_lead_in_shadow_is_told_everywhere_as_what_would_have_been() -> None:
    """The job's page, `show`, and the daily list: in words of its own, never as not allowed."""
    made = world("shadow")
    record = lead(made).record
    assert (record.job.status, outside(made)) == ("SHADOWED", (0, 0, 0, 0))
    shown = as_dict(record, made.workflows)
    words = {one["action"]: one["status_words"] for one in shown["actions"]}
    assert words["crm.create_lead"].startswith("would have run by itself")
    assert {one["action"]: one["would"] for one in shown["decisions"]}["crm.create_lead"] == "run"
    page = MemberBrowser(made).signs_in(ANA.address).opens(f"/approvals/jobs/{record.job.job_id}")
    assert "In shadow; nothing was done" in page.body
    assert "would have run by itself" in page.body
    assert is_set_aside(record)
    assert "mark on its page" in told(made.deps, made.workflows["lead_intake"], [record]).body


def test_a_message_in_shadow_is_no_earlier_job_to_the_next_one() -> None:
    """Nothing came of it: the same need again is judged by itself, with a claim of its own."""
    made = world("shadow")
    lead(made)
    again = lead(made, "evt-2")
    assert again.record.job.status == "SHADOWED"
    assert again.record.result("records", Records).first(CLAIM_HOLDER) is None


def mark(made: World, job_id: str, **said: str) -> tuple[MemberBrowser, int]:
    """Ana marks a job on its page."""
    ana, path = MemberBrowser(made).signs_in(ANA.address), f"/approvals/jobs/{job_id}"
    ana.opens(path)
    sent = {**ana.hidden("verdict"), "why": "", "did": "", "code": ana.code(), **said}
    return ana, ana.posts(path, sent).status


def test_people_mark_on_the_page_what_would_have_been_done() -> None:
    """Right or wrong, beside what was done by hand; once; what is missing is said beside it."""
    made = world("shadow")
    job_id = lead(made).job_id
    for said in ({}, {"verdict": "wrong"}, {"verdict": "ok", "did": "x" * 2_001}):
        assert mark(made, job_id, **said)[1] == 422
    (review,) = made.reviews.to_review(9)
    assert (review.shadow, review.planted) == (True, False)
    ana, status = mark(made, job_id, verdict="wrong", why="it is a partner", did="I called them")
    assert status == 303
    (answered,) = made.store.reviews.values()
    assert answered.answer
    held = answered.answer
    assert (held.by, held.verdict, held.did) == ("ana", "wrong", "I called them")
    assert "Marked: Wrong" in ana.opens(f"/approvals/jobs/{job_id}").body
    assert "Would it have been right?" not in ana.page
    assert made.store.load(job_id).job.status == "SHADOWED"


@pytest.mark.parametrize("more", [{"other": "x"}, {"version": "3"}])
def test_a_mark_of_another_form_is_refused(more: Mapping[str, str]) -> None:
    """Fields that the page does not have end it; and a live job takes no mark."""
    made = world("shadow")
    job_id = lead(made).job_id
    assert mark(made, job_id, verdict="ok", **more)[1] == 400
    assert made.reviews.to_review(9)


def test_on_probation_everything_that_would_run_is_signed_first() -> None:
    """A small refund asks, for that reason alone; what a person signs is done."""
    made, journey = refund("probation")
    assert journey.record.job.status == "WAITING_FOR_REVIEW"
    assert outside(made)[:2] == (0, 0)
    assert {frozenset(one.verdict.rules) for one in journey.record.ledger} >= {
        frozenset({PROBATION})
    }
    refunds.signs(made, journey, "robin")
    journey.answered()
    assert (refunds.ended(journey), amounts(made)) == ("COMPLETED", [4_990])
    assert len(texts(made)) == 1


def test_a_job_keeps_the_state_that_it_began_with() -> None:
    """Begun in shadow, it acts on nothing when the stage has become live meanwhile."""
    made = world("shadow")
    journey = Journey(made, accept(made, form()))
    carried = journey.stops_before("Decide")
    made.workflows = WORKFLOWS
    made.deps = made.deps_again()
    later = Journey(made, journey.job_id)
    later.goes("Decide", carried)
    assert (later.record.job.status, outside(made)) == ("SHADOWED", (0, 0, 0, 0))
