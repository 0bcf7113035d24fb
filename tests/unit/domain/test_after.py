"""An action that presupposes another one runs after it, or not at all."""

from __future__ import annotations

import pytest

from countersign.domain.errors import NotAuthorised
from countersign.domain.ledger import entry as ledger
from countersign.domain.ledger.action import ProposedAction
from countersign.domain.ledger.entry import ActionStatus, LedgerEntry
from countersign.domain.planning.plan import check_plan, dropped, next_move, visit
from countersign.domain.policy.policy import Answer, PolicyLine
from tests.builders import EXPIRES, JOB_ID, Memo, action, held, verdict
from tests.flows import workflow

A = ActionStatus
FIRST, THEN, LAST = "crm.memo", "mail.memo", "push.memo"


def after(index: int, first: str, action_id: str, status: ActionStatus) -> LedgerEntry:
    """An entry whose bytes say that `first` comes before it."""
    made = ledger.entry(
        index,
        ProposedAction(
            action=action_id, params=Memo(text="later"), target="contact/7", after=first
        ),
        action(action_id),
        verdict(Answer.RUN),
        job_id=JOB_ID,
        policy="letters/1",
        expires_at=EXPIRES,
    )
    return made.model_copy(update={"status": status})


def test_the_order_is_in_the_signed_bytes() -> None:
    """Whoever signs, signs the order too; without one the bytes are as before."""
    entry = after(1, FIRST, THEN, A.AUTHORISED)
    assert (entry.after, entry.content()["after"]) == (FIRST, FIRST)
    assert "after" not in held().content()
    assert held().after == ""


@pytest.mark.parametrize("status", [A.VERIFIED, A.AUTHORISED, A.CLAIMED])
def test_it_runs_when_the_first_is_done_or_comes_just_before(status: ActionStatus) -> None:
    """One visit may do both, in this order."""
    ledger = [held(0, FIRST, status=status), after(1, FIRST, "crm.other", A.AUTHORISED)]
    open_ones = [0, 1] if status is not A.VERIFIED else [1]
    assert [one.index for one in visit(ledger, "crm")] == open_ones


def test_it_waits_while_the_first_waits() -> None:
    """The first is asked about: nothing runs, and the job asks."""
    ledger = [held(0, FIRST, status=A.PLANNED), after(1, FIRST, THEN, A.AUTHORISED)]
    assert visit(ledger, "mail") == ()
    assert next_move(ledger).state == "Ask"


@pytest.mark.parametrize("status", [A.REJECTED, A.FORBIDDEN, A.DROPPED, A.UNDONE])
def test_it_is_dropped_when_the_first_will_never_happen(status: ActionStatus) -> None:
    """With why, and with everything that presupposes it in turn; what ran stays."""
    ledger = [
        held(0, FIRST, status=status),
        after(1, FIRST, THEN, A.PLANNED),
        after(2, THEN, LAST, A.AUTHORISED),
        after(3, FIRST, LAST, A.VERIFIED),
        held(4, FIRST.replace("memo", "note"), status=A.AUTHORISED),
    ]
    gone = dropped(ledger)
    assert [(one.index, one.status) for one in gone] == [(1, A.DROPPED), (2, A.DROPPED)]
    assert gone[0].note == f"it presupposes {FIRST}, which is {status}"


def test_nothing_is_dropped_while_the_first_may_come() -> None:
    """Authorised, running or waiting for a signature."""
    for status in (A.AUTHORISED, A.CLAIMED, A.PLANNED, A.VERIFIED, A.UNKNOWN):
        ledger = [held(0, FIRST, status=status), after(1, FIRST, THEN, A.PLANNED)]
        assert dropped(ledger) == ()


def test_the_last_look_before_it_runs_asks_for_the_first() -> None:
    """Whatever chose the entry: unless the first is verified, it does not run."""
    flow = workflow([PolicyLine("all", ("*",), Answer.RUN)])
    entry = after(1, FIRST, THEN, A.AUTHORISED)
    check_plan(flow, [held(0, FIRST, status=A.VERIFIED), entry], (), entry)
    with pytest.raises(NotAuthorised, match="comes first and is claimed"):
        check_plan(flow, [held(0, FIRST, status=A.CLAIMED), entry], (), entry)
