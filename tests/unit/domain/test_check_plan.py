"""The last look at one entry beside its neighbours, before it runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from countersign.domain.errors import NotAuthorised
from countersign.domain.ledger.entry import ActionStatus, LedgerEntry
from countersign.domain.planning.plan import check_plan, check_records
from countersign.domain.policy.policy import Answer, PolicyLine
from countersign.domain.policy.records import Records
from countersign.domain.policy.rules import Finding
from tests.builders import AT, held
from tests.flows import workflow

A = ActionStatus
RUNS = PolicyLine("crm", ("crm.*",), Answer.RUN)
ASKS = PolicyLine("spam", ("crm.*",), Answer.ASK, when="spam", sentence="it looks like spam")
SPAM = (Finding(rule="spam", sentence="it looks like spam"),)
BEGUN = (A.CLAIMED, A.VERIFIED, A.UNKNOWN, A.UNDO, A.UNDOING, A.KEPT)


def refused(ledger: Sequence[LedgerEntry], entry: LedgerEntry) -> bool:
    """Whether the last look stops it."""
    try:
        check_plan(workflow([RUNS, ASKS]), ledger, (), entry)
    except NotAuthorised:
        return True
    return False


def test_an_entry_that_policy_still_allows_and_nobody_ran_passes() -> None:
    """Alone, beside other bytes that ran, and beside the same bytes that did not run."""
    first, same = held(0, status=A.AUTHORISED), held(1, status=A.AUTHORISED)
    other = held(2, text="write back", status=A.VERIFIED)
    for ledger in ([first], [first, other], [first, same]):
        assert not refused(ledger, first)


@pytest.mark.parametrize("answer", [Answer.ASK, Answer.FORBID])
def test_an_entry_of_which_policy_now_asks_more_does_not_run(answer: Answer) -> None:
    """A finding since the plan was made makes the stored verdict too mild."""
    first = held(0, status=A.AUTHORISED)
    stricter = PolicyLine("spam", ("crm.*",), answer, when="spam", sentence="it looks like spam")
    with pytest.raises(NotAuthorised, match="policy asks for more"):
        check_plan(workflow([RUNS, stricter]), [first], SPAM, first)


@pytest.mark.parametrize("status", sorted(A))
def test_the_same_bytes_run_once_however_many_rows_carry_them(status: ActionStatus) -> None:
    """A twin that was begun, whatever became of it, stops the entry; one that was not does not."""
    first, twin = held(0, status=A.AUTHORISED), held(1, status=status)
    if status not in BEGUN:
        check_plan(workflow([RUNS]), [first, twin], (), first)
        return
    with pytest.raises(NotAuthorised, match="the same bytes have run already"):
        check_plan(workflow([RUNS]), [first, twin], (), first)


@pytest.mark.parametrize("why", ["", "it is in another currency"])
def test_an_entry_that_the_records_do_not_bear_does_not_run(why: str) -> None:
    """An action may judge by what Look found; most do not."""
    flow, first = workflow([RUNS]), held(0, status=A.AUTHORISED)
    records = Records(read_at=AT, found={})
    check_records(flow, records, first)
    judging = replace(flow.actions[first.action], unfit=lambda *_: why)
    flow = replace(flow, actions={**flow.actions, first.action: judging})
    if not why:
        check_records(flow, records, first)
        return
    with pytest.raises(NotAuthorised, match=f"action 0: {why}"):
        check_records(flow, records, first)
