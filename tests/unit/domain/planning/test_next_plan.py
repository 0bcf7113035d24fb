"""The plan after one that failed: bound by what took effect and by what people said."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from countersign.domain.errors import Refused
from countersign.domain.ledger.action import ProposedAction
from countersign.domain.ledger.entry import ActionStatus, LedgerEntry, Observation
from countersign.domain.planning.replan import next_plan
from countersign.domain.policy.policy import Answer, PolicyLine
from countersign.domain.workflow import Workflow
from tests.builders import EXPIRES, Memo, action, held
from tests.flows import situation, workflow

_A = ActionStatus
RUN = (PolicyLine("all", ("*",), Answer.RUN),)


def flow(*texts: str, **parts: Any) -> Workflow[Any]:
    """A workflow that wants a memo for each of `texts`, the first one being `crm.memo0`."""
    ids = [f"crm.memo{number}" for number in range(len(texts))]
    wants = [
        ProposedAction(action=one, params=Memo(text=text), target="contact/7")
        for one, text in zip(ids, texts, strict=True)
    ]
    made = workflow(lines=RUN, wants=wants, ids=ids)
    actions = {one: replace(action(one), **parts) for one in ids}
    return replace(made, actions=actions)


def planned(one: Workflow[Any], ledger: Sequence[LedgerEntry], plan: int = 1) -> Any:
    """The next plan's entries."""
    return next_plan(one, situation(), (), ledger, expires_at=EXPIRES, plan=plan)


def test_numbers_go_on_and_bytes_differ_from_the_plan_before() -> None:
    """The same wish in a later plan is another effect: other digest, other key at the target."""
    first = held(0, "crm.memo0", text="call", status=_A.DROPPED)
    (made,) = planned(flow("call"), [first])
    assert (made.index, made.plan, made.status) == (1, 1, "authorised")
    assert made.key != first.key
    assert made.content()["params"] == first.content()["params"]


def test_without_a_ledger_it_begins_at_nought() -> None:
    """A person had the whole plan made anew."""
    (made,) = planned(flow("call"), [], plan=2)
    assert (made.index, made.plan) == (0, 2)


@pytest.mark.parametrize(
    "status",
    [_A.VERIFIED, _A.UNKNOWN, _A.CLAIMED, _A.KEPT, _A.REJECTED, _A.EXPIRED, _A.FORBIDDEN],
)
def test_what_happened_or_was_refused_by_people_is_not_wanted_again(status: ActionStatus) -> None:
    """Neither a second effect nor a second question; the other action is planned."""
    (made,) = planned(flow("call", "write"), [held(0, "crm.memo0", status=status)])
    assert made.action == "crm.memo1"


def wanting(wanted: Sequence[ProposedAction]) -> Workflow[Any]:
    """A workflow that wants exactly these."""
    return replace(flow("contact", "deal"), want=lambda _: tuple(wanted))


def test_what_was_rejected_comes_back_only_for_something_new_that_needs_it() -> None:
    """A deal with another sum brings its contact along, and both ask; nothing new, or something new
    at another target, brings nothing back."""
    ledger = [
        held(at, f"crm.memo{at}", Answer.ASK, "all", text=text, status=_A.REJECTED)
        for at, text in enumerate(("contact", "deal of 90"))
    ]
    first, second = flow("contact", "deal of 60").want(situation())
    apart = replace(first, target="contact/8"), second
    for wanted, expected in (
        ((first, second), ["crm.memo0", "crm.memo1"]),
        (apart, ["crm.memo1"]),
        (flow("contact", "deal of 90").want(situation()), []),
    ):
        one, seen = wanting(wanted), situation()
        made = next_plan(one, seen, (), ledger, expires_at=EXPIRES, plan=1, rejected=True)
        assert [entry.action for entry in made] == expected
        assert {entry.status for entry in made} <= {_A.PLANNED}


def test_nothing_becomes_milder_by_failing() -> None:
    """What asked before asks again, with the reasons of both: a model cannot answer itself free."""
    asked = held(0, "crm.memo0", Answer.ASK, "budget.over_limit", status=_A.DROPPED)
    (made,) = planned(flow("call"), [asked])
    assert (made.status, made.approval) == ("planned", "")
    assert "budget.over_limit" in made.verdict.rules


@pytest.mark.control
def test_control_policy_alone_would_let_it_run() -> None:
    """The naive design judges the new plan by itself: the same wish runs unseen."""
    (made,) = planned(flow("call"), [])
    assert made.status == "authorised"


def edited(text: str, before: str, **parts: Any) -> LedgerEntry:
    """An entry that Ana changed from `before` to `text`, and whose plan ended."""
    body = held(0, "crm.memo0", text=before).body
    made = held(0, "crm.memo0", Answer.ASK, "draft", text=text, edited_by="ana", edited_from=body)
    return made.model_copy(update={"status": _A.DROPPED, **parts})


def test_what_a_person_changed_stays_changed_and_is_shown_as_their_change() -> None:
    """Over whatever the model says now, in every later plan."""
    (made,) = planned(flow("call at ten"), [edited("call at nine", "call")])
    assert made.content()["params"]["text"] == "call at nine"
    assert made.edited_by == "ana"
    assert json.loads(made.edited_from)["params"]["text"] == "call at ten"
    assert made.status == "planned"
    first = edited("call at nine", "call")
    same = edited("call at nine", "call at nine", index=1, plan=1)
    (third,) = planned(flow("call"), [first, same], plan=2)
    assert third.content()["params"]["text"] == "call at nine"


def test_an_edit_is_what_the_contract_makes_of_it() -> None:
    """What else an edit makes true is true again."""
    marked = flow("call", as_edited=lambda memo: Memo(text=f"{memo.text}!"))
    (made,) = planned(marked, [edited("call now", "call")])
    assert made.content()["params"]["text"] == "call now!"


def test_an_edit_that_no_longer_fits_is_a_persons() -> None:
    """A parameter that is gone: nobody drops a person's word silently."""
    old = edited("call now", "call")
    body = json.dumps({**old.content(), "params": {"words": "call now"}})
    with pytest.raises(Refused, match="does not go with the new plan"):
        planned(flow("call"), [old.model_copy(update={"body": body})])


def test_what_was_refused_fails_at_once_when_it_is_wanted_again() -> None:
    """Exactly the same is not sent again; other words, or after another kind of failure, are."""
    no = held(0, "crm.memo0", text="call", seen=Observation(refused=True), status=_A.DROPPED)
    (again,) = planned(flow("call"), [no])
    assert (again.status, again.seen) == ("failed", None)
    assert "wants again what the target refused" in again.note
    (other,) = planned(flow("write"), [no])
    assert other.status == "authorised"
    lied = no.model_copy(update={"seen": Observation(refused=False)})
    (once_more,) = planned(flow("call"), [lied])
    assert once_more.status == "authorised"


@pytest.mark.parametrize(
    ("again", "answered", "text", "status", "wanted"),
    [
        (True, True, "with a phone", _A.VERIFIED, True),
        (True, True, "call", _A.VERIFIED, False),
        (True, False, "with a phone", _A.VERIFIED, False),
        (False, True, "with a phone", _A.VERIFIED, False),
        (True, True, "with a phone", _A.REJECTED, False),
    ],
)
def test_what_keeps_one_thing_right_is_done_again_once_the_sender_has_said_more(
    again: bool,
    answered: bool,
    text: str,
    status: ActionStatus,
    wanted: bool,
) -> None:
    """Only where it sets other values than it has set, and never against a person's no."""
    first = held(0, "crm.memo0", text="call", status=status)
    made = next_plan(
        flow(text, again=again),
        situation(),
        (),
        [first],
        expires_at=EXPIRES,
        plan=1,
        answered=answered,
    )
    assert bool(made) is wanted


@pytest.mark.parametrize(
    ("rejected", "text", "wanted"),
    [(True, "write", True), (True, "call", False), (False, "write", False)],
)
def test_after_a_rejection_only_something_else_is_wanted(
    *, rejected: bool, text: str, wanted: bool
) -> None:
    """Taken up for another plan: never exactly what people said no to, and asked at least as
    strictly; not taken up, the no is about the action whatever it says."""
    no = held(0, "crm.memo0", Answer.ASK, "draft", text="call", status=_A.REJECTED)
    made = next_plan(
        flow(text), situation(), (), [no], expires_at=EXPIRES, plan=1, rejected=rejected
    )
    assert bool(made) is wanted
    assert all(one.verdict.answer is Answer.ASK for one in made)
