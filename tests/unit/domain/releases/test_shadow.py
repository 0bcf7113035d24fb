"""What a job in shadow would have done is told without its message, and people mark it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from countersign.domain.contract import Stored
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.reviews import Review, ReviewAnswer
from countersign.domain.ledger.action import ProposedAction
from countersign.domain.ledger.entry import LedgerEntry, entry
from countersign.domain.planning.cancelling import CANCELLED
from countersign.domain.planning.inquiry import Silence
from countersign.domain.policy.policy import Answer
from countersign.domain.policy.release import Limits
from countersign.domain.policy.rules import Findings
from countersign.domain.policy.states import STATE
from countersign.domain.releases import shadow
from tests.builders import AT, Memo, action, held, job, record, verdict

SIGNED = (
    "it would have handed the case to a person (because of fraud); would have asked for a signature"
    " on crm.memo"
)
RUN, ASK, FORBID = Answer.RUN, Answer.ASK, Answer.FORBID


def shadowed(action_id: str, would: Answer, *, escalate: bool = False) -> LedgerEntry:
    """An action that was judged in shadow."""
    said = verdict(FORBID, "fraud", escalate=escalate).model_copy(update={"would": would})
    return held(0, action_id, FORBID).model_copy(update={"verdict": said})


def judged(*ledger: LedgerEntry, state: str = "shadow", **parts: Stored) -> JobRecord:
    """A job that Decide has judged in this state."""
    limits = Limits(numbers={}, amounts={}, lists={STATE: (state,)})
    results = {"findings": Stored.of(Findings(found=())), "limits": Stored.of(limits)}
    return record(ledger, results={**results, **parts})


def test_a_job_is_in_shadow_as_its_own_limits_say() -> None:
    """Once it was judged; one that a person cancelled ended by that; other code's limits leave it
    to what the actions say."""
    assert shadow.in_shadow(judged())
    assert not shadow.in_shadow(judged(state="live"))
    assert not shadow.in_shadow(record())
    foreign = Stored.of(Silence(at=AT))
    cancelled = judged()
    cancelled = replace(cancelled, results={**cancelled.results, CANCELLED: foreign})
    assert not shadow.in_shadow(cancelled)
    assert shadow.in_shadow(judged(shadowed("crm.memo", RUN), limits=foreign))
    assert not shadow.in_shadow(judged(limits=foreign))


def test_what_would_have_been_done_leaves_out_what_could_not_follow() -> None:
    """An action after one that would not have been allowed would not have run either."""
    wanted = ProposedAction(action="crm.task", params=Memo(text="x"), target="t", after="crm.lead")
    after = entry(
        2, wanted, action("crm.task"), shadowed("crm.task", RUN).verdict,
        job_id="j", policy="p", expires_at=AT,
    )  # fmt: skip
    ledger = (shadowed("crm.memo", ASK), shadowed("crm.lead", FORBID), after)
    assert [one.action for one in shadow.would_have(ledger)] == ["crm.memo"]


@pytest.mark.parametrize(
    ("ledger", "said"),
    [
        ((), "nothing was to be done"),
        (
            (shadowed("crm.lead", RUN), shadowed("crm.task", FORBID)),
            "it would have run crm.lead by itself; would not have allowed crm.task",
        ),
        (
            (shadowed("crm.memo", ASK, escalate=True),),
            SIGNED,
        ),
    ],
)
def test_the_end_is_told_in_words_of_its_own(ledger: tuple[LedgerEntry, ...], said: str) -> None:
    """One line, by the ids of actions and rules: it stands in lists and logs."""
    assert shadow.told(judged(*ledger)) == f"in shadow: {said}"


def marked(number: int, verdict: str, *, real: bool = True) -> Review:
    """A job in shadow that somebody marked."""
    asked = shadow.mark_asked(record(job=job(job_id=f"j-{number}", workflow="leads")), AT)
    said = ReviewAnswer.model_validate({"by": "ben", "at": AT, "verdict": verdict, "did": "called"})
    return asked.model_copy(update={"answer": said, "shadow": real})


def test_marks_are_counted_of_jobs_in_shadow_alone() -> None:
    """Right and wrong of one workflow; what was void, and reviews of other jobs, do not count."""
    said = [marked(1, "ok"), marked(2, "wrong"), marked(3, "void"), marked(4, "ok", real=False)]
    found = shadow.marks([*said, shadow.mark_asked(record(), AT)], "leads")
    assert (found.hits, found.n) == (1, 2)
    assert shadow.marks(said, "refunds").n == 0
