"""T43: jobs wait for days, and code, contracts, policies and prompts change under them: what was
signed runs as it was signed, or is asked again with what is different, or a person gets it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar

import pytest

from countersign.actions.mail import SEND_REPLY, Reply
from countersign.domain.approvals.approval import Choice
from countersign.domain.contract import Contract
from countersign.domain.jobs.job import Status
from countersign.domain.ledger.action import Action
from countersign.domain.planning.renewing import VERSION_GONE
from countersign.domain.policy.policy import Answer, PolicyLine
from countersign.domain.workflow import Workflow
from countersign.entrypoints.tick import tick
from tests.conftest import Figure
from tests.fakes.journey import Journey, accept, form
from tests.fakes.world import ANA, World
from tests.unit.approvals.test_approval_edit import at_work
from tests.unit.steps.test_journeys import SENDER, offline
from workflows import WORKFLOWS

pytestmark = pytest.mark.guarantee("T43")
FLOW = WORKFLOWS["lead_intake"]
REPLY = SEND_REPLY.id


class Greeting(Reply):
    """The reply's next contract: it has a greeting of its own."""

    VERSION: ClassVar[int] = 2

    greeting: str = "Kind regards"


class Numbered(Greeting):
    """One that needs what nobody had stored."""

    campaign: int


def version(number: int, params: type[Contract] = SEND_REPLY.params) -> Action[Any, Any]:
    """The reply in that version."""
    changed: Mapping[str, Any] = {"version": number, "params": params}
    return replace(SEND_REPLY, **changed)


def code(now: Action[Any, Any] | None, *earlier: Action[Any, Any], **more: Any) -> Workflow[Any]:
    """The workflow as the next deploy has it: with that reply, or with none."""
    left = {name: one for name, one in FLOW.actions.items() if name != REPLY}
    actions = {**left, REPLY: now} if now else left
    return replace(FLOW, actions=actions, earlier=earlier, **more)


def waiting(*, signed: bool) -> tuple[World, Journey]:
    """A job whose reply waits for Ana, or has her signature and has not gone on yet."""
    world = World(offline)
    journey = Journey(world, accept(world, form()))
    journey.goes()
    if signed:
        journey.is_decided(Choice.APPROVE)
    return world, journey


def deployed(world: World, flow: Workflow[Any], journey: Journey) -> Journey:
    """The next deploy, and the job under it."""
    world.workflows = {**WORKFLOWS, FLOW.id: flow}
    world.deps = world.deps_again()
    return Journey(world, journey.job_id)


def told(flow: Workflow[Any]) -> tuple[str, int, str]:
    """What becomes of a signed job after a deploy: its status, mails that left, and why."""
    world, journey = waiting(signed=True)
    after = deployed(world, flow, journey)
    after.answered()
    job = after.record.job
    return job.status.value, len(world.mail.to(SENDER)), job.reason


def forbidding() -> Workflow[Any]:
    """A policy that lets no reply leave any more."""
    line = PolicyLine("no-replies", (REPLY,), Answer.FORBID, sentence="nobody is answered now")
    policy = replace(FLOW.policy, version="next", lines=(*FLOW.policy.lines, line))
    return replace(FLOW, policy=policy)


def prompting() -> Workflow[Any]:
    """Another prompt: the job keeps its own release."""
    return replace(FLOW, release=FLOW.release.model_copy(update={"prompt": "Say nothing."}))


CHANGES: Mapping[str, tuple[Workflow[Any], tuple[str, int, str]]] = {
    "nothing": (FLOW, ("COMPLETED", 1, "")),
    "another prompt": (prompting(), ("COMPLETED", 1, "")),
    "a new version, the old one kept": (code(version(2), SEND_REPLY), ("COMPLETED", 1, "")),
    "a new version, the old one gone": (code(version(2)), ("WAITING_FOR_REVIEW", 0, "")),
    "a contract that says other things": (
        code(version(2, Greeting)),
        ("WAITING_FOR_REVIEW", 0, ""),
    ),
    "a contract that needs more": (code(version(2, Numbered)), ("ESCALATED", 0, "campaign")),
    "no such action any more": (code(None), ("ESCALATED", 0, "this code has no such action")),
    "a stricter policy": (forbidding(), ("COMPLETED", 0, "")),
}


def test_what_was_signed_runs_as_signed_or_is_asked_again_or_is_a_persons(figure: Figure) -> None:
    """Every change of code, contract, policy or prompt under a signed job has its one end."""
    ends = {name: told(flow) for name, (flow, _) in CHANGES.items()}
    wrong = {
        name: end
        for name, end in ends.items()
        if end[:2] != CHANGES[name][1][:2] or CHANGES[name][1][2] not in end[2]
    }
    assert wrong == {}
    figure(f"{len(ends)} kinds of change under a signed job: each has its one end", len(ends))


@pytest.mark.control
def test_control_a_change_under_the_same_version_is_carried_out_unasked() -> None:
    """Control: the naive deploy gives other code the old number. The mail leaves, and nobody was
    asked: the lock of contracts refuses such a change, and the table above would see it."""
    status, mails, _ = told(code(version(1)))
    assert (status, mails) == ("COMPLETED", 1)


def asked_by_a_click(world: World, _journey: Journey) -> None:
    """Ana opens her link and clicks once; opening alone changes nothing."""
    ana = at_work(world, ANA.address)
    assert "The program has changed since this was asked" in ana.page
    assert world.executions.succeeded == []
    assert "a new request goes out by mail" in ana.posts({}).body


def asked_by_time(world: World, journey: Journey) -> None:
    """Nobody comes: time asks again, and does not decide about what nobody could read."""
    deadline = journey.record.due["approval"].at
    world.clock.pauses((deadline - world.clock.now() + timedelta(seconds=1)).total_seconds())
    tick(world.deps)


@pytest.mark.parametrize("comes", [asked_by_a_click, asked_by_time])
def test_what_waits_under_a_version_that_is_gone_is_asked_again_with_the_difference(
    comes: Callable[[World, Journey], None], figure: Figure
) -> None:
    """The old request is void, the new one shows only what differs, and what is signed then is
    what leaves, once."""
    world, before = waiting(signed=False)
    (old,) = before.record.approvals.values()
    journey = deployed(world, code(version(2, Greeting)), before)
    comes(world, journey)
    assert len(world.executions.succeeded) == 1
    assert journey.record.approvals[old.approval_id].superseded
    journey.answered()
    (held,) = (one for one in journey.record.ledger if one.action == REPLY)
    assert (held.action_version, held.verdict.answer) == (2, Answer.ASK)
    assert VERSION_GONE in held.verdict.rules
    assert [(one.name, one.before, one.after) for one in held.since] == [
        ("greeting", "", "Kind regards")
    ]
    ana = at_work(world, ANA.address)
    assert "Changed since it was asked" in ana.page
    assert ana.posts(ana.filled()).status == 303
    journey.answered()
    assert journey.record.job.status is Status.COMPLETED
    (mail,) = world.mail.to(SENDER)
    assert mail.text == held.content()["params"]["text"]
    figure(f"{comes.__name__.replace('_', ' ')} with the difference, and mailed once", 1)
