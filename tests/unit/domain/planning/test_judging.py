"""Judging: a job's first plan, its next one, and what a rerun asks a person for."""

from __future__ import annotations

from typing import Any

import pytest

from countersign.domain.contract import Stored
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.job import Status
from countersign.domain.jobs.reruns import RERUN, Rerun
from countersign.domain.ledger.action import ProposedAction
from countersign.domain.ledger.entry import ActionStatus
from countersign.domain.planning.judging import judged
from countersign.domain.planning.replan import OBSERVED, Observations, Round
from countersign.domain.planning.rerun import Order, Step, begins, preview
from countersign.domain.policy.policy import Answer, PolicyLine
from countersign.domain.policy.records import Records
from tests.builders import AT, JOB_ID, Memo, held, job, proposal, record
from tests.flows import Letter, limits, situation, workflow

MEMO, OTHER = "crm.memo", "crm.other"
ROUND = Round(observations=())
WANTS = [
    ProposedAction(action=one, params=Memo(text="call back"), target="contact/7")
    for one in (MEMO, OTHER)
]


def flow(answer: Answer = Answer.RUN) -> Any:
    """A workflow that wants two memos."""
    return workflow(lines=(PolicyLine("all", ("*",), answer),), wants=WANTS, ids=(MEMO, OTHER))


def rerun(*ledger: Any, rounds: int = 1, signed: tuple[str, ...] = (MEMO,)) -> JobRecord:
    """A job that runs another one again."""
    link = Rerun(
        original="j-0", number=1, of="j-0", step="look", by="kim", reason="x", signed=signed
    )
    seen = Observations(rounds=(ROUND,) * rounds)
    return record(ledger, results={RERUN: Stored.of(link), OBSERVED: Stored.of(seen)})


@pytest.mark.parametrize(
    ("answer", "first", "second"),
    [
        (Answer.RUN, "planned", "authorised"),
        (Answer.ASK, "planned", "planned"),
        (Answer.FORBID, "forbidden", "forbidden"),
    ],
)
def test_what_the_job_before_did_takes_a_signature(answer: Answer, first: str, second: str) -> None:
    """Whatever policy says of it; what policy forbids stays forbidden, and the rest is policy's."""
    _, made = judged(flow(answer), rerun(), situation())
    assert [one.status for one in made] == [first, second]
    assert [one.verdict.answer for one in made] == [
        Answer.ASK if answer is Answer.RUN else answer,
        answer,
    ]


def test_a_first_plan_a_next_one_and_a_second_look() -> None:
    """Without a rerun nothing is different: built, planned anew, or only made stricter."""
    plain = record((), results={})
    assert [one.plan for one in judged(flow(), plain, situation())[1]] == [0, 0]
    again = record((), results={OBSERVED: Stored.of(Observations(rounds=(ROUND,)))})
    assert [one.plan for one in judged(flow(), again, situation())[1]] == [1, 1]
    planned = rerun(held(0, plan=1))
    assert judged(flow(), planned, situation())[1] == ()


def test_done_is_done_until_the_sender_writes_again() -> None:
    """An action that only keeps something as it should be is not done once more by a rerun."""
    done = held(0, MEMO, status=ActionStatus.VERIFIED, of="j-0", text="as it was")
    for rounds in (1, 2):
        _, made = judged(flow(), rerun(done, rounds=rounds), situation())
        assert [one.action for one in made] == [OTHER]


def test_the_preview_is_what_decide_would_plan() -> None:
    """By the newest that is stored, without what can never run."""
    stored = {
        "input": Letter(text="hello"),
        "proposal": proposal(),
        "limits": limits(longest="80"),
        "records": Records(read_at=AT, found={}),
    }
    base = record(
        (held(0, MEMO, status=ActionStatus.VERIFIED),),
        job=job(Status.COMPLETED),
        results={name: Stored.of(value) for name, value in stored.items()},
    )
    for step in (Step.LOOK, Step.PREPARE):
        made, change = begins(base, flow(), Order(step, "kim", "mended"), "", AT)
        shown = preview(base, flow(), made, change, AT)
        assert [one.action for one in shown.runs] == [OTHER]
        assert ([one.of for one in shown.skipped], shown.asks) == ([JOB_ID], ())
