"""The order to undo: who may give it, what it covers, and what it leaves alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from countersign.domain.contract import Stored
from countersign.domain.errors import ContractBroken, NotAuthorised
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.job import Status
from countersign.domain.ledger.action import Action, Receipt, Undo
from countersign.domain.ledger.entry import ActionStatus
from countersign.domain.planning.plan import next_move, undo_visit
from countersign.domain.planning.rollback import (
    ORDER,
    POLICY,
    Rollback,
    check_order,
    ended_by_order,
    ending,
    is_open,
    order_of,
    ordered,
    outcome,
    refusal,
    stands,
    taken_back,
)
from countersign.domain.workflow import Workflow
from tests.builders import AT, Memo, action, case, held, job, record
from tests.flows import Letter, workflow

A, S = ActionStatus, Status

RECEIPT = Receipt(id="r-1")

MAIL = "mail.memo"


def undoable(action_id: str = "crm.memo") -> Action[Memo, Any]:
    """An action that can be taken back."""
    undo: Undo[Memo, Any] = Undo(
        words=lambda memo: f"Take {memo.text} away",
        creates=True,
        state=lambda _port, _memo, _key, _at: {},
        restore=lambda _port, _memo, _key, _at, _values: None,
    )
    return replace(action(action_id), undo=undo)


def flow() -> Workflow[Letter]:
    """Memos in the CRM can be taken back, mailed ones cannot."""
    actions = {"crm.memo": undoable(), MAIL: action(MAIL)}
    return replace(workflow(), actions=actions, requester=lambda letter: letter.text)


def ended(*statuses: ActionStatus, status: Status = S.COMPLETED, **parts: Any) -> JobRecord:
    """A job that has ended with entries of these statuses; the last one is a mail."""
    ids = ["crm.memo"] * (len(statuses) - 1) + [MAIL]
    ledger = [
        held(
            i, ids[i], text=f"memo {i}", status=one, receipt=RECEIPT if one is A.VERIFIED else None
        )
        for i, one in enumerate(statuses)
    ]
    return record(ledger, job=job(status), **parts)


def fates(seen: JobRecord) -> dict[int, ActionStatus]:
    """What an order makes of the entries that it changes."""
    return {one.index: one.status for one in outcome(seen, flow())}


def test_what_took_effect_is_undone_and_what_cannot_be_stays() -> None:
    """Verified, and what an earlier order or a cut-off undo left; a mail is kept."""
    seen = ended(A.VERIFIED, A.KEPT, A.UNDOING, A.VERIFIED)
    assert fates(seen) == {0: A.UNDO, 1: A.UNDO, 2: A.UNDO, 3: A.KEPT}


def test_what_stayed_with_the_job_is_over_by_the_order() -> None:
    """Nothing of it is outside, so no case is left of it; by itself it is nothing to take back."""
    here = replace(flow(), actions={**flow().actions, MAIL: replace(action(MAIL), inside=True)})
    after = outcome(ended(A.VERIFIED, A.VERIFIED), here)
    assert [one.status for one in after] == [A.UNDO, A.UNDONE]
    assert ending([after[1]]) is S.ROLLED_BACK
    assert refusal(ended(A.VERIFIED), here) == "nothing of it can be undone"


def test_what_never_ran_is_dropped() -> None:
    """Planned, authorised, expired, and failed without any answer from the target."""
    seen = ended(A.PLANNED, A.AUTHORISED, A.EXPIRED, A.FAILED, A.REJECTED)
    assert fates(seen) == dict.fromkeys(range(4), A.DROPPED)


def test_what_may_have_happened_is_never_called_undone() -> None:
    """Unknown stays so, and a claim that nobody finished becomes it; a mail that came back stays
    failed; what failed and left something at a target that can undo is undone."""
    seen = ended(A.UNKNOWN, A.CLAIMED, A.FAILED, A.FAILED)
    ledger = [one.model_copy(update={"receipt": RECEIPT}) for one in seen.ledger]
    assert fates(replace(seen, ledger=tuple(ledger))) == {1: A.UNKNOWN, 2: A.UNDO}


def test_settled_entries_and_unknown_actions_are_left_alone_or_kept() -> None:
    """Rejected, forbidden, dropped and undone are as they were; an action that this code does not
    have cannot be undone by it."""
    seen = ended(A.REJECTED, A.FORBIDDEN, A.DROPPED, A.UNDONE, A.REJECTED)
    assert fates(seen) == {}
    gone = record([held(0, "crm.old", status=A.VERIFIED)])
    assert fates(gone) == {0: A.KEPT}


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (S.PENDING, "has not begun"),
        (S.PROCESSING, "still runs"),
        (S.RETRYING, "still runs"),
        (S.WAITING_FOR_REVIEW, "decide on that first"),
        (S.PARKED, "goes on by itself"),
        (S.REJECTED, "nothing of it took effect"),
        (S.ROLLED_BACK, "rolled back already"),
    ],
)
def test_a_job_under_way_or_over_is_refused_with_what_to_do(status: Status, said: str) -> None:
    """And one that is being undone says so."""
    assert said in refusal(ended(A.VERIFIED, A.VERIFIED, status=status), flow())


def test_a_job_that_is_being_undone_is_not_ordered_twice() -> None:
    """The stored order says that it is under way, until it has ended."""
    order = Rollback(by="ana", reason="why", asked_at=AT, digests=())
    stored = {ORDER: Stored.of(order)}
    seen = ended(A.UNDO, A.KEPT, status=S.RETRYING, results=stored)
    assert refusal(seen, flow()) == "it is being rolled back already"
    over = ended(A.UNDONE, A.KEPT, status=S.ROLLED_BACK, results=stored)
    assert refusal(over, flow()) == "it is rolled back already"


def test_a_job_of_which_nothing_can_be_undone_says_why() -> None:
    """With what is irreversible, if anything is; and with nothing at all."""
    only_mail = record([held(0, MAIL, status=A.VERIFIED)], job=job(S.COMPLETED))
    assert refusal(only_mail, flow()).endswith(
        f"({MAIL}: irreversible: what it did cannot be taken back)"
    )
    assert refusal(record(job=job(S.FAILED)), flow()) == "nothing of it can be undone"
    assert refusal(ended(A.VERIFIED, A.VERIFIED), flow()) == ""


def test_an_order_takes_the_job_over_and_names_what_it_undoes() -> None:
    """A new execution, the digests, the words, the case ended by it."""
    seen = ended(A.VERIFIED, A.VERIFIED, status=S.ESCALATED, case=case())
    change = ordered(seen, flow(), by="ana", reason=" a test ", now=AT)
    order = change.results[ORDER]
    assert isinstance(order, Rollback)
    assert (order.by, order.reason, order.digests) == ("ana", "a test", (seen.ledger[0].digest,))
    assert (change.event, change.actor, change.status) == (
        "rollback ordered",
        "person:ana",
        S.RETRYING,
    )
    assert change.fields == {
        "rollback": " a test ",
        "0 crm.memo": "to be undone",
        "1 mail.memo": "stays",
    }
    assert change.case
    assert change.case.resolution
    assert (change.case.resolution.way, change.case.resolution.by) == ("rollback", "ana")


@pytest.mark.parametrize("parts", [{}, {"case": case(resolution=None)}])
def test_without_an_open_case_none_is_ended(parts: dict[str, Any]) -> None:
    """A complete job has none, or one that was ended long ago."""
    change = ordered(ended(A.VERIFIED, A.VERIFIED, **parts), flow(), by="ana", reason="x", now=AT)
    assert (change.case is not None) is bool(parts)
    assert change.case is None or change.case.resolution is not None


def test_an_order_that_cannot_be_given_changes_nothing() -> None:
    """Refused, or without a reason."""
    with pytest.raises(ContractBroken, match="cannot be rolled back: it still runs"):
        ordered(
            ended(A.VERIFIED, A.VERIFIED, status=S.PROCESSING), flow(), by="ana", reason="x", now=AT
        )
    with pytest.raises(ContractBroken, match="needs a reason"):
        ordered(ended(A.VERIFIED, A.VERIFIED), flow(), by="ana", reason=" ", now=AT)


def test_policy_takes_back_what_took_effect_within_a_running_step() -> None:
    """What failed and left nothing stays failed, so that a person hears of it."""
    seen = ended(A.VERIFIED, A.FAILED, A.PLANNED, A.VERIFIED, status=S.PROCESSING)
    change = taken_back(seen, flow(), "an action failed", AT)
    assert change
    assert {one.index: one.status for one in change.ledger} == {0: A.UNDO, 2: A.DROPPED, 3: A.KEPT}
    order = change.results[ORDER]
    assert isinstance(order, Rollback)
    assert (order.by, change.move) == (POLICY, next_move([held(0, status=A.UNDO)]))
    assert taken_back(ended(A.FAILED, A.VERIFIED), flow(), "x", AT) is None


def test_only_exact_bytes_that_an_order_names_are_undone() -> None:
    """No order, another digest, bytes that were moved: refused. Their expiry is no matter."""
    entry = held(0, status=A.UNDO)
    order = Rollback(by="ana", reason="why", asked_at=AT, digests=(entry.digest,))
    seen = record([entry], results={ORDER: Stored.of(order)})
    check_order(seen, entry)
    with pytest.raises(NotAuthorised, match="nobody ordered"):
        check_order(record([entry]), entry)
    with pytest.raises(NotAuthorised, match="nobody ordered"):
        check_order(seen, held(1, text="other"))
    with pytest.raises(NotAuthorised, match="not the ones decided on"):
        check_order(seen, entry.model_copy(update={"body": entry.body + " "}))


@pytest.mark.parametrize(
    ("statuses", "stays", "ends"),
    [
        ((A.VERIFIED, A.UNDONE), True, S.COMPLETED),
        ((A.KEPT, A.UNDONE), True, S.COMPLETED),
        ((A.UNDONE, A.DROPPED), False, S.ROLLED_BACK),
        ((A.REJECTED, A.FORBIDDEN), False, S.REJECTED),
        ((), False, S.REJECTED),
    ],
)
def test_a_job_ends_by_what_is_still_there(
    statuses: tuple[ActionStatus, ...], stays: bool, ends: Status
) -> None:
    """Something stays: COMPLETED; all of it undone: ROLLED_BACK; nothing ever ran: REJECTED."""
    ledger = [held(i, status=one) for i, one in enumerate(statuses)]
    assert (stands(ledger), ending(ledger)) == (stays, ends)


@pytest.mark.parametrize(
    ("by", "status", "over", "opened"),
    [
        ("", A.VERIFIED, False, False),
        ("", A.KEPT, True, True),
        ("ana", A.UNDONE, True, True),
        (POLICY, A.UNDO, False, True),
        (POLICY, A.UNDONE, False, False),
    ],
)
def test_a_persons_order_ends_a_job_and_policys_leads_on(
    by: str, status: ActionStatus, over: bool, opened: bool
) -> None:
    """After policy has undone a plan another one may follow; after a person's order none does."""
    order = Rollback(by=by, reason="why", asked_at=AT, digests=())
    results = {ORDER: Stored.of(order)} if by else {}
    seen = record([held(status=status)], results=results)
    assert (ended_by_order(seen), is_open(seen)) == (over, opened)
    assert (order_of(seen) is not None) is bool(by)


def test_the_last_effect_is_undone_first_and_connectors_keep_their_turn() -> None:
    """In reverse; a visit takes back as far as its connector goes."""
    ledger = [
        held(0, status=A.UNDO),
        held(1, MAIL, status=A.UNDO),
        held(2, status=A.UNDOING),
        held(3, status=A.UNDO),
        held(4, status=A.VERIFIED),
    ]
    assert next_move(ledger).connector == "crm"
    assert [one.index for one in undo_visit(ledger, "crm")] == [3, 2]
    assert undo_visit(ledger, "mail") == ()


def test_what_could_not_be_undone_is_the_cases_reason() -> None:
    """By name and with why, after what was taken back, beside whatever else is to be settled."""
    ledger = [
        held(0, status=A.KEPT, note="changed since by somebody else: dealstage"),
        held(1, MAIL, status=A.UNKNOWN),
        held(2, status=A.UNDONE),
    ]
    move = next_move(ledger)
    assert move.state == "Escalate"
    assert move.reason == (
        "it is not known whether an action took effect; taken back: crm.memo; "
        "crm.memo is not undone (changed since by somebody else: dealstage)"
    )


def test_what_another_job_did_is_that_ones_to_undo() -> None:
    """A rerun counts it as done; an order to undo the rerun leaves it alone."""
    done = held(0, status=A.VERIFIED, of="j-before")
    assert outcome(record((done,)), workflow()) == ()
