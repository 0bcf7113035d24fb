"""After a failed check: what policy makes of it, and when a person gets it all the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from countersign.domain.contract import Contract, Stored
from countersign.domain.jobs.change import Change, JobRecord
from countersign.domain.ledger.action import Action, Difference, Receipt, Undo
from countersign.domain.ledger.entry import ActionStatus, LedgerEntry, Observation
from countersign.domain.planning.replan import (
    MOST_PLANS,
    Observations,
    ObservedAction,
    Round,
    bounded,
    is_stale,
    observed,
    onward,
)
from countersign.domain.planning.rollback import Rollback
from countersign.domain.policy.policy import AfterFailure, Answer
from countersign.domain.workflow import Workflow
from tests.builders import AT, action, held, proposal, record
from tests.flows import workflow

_A = ActionStatus
UNDOABLE: Action[Any, Any] = replace(
    action("crm.memo"),
    undo=Undo(
        words=lambda _: "Take it back",
        creates=True,
        state=lambda _port, _params, _key, _at: {},
        restore=lambda _port, _params, _key, _at, _values: None,
    ),
)
LETTER: Action[Any, Any] = action("post.letter")
NO = Observation(refused=True, fields=(Difference(name="text", before="", after="TOO_LONG"),))
GONE: dict[str, Any] = {"before": {}, "left": {}}
LEFT: dict[str, Any] = {"before": {}, "left": {"id": "7"}}
GOT = Receipt(id="7")


def flow(after_failure: AfterFailure = "replan") -> Workflow[Any]:
    """Memos, which can be undone, and letters, which cannot."""
    one = workflow()
    actions = {"crm.memo": UNDOABLE, "post.letter": LETTER}
    return replace(one, actions=actions, policy=replace(one.policy, after_failure=after_failure))


def failed(index: int = 0, action_id: str = "crm.memo", **parts: Any) -> LedgerEntry:
    """An action that a target refused, which left nothing."""
    usual: dict[str, Any] = {"status": _A.FAILED, "seen": NO, "note": "refused", **GONE}
    return held(index, action_id, **(usual | parts))


def job(*ledger: LedgerEntry, plan: int = 0, rounds: int = 0, **results: Contract) -> JobRecord:
    """A job whose proposal is for plan `plan`, after so many rounds of observations."""
    one = Round(observations=(ObservedAction(action="crm.memo", words="refused", seen=NO),))
    stored: dict[str, Contract] = {"proposal": proposal(plan=plan), **results}
    if rounds:
        stored["observations"] = Observations(rounds=(one,) * rounds)
    return record(ledger, results={name: Stored.of(value) for name, value in stored.items()})


def after(one: JobRecord, *settled: LedgerEntry, policy: AfterFailure = "replan") -> Change | None:
    """What the visit leads to."""
    return onward(one, flow(policy), settled, AT)


def statuses(change: Change) -> dict[int, str]:
    return {entry.index: entry.status.value for entry in change.ledger}


def test_what_was_refused_goes_back_and_nothing_else_of_the_plan_runs() -> None:
    """The failed entry and all that had not run are dropped; what took effect stays as it is."""
    done, later = held(0, status=_A.VERIFIED), held(2, status=_A.AUTHORISED)
    asked, no = held(3, answer=Answer.ASK, status=_A.PLANNED), held(4, status=_A.REJECTED)
    change = after(job(done, held(1), later, asked, no), failed(1))
    assert change
    assert change.move
    assert change.move.state == "Propose"
    assert statuses(change) == {1: "dropped", 2: "dropped", 3: "dropped"}
    (one,) = change.results["observations"].rounds  # type: ignore[attr-defined] # as stored
    assert one.observations == (ObservedAction(action="crm.memo", words="refused", seen=NO),)
    assert "refused" in change.ledger[0].note
    assert change.fields == {"plan": "2"}
    assert (change.dropped, change.unplanned, change.done) == ((), (), ())  # Act may not delete


def test_what_was_left_is_undone_first_by_an_order_that_names_it() -> None:
    """A target that holds something else: the entry is to be undone, in the same write."""
    change = after(job(held(0)), failed(receipt=GOT, seen=Observation(refused=False), **LEFT))
    assert change
    assert change.move
    assert (change.move.state, change.move.connector) == ("Act", "crm")
    assert statuses(change) == {0: "undo"}
    order = change.results["rollback"]
    assert isinstance(order, Rollback)
    assert (order.by, order.digests) == ("policy", (change.ledger[0].digest,))


def test_once_it_is_undone_the_new_plan_is_made() -> None:
    """The proposal is older than the observations: Propose is next; before that, Act undoes."""
    waiting = job(held(0, status=_A.UNDO), rounds=1)
    assert after(waiting) is None
    change = after(waiting, held(0, status=_A.UNDONE))
    assert change
    assert change.move
    assert change.move.state == "Propose"
    assert statuses(change) == {0: "undone"}


def test_a_new_plan_goes_on_as_the_first_did() -> None:
    """With a proposal for the present plan, the ledger alone says what is next."""
    assert after(job(held(0, status=_A.DROPPED), held(1, plan=1), plan=1, rounds=1)) is None


def test_what_leads_on_ends_its_plan_and_the_next_wants_anew_what_was_not_begun() -> None:
    """What came of it is planned with, as nobody could before; it is no failure, and no round of
    observations of one. Not before it is verified."""
    leads = {"crm.memo": replace(UNDOABLE, leads_on=True), "post.letter": LETTER}
    one, idle = replace(flow(), actions=leads), held(1, "post.letter", status=_A.AUTHORISED)
    change = onward(job(held(0), idle), one, (held(0, status=_A.VERIFIED),), AT)
    assert change
    assert change.move
    assert (change.event, change.move.state) == ("planned on", "Propose")
    assert statuses(change) == {0: "verified", 1: "dropped"}
    assert change.results["observations"].rounds[-1].observations == ()  # type: ignore[attr-defined] # as stored
    assert onward(job(held(0), idle), one, (held(0, status=_A.CLAIMED),), AT) is None


@pytest.mark.parametrize(
    "entry",
    [
        failed(seen=None),
        failed(action_id="post.letter", receipt=GOT),
        failed(before=None),
        failed(left=None),
    ],
    ids=["not authorised", "irreversible and done", "before unknown", "left unknown"],
)
def test_what_no_plan_can_mend_is_a_persons(entry: LedgerEntry) -> None:
    """Without an observation, without an undo, or without knowing what is there: escalate."""
    assert after(job(held(0)), entry) is None


def test_what_cannot_be_undone_and_was_refused_did_nothing() -> None:
    """No receipt: the letter never left, and the next plan may write another one."""
    change = after(job(held(0)), failed(action_id="post.letter", before=None, left=None, note=""))
    assert change
    assert statuses(change) == {0: "dropped"}


@pytest.mark.parametrize("status", [_A.UNKNOWN, _A.CLAIMED, _A.KEPT, _A.EXPIRED])
def test_a_doubtful_neighbour_makes_it_a_persons(status: ActionStatus) -> None:
    """Where anything may have happened, nothing is planned anew."""
    assert after(job(held(0, status=status), held(1)), failed(1)) is None


def test_a_job_makes_two_new_plans_and_no_third() -> None:
    """The third failure is a person's."""
    last = job(held(0, plan=MOST_PLANS), plan=MOST_PLANS, rounds=MOST_PLANS)
    assert after(last, failed(plan=MOST_PLANS)) is None
    before = job(held(0, plan=1), plan=1, rounds=1)
    assert after(before, failed(plan=1))


def test_a_persons_order_to_roll_back_ends_planning() -> None:
    """Whoever ordered it wants the job undone and not planned anew."""
    order = Rollback(by="ana", reason="a mistake", asked_at=AT, digests=())
    assert after(job(held(0), rollback=order), failed()) is None


def test_policy_may_say_escalate_or_undo() -> None:
    """Escalate: a person gets it as it is. Undo: what was done goes, in reverse, and then too."""
    done = held(0, status=_A.VERIFIED, receipt=GOT, **LEFT)
    ledger = job(done, held(1, text="other"))
    assert after(ledger, failed(1), policy="escalate") is None
    change = after(ledger, failed(1), policy="undo")
    assert change
    assert statuses(change) == {0: "undo", 1: "failed"}
    assert change.move
    assert change.move.state == "Act"
    assert after(job(held(1)), failed(1), policy="undo") is None


def test_what_is_observed_is_bounded() -> None:
    """Ten fields of 200 characters at most: a target cannot fill the model's window."""
    many = [Difference(name=f"f{n:02}" + "x" * 300, before="y" * 900, after="") for n in range(30)]
    seen = bounded(refused=False, fields=many)
    assert len(seen.fields) == 10
    assert {len(one.name) for one in seen.fields} == {200}
    assert {len(one.before) for one in seen.fields} == {200}


def test_a_proposal_is_stale_once_something_was_observed_after_it() -> None:
    """As is one that is not there; before any failure nothing is observed."""
    assert is_stale(record())
    assert not is_stale(job())
    assert is_stale(job(rounds=1))
    assert not is_stale(job(plan=1, rounds=1))
    assert observed(job()).rounds == ()
