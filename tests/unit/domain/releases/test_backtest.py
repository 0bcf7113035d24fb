"""Backtest: what moved, in which direction, because of which rules, and what people had said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from countersign.domain.approvals.approval import Choice
from countersign.domain.contract import Stored
from countersign.domain.jobs.change import JobRecord
from countersign.domain.ledger.action import ProposedAction
from countersign.domain.ledger.entry import ActionStatus, LedgerEntry
from countersign.domain.limits.caps import REACHED
from countersign.domain.policy.policy import Answer, PolicyLine, Reason, Verdict
from countersign.domain.policy.records import Records
from countersign.domain.policy.rules import Finding, Findings, Rule
from countersign.domain.policy.states import PROBATION
from countersign.domain.releases.backtest import Backtest, backtest, together
from countersign.domain.releases.past import Past
from countersign.domain.workflow import Workflow
from tests.builders import AT, Memo, approval, decision, held, job, proposal, record
from tests.flows import Letter, limits, workflow

RUN, ASK, FORBID = Answer.RUN, Answer.ASK, Answer.FORBID
RUNS = PolicyLine("runs", ("*",), RUN)
LONG = PolicyLine("long", ("*",), ASK, when="long")


def flow(*lines: PolicyLine, wants: int = 1) -> Workflow[Any]:
    """Letters; the rule `long` always finds something."""
    rule: Rule[Any] = Rule("long", "it is long", lambda _: ("90", "80"))
    memo = ProposedAction(action="crm.memo", params=Memo(text="x"), target="contact/7")
    return replace(workflow(lines), rules=(rule,), want=lambda _: (memo,) * wants)


def job_of(*ledger: LedgerEntry, **parts: Any) -> Past:
    """A judged letter."""
    stored = {
        "input": Letter(text="a"),
        "proposal": proposal(),
        "records": Records(read_at=AT, found={}),
        "limits": limits(),
    }
    results = {name: Stored.of(one) for name, one in {**stored, **parts.pop("results", {})}.items()}
    return Past(record(ledger, results=results, **parts), AT)


def told(found: Backtest) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """What moved, without ids."""
    return [(one.before, one.now, one.people, one.rules) for one in found.moved]


def judged(now: Workflow[Any], *jobs: Past) -> Backtest:
    """By this code."""
    return backtest({"letters": now}, jobs)


def asked(choice: Choice | None = None, **parts: Any) -> Past:
    """An action that the rule asked about, decided or not."""
    entry = held(0, "crm.memo", ASK, "long", **parts)
    request = approval(entry)
    if choice:
        request = request.model_copy(update={"decision": decision(request, choice)})
        entry = entry.model_copy(update={"approval": request.approval_id})
    return job_of(entry, approvals={request.approval_id: request})


def test_the_same_policy_moves_nothing() -> None:
    """What asked asks, what ran runs."""
    found = judged(flow(RUNS, LONG), asked())
    assert (found.jobs, found.actions, found.moved) == (1, 1, ())
    assert judged(flow(RUNS), job_of(held(0))).moved == ()


def test_what_would_run_by_itself_says_what_people_had_made_of_it() -> None:
    """Approved, edited, rejected, or nobody had decided."""
    jobs = [
        asked(Choice.APPROVE),
        asked(Choice.APPROVE, edited_by="ben"),
        asked(status=ActionStatus.REJECTED),
        asked(),
    ]
    found = judged(flow(RUNS), *jobs)
    assert [one.people for one in found.more("run")] == ["approved", "edited", "rejected", "nobody"]
    assert {one.rules for one in found.moved} == {("long",)}
    assert found.more("ask") == ()


def test_what_would_ask_be_forbidden_or_not_be_wanted_is_told_apart() -> None:
    """And what is wanted now and was not."""
    ran = job_of(held(0))
    assert told(judged(flow(RUNS, LONG), ran)) == [("run", "ask", "nobody", ("long",))]
    assert told(judged(flow(), ran)) == [("run", "forbid", "nobody", ("default",))]
    assert told(judged(flow(RUNS, wants=0), ran)) == [("run", "nothing", "nobody", ())]
    assert told(judged(flow(RUNS, wants=2), ran)) == [("nothing", "run", "nobody", ())]


def test_a_later_plan_is_judged_by_itself_and_never_milder_than_the_plans_before() -> None:
    """What it leaves out because that is settled is no news."""
    first, second = held(0, "crm.memo", ASK, "long"), held(1, "crm.memo", ASK, "long", plan=1)
    assert judged(flow(RUNS), job_of(first, second)).moved == ()
    assert judged(flow(RUNS, wants=2), job_of(first, second)).moved == ()


def capped(answer: Answer = ASK) -> Past:
    """A cap was reached then."""
    reason = Reason(line=REACHED, rule=REACHED, sentence="the day's cap is reached")
    verdict = Verdict(answer=answer, reasons=(reason,))
    entry = held(0, "crm.memo", ASK).model_copy(update={"verdict": verdict})
    found = Findings(found=(Finding(rule=REACHED, sentence="the day's cap is reached"),))
    return job_of(entry, results={"findings": found})


def test_what_was_found_outside_of_the_job_holds_as_it_did() -> None:
    """No counter is asked: a cap that was reached then is reached now."""
    assert judged(flow(RUNS), capped()).moved == ()


def test_states_are_no_difference() -> None:
    """On probation it would have run; in shadow it would have asked."""
    probation = job_of(held(0, "crm.memo", ASK, PROBATION))
    assert judged(flow(RUNS), probation).moved == ()
    entry = held(0, "crm.memo", FORBID)
    would = entry.verdict.model_copy(update={"would": ASK})
    shadow = job_of(entry.model_copy(update={"verdict": would}))
    assert told(judged(flow(RUNS), shadow))[0][:2] == ("ask", "run")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda one: replace(one, judged_at=None), "it was never judged"),
        (lambda one: Past(_without(one.record), AT), "it was never judged"),
        (lambda one: Past(_of_others(one.record), AT), "this code has no workflow bills"),
        (lambda one: Past(_by_other_code(one.record), AT), "stored test.me"),
    ],
)
def test_what_cannot_be_judged_is_counted_with_its_reason(
    change: Callable[[Past], Past], why: str
) -> None:
    """Nothing is left out in silence."""
    found = judged(flow(RUNS), change(job_of(held(0))))
    ((said, count),) = found.skipped.items()
    assert (said[: len(why)], count, found.jobs) == (why, 1, 0)


def _without(held_: JobRecord) -> JobRecord:
    return replace(held_, results={"input": held_.results["input"]})


def _of_others(held_: JobRecord) -> JobRecord:
    return replace(held_, job=job(workflow="bills"))


def _by_other_code(held_: JobRecord) -> JobRecord:
    return replace(held_, results={**held_.results, "input": Stored.of(Memo(text="x"))})


def test_parts_of_a_set_add_up() -> None:
    """As if all had been judged by one."""
    parts = [judged(flow(RUNS), asked()), judged(flow(RUNS), replace(asked(), judged_at=None))]
    whole = together(parts)
    assert (whole.jobs, whole.actions, dict(whole.skipped)) == (1, 1, {"it was never judged": 1})
    assert len(whole.moved) == 1
