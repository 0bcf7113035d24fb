"""What a caller is told of its proposal, from the job as it is stored."""

from __future__ import annotations

from typing import Any

from countersign.domain.approvals.approval import Choice, RejectionReason, decide
from countersign.domain.contract import Stored
from countersign.domain.jobs.job import Status
from countersign.domain.jobs.proposals import Withdrawal, told, whole
from countersign.domain.ledger.action import Receipt
from countersign.domain.ledger.entry import ActionStatus
from countersign.domain.policy.policy import Answer
from tests import builders

S = ActionStatus
STANDS: dict[ActionStatus, str] = {
    S.PLANNED: "waiting",
    S.AUTHORISED: "approved",
    S.CLAIMED: "approved",
    S.VERIFIED: "done",
    S.UNDO: "done",
    S.UNDOING: "done",
    S.KEPT: "done",
    S.FAILED: "failed",
    S.UNKNOWN: "unknown",
    S.UNDONE: "undone",
    S.REJECTED: "rejected",
    S.EXPIRED: "rejected",
    S.FORBIDDEN: "rejected",
    S.DROPPED: "rejected",
}


def test_every_status_of_the_ledger_has_its_word() -> None:
    """One word for each; of several actions the one that most needs a look is the whole's."""
    assert set(STANDS) == set(S)
    found = {one: whole(builders.record([builders.held(status=one)])) for one in S}
    assert found == STANDS
    both = (builders.held(status=S.VERIFIED), builders.held(index=1, status=S.UNKNOWN))
    assert whole(builders.record(both)) == "unknown"


def test_without_a_plan_it_waits_until_its_job_has_ended() -> None:
    """A job that ended with nothing planned came to nothing."""
    jobs = {one: whole(builders.record(job=builders.job(one))) for one in Status}
    ended = {Status.COMPLETED, Status.REJECTED, Status.ROLLED_BACK, Status.SHADOWED}
    assert {one for one, said in jobs.items() if said == "rejected"} == ended
    assert set(jobs.values()) == {"rejected", "waiting"}


def action(**parts: Any) -> Any:
    """What is told of a job with this one action."""
    approvals = parts.pop("approvals", {})
    return told(builders.record([builders.held(**parts)], approvals=approvals), {})["actions"][0]


def test_what_a_person_changed_is_told_as_they_signed_it() -> None:
    """`edited` until it has run; then it is done, and still says that it was changed."""
    signed = action(status=S.AUTHORISED, edited_by="ana")
    done = action(status=S.VERIFIED, edited_by="ana", receipt=Receipt(id="re_1"), note="late")
    assert (signed["state"], signed["edited"]) == ("edited", True)
    assert signed["params"] == {"text": "call back"}
    assert (done["state"], done["edited"], done["receipt"]) == ("done", True, "re_1")
    assert done["note"] == "late"


def test_a_rejection_has_cause_and_words_and_never_a_name() -> None:
    """A person's own, a rule's id and sentence, or how time decided it."""
    planned = builders.held(status=S.PLANNED)
    asked = builders.approval(planned)
    for cause, words in ((RejectionReason.FACTS, "no such order"), (None, "we do not do that")):
        said = builders.decision(asked, Choice.REJECT, cause=cause, reason=words)
        decided = decide(asked, said)
        held = {"status": S.REJECTED, "approval": asked.approval_id}
        found = action(**held, approvals={asked.approval_id: decided})
        assert found["rejected"] == {"cause": cause.value if cause else "", "words": words}
        assert "ana" not in str(found)
    late = action(status=S.EXPIRED, note="nobody decided in time")
    assert late["rejected"] == {"cause": "expired", "words": "nobody decided in time"}
    ruled = action(status=S.FORBIDDEN, verdict=builders.verdict(Answer.FORBID, "caller.action"))
    assert ruled["rejected"]["cause"] == "caller.action"


def test_what_was_withdrawn_says_the_caller_s_own_words() -> None:
    """What a person cancelled says what they said."""
    dropped = [builders.held(status=S.DROPPED, note="cancelled")]
    said = Stored.of(Withdrawal(words="it was found", approval=""))
    mine = told(builders.record(dropped, results={"withdrawn": said}), {})["actions"][0]
    theirs = told(builders.record(dropped), {})["actions"][0]
    assert mine["rejected"] == {"cause": "withdrawn", "words": "it was found"}
    assert theirs["rejected"] == {"cause": "dropped", "words": "cancelled"}
