"""Whole jobs whose first plan fails, and words for what people say to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from countersign.domain.approvals.approval import Approval, Choice, Decision, apply_decision
from countersign.domain.approvals.approval import decide as decide_on
from countersign.domain.approvals.directory import Member
from countersign.domain.approvals.working_hours import Hours
from countersign.domain.jobs.change import Change
from countersign.domain.planning.edits import edited
from countersign.model.feedback import apply
from tests.fakes.crm import FakeCrm
from tests.fakes.journey import Journey, accept, form
from tests.fakes.world import ANA, World
from workflows import WORKFLOWS

FLOW = WORKFLOWS["lead_intake"]
SENDER = "anna.lindner@hafenwerk.example"
LEAD, CALLBACK, REPLY = "crm.create_lead", "crm.request_callback", "email.send_reply"
ONCE = {"contacts": 1, "deals": 1, "tasks": 1}
"""What the CRM is made to hold of one lead."""
IN_HONG_KONG = {
    "country": "Hong Kong",
    "phone": None,
    "message": "Hello, we are looking for a quote for 40 licences of your dispatch software. "
    "Our budget is 98,000 HKD and we would like to start by the end of March.",
}
"""The CRM's account has no Hong Kong dollars: it refuses the lead. Our limits have none either, so
lead, callback and reply are signed first."""


def attentive(crm: FakeCrm | None = None) -> World:
    """A world whose model leaves out what it is told that a target would not take."""

    def answer(shown: str) -> Mapping[str, Any]:
        asked = world.model.asked[-1].messages
        seen = asked[2][1] if len(asked) > 2 and asked[2][0] == "user" else ""
        return apply(FLOW.offline(shown), seen, FLOW.heeds)

    world = World(answer)
    if crm:
        world.crm = crm
        world.deps = world.deps_again()
    return world


def asked(world: World, **fields: Any) -> Journey:
    """A job that has gone as far as it can without a person."""
    journey = Journey(world, accept(world, form(**(IN_HONG_KONG | fields))))
    journey.goes()
    return journey


def pending(journey: Journey) -> Approval:
    """The request that waits."""
    found = journey.record.pending
    assert found, "nothing waits for a decision"
    return found


def decides(world: World, journey: Journey, by: str = "ana", **choices: Choice) -> None:
    """A person decides: approves, but for what `choices` names by the last word of its id."""
    approval = pending(journey)
    said = {
        one: choices.get(approval.actions[one].rpartition("_")[2], Choice.APPROVE)
        for one in approval.digests
    }
    reason = "not wanted" if Choice.REJECT in said.values() else ""
    decision = Decision(by=by, at=world.clock.now(), choices=said, reason=reason)
    decided = decide_on(approval, decision)
    change = Change(
        event="decided by a person",
        actor=f"person:{by}",
        approvals=(decided,),
        ledger=apply_decision(decided, journey.record.ledger),
        done=("approval",),
    )
    world.deps.commit(journey.record, change)


def edits(world: World, journey: Journey, action: str, **texts: str) -> None:
    """Ana changes parameters, and others are asked about the new bytes."""
    held = next(e for e in reversed(journey.record.ledger) if e.action == action)
    ana = Member(person=ANA, roles=("sales",), hours=Hours(days=(0,), opens=0, closes=1))
    made = edited(FLOW, journey.record, held, texts, by=ana, now=world.clock.now())
    old = pending(journey).model_copy(update={"superseded": True})
    change = Change(event="edited", actor="person:ana", ledger=(made,), approvals=(old,))
    world.deps.commit(journey.record, change)
    journey.answered()


def made(world: World) -> Mapping[str, int]:
    """How many objects of each kind the CRM was made to hold."""
    return Counter(write.kind for write in world.crm.journal if write.method == "POST")
