"""What waits under a version that is gone: it asks in the version that there is, or is nobody's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from countersign.domain.errors import UnknownVersion
from countersign.domain.ledger.action import Action
from countersign.domain.ledger.entry import ActionStatus, LedgerEntry
from countersign.domain.planning.renewing import VERSION_GONE, lost, renewed
from countersign.domain.policy.policy import Answer
from countersign.domain.workflow import Workflow
from tests.builders import Memo, action, held, record
from tests.flows import workflow

A = ActionStatus


class Longer(Memo):
    """A memo that says who it is for; nobody had to say so before."""

    reader: str


class Titled(Memo):
    """A memo with a title."""

    title: str = "Memo"


def after(params: type[Memo] = Titled) -> Workflow[Any]:
    """The code after the deploy: it has version 2 alone."""
    changed: dict[str, Any] = {"version": 2, "params": params}
    now: Action[Any, Any] = replace(action(), **changed)
    return replace(workflow([]), actions={now.id: now})


def again(entry: LedgerEntry, flow: Workflow[Any] | None = None) -> tuple[LedgerEntry, ...]:
    """What the code after the deploy makes of it."""
    return renewed(flow or after(), record(ledger=(entry,)))


@pytest.mark.parametrize("status", [A.PLANNED, A.AUTHORISED])
def test_whatever_waits_asks_in_the_version_that_there_is(status: ActionStatus) -> None:
    """What policy alone let run asks too; the bytes are new, and what differs is named."""
    before = held(status=status, approval="a-1")
    (made,) = again(before)
    assert (made.action_version, made.status, made.approval) == (2, A.PLANNED, "")
    assert (made.index, made.content()["target"]) == (before.index, before.content()["target"])
    assert made.digest != before.digest
    assert (made.verdict.answer, VERSION_GONE in made.verdict.rules) == (Answer.ASK, True)
    assert [(one.name, one.before, one.after) for one in made.since] == [("title", "", "Memo")]


def test_what_was_done_was_tried_or_is_known_is_left_alone() -> None:
    """An attempt may have reached the target under its old key; a known version runs as it is."""
    done = held(status=A.VERIFIED)
    tried = held(status=A.AUTHORISED).model_copy(update={"attempt": "x"})
    assert again(done) == again(tried) == again(held(status=A.PLANNED), workflow([])) == ()


def test_bytes_that_were_damaged_are_no_earlier_version() -> None:
    """A number that was changed beside the bytes is refused where it is signed, not renewed."""
    forged = held(status=A.PLANNED).model_copy(update={"action_version": 7})
    assert lost(workflow([]), record(ledger=(forged,))) == ()


def test_what_cannot_be_read_in_the_new_version_is_a_persons() -> None:
    """No such action, and a contract that needs what nobody stored: each names both versions."""
    waits = held(status=A.PLANNED)
    with pytest.raises(UnknownVersion, match=r"planned crm.memo v1; as v2 .*reader"):
        again(waits, after(Longer))
    with pytest.raises(UnknownVersion, match=r"planned crm.memo v1; this code has no such action"):
        again(waits, replace(workflow([]), actions={}))
