"""Executions of others that wait: they come by the function of their row, and hear how it ended."""

from __future__ import annotations

import json
from typing import Any

import pytest

from countersign.domain.approvals.approval import Choice
from countersign.domain.errors import ContractBroken, Unavailable
from countersign.domain.jobs.outcomes import WAITS_AT_MOST
from countersign.entrypoints import calls
from countersign.entrypoints.calls import taken
from countersign.entrypoints.tick import tick
from tests.fakes.agents import refund, with_an_order
from tests.fakes.journey import Journey
from tests.fakes.world import World

FUNCTION = "countersign-test-CallsMachine"
FIRST = "t-1"
"""The token of the first try of their state."""


def comes(world: World, charge: str, euros: float, token: str = FIRST, **more: Any) -> Journey:
    """A state of their machine hands over a refund and waits; the job, until it waits or ends."""
    world.waiters.waiting.add(token)
    said = {"actions": [refund(charge, euros)], "reason": "it broke"}
    event = {"token": token, "key": "run-7", "proposal": said} | more
    journey = Journey(world, taken(world.deps, event, FUNCTION))
    if journey.record.job.status == "PENDING":
        journey.goes()
    return journey


def told(world: World, token: str = FIRST) -> Any:
    """What their execution went on with."""
    whose, _, said = world.waiters.told[token].partition(" ")
    assert whose == "stateMachine:theirs"
    return json.loads(said)


def test_it_waits_until_people_have_signed_and_goes_on_with_what_they_signed() -> None:
    """Not before; and what it hears is what a caller reads, receipt and all."""
    world, charge = with_an_order()
    journey = comes(world, charge, 100)
    tick(world.deps)
    assert world.waiters.told == {}
    journey.is_decided(Choice.APPROVE)
    journey.answered()
    tick(world.deps)
    said = told(world)
    assert (said["state"], said["actions"][0]["receipt"][:3]) == ("done", "re_")
    tick(world.deps)
    assert "answer" not in journey.record.due
    assert journey.record.job.status == "COMPLETED"


def test_what_is_refused_or_rejected_is_told_too() -> None:
    """By policy at once, by a person in their words."""
    for euros, cause in ((301, "caller.over_most"), (100, "")):
        world, charge = with_an_order()
        journey = comes(world, charge, euros)
        if journey.record.pending:
            journey.is_decided(Choice.REJECT, reason="he has it back")
            journey.answered()
        tick(world.deps)
        assert told(world)["actions"][0]["rejected"]["cause"] == cause


def test_our_decision_stands_when_nobody_waits_any_more_and_a_case_says_so() -> None:
    """The refund is done once; a person reads that the execution did not hear of it, once."""
    world, charge = with_an_order()
    journey = comes(world, charge, 15)
    world.waiters.waiting.clear()
    tick(world.deps)
    record = journey.record
    assert (record.job.status, record.case is not None) == ("ESCALATED", True)
    assert "waits no more, and was not told: done" in record.job.reason
    assert [one.amount for one in world.payments.journal] == [1_500]
    tick(world.deps)
    assert "answer" not in journey.record.due


def test_one_that_waits_longer_than_any_can_is_forgotten() -> None:
    """A job that nobody decides keeps no token for ever, and has its own case already."""
    world, charge = with_an_order()
    journey = comes(world, charge, 100)
    world.waiters.waiting.clear()
    world.clock.passes(days=WAITS_AT_MOST.days + 1)
    tick(world.deps)
    assert "answer" not in journey.record.due
    assert not world.payments.journal


def test_a_later_try_of_their_state_is_the_one_that_is_told() -> None:
    """The same key is the same job; the first try's token is void. One that comes when the job has
    ended hears at once."""
    world, charge = with_an_order()
    journey = comes(world, charge, 15)
    assert comes(world, charge, 15, token="t-2").job_id == journey.job_id
    tick(world.deps)
    assert set(world.waiters.told) == {"t-2"}
    comes(world, charge, 15, token="t-3")
    tick(world.deps)
    assert told(world, "t-3")["state"] == "done"
    assert [one.amount for one in world.payments.journal] == [1_500]


def test_its_token_is_in_nothing_that_leaves() -> None:
    """Not in what was stored of the delivery, the trail, the results or what a caller reads."""
    world, charge = with_an_order()
    secret = "AQC-this-lets-it-go-on"
    record = comes(world, charge, 100, token=secret).record
    kept = [world.payloads.get(record.job.source.payload).decode()]
    kept += [repr(record), *(one.body for one in record.results.values())]
    assert not [one for one in kept if secret in one]
    assert record.due["answer"].token == secret


@pytest.mark.parametrize(
    ("function", "more", "error"),
    [
        ("countersign-test-CallsNobody", {}, ContractBroken),
        (FUNCTION, {"key": ""}, ContractBroken),
        (FUNCTION, {"token": "x" * 2_049}, ContractBroken),
        (FUNCTION, {"proposal": {"actions": [], "reason": "why"}}, ContractBroken),
        (FUNCTION, {"proposal": {"reason": "w" * 1_000_001, "actions": []}}, ContractBroken),
    ],
)
def test_what_is_none_is_an_error_of_the_invocation(
    function: str, more: dict[str, Any], error: type[Exception]
) -> None:
    """Their state catches it; nothing is stored."""
    world, charge = with_an_order()
    said = {"actions": [refund(charge, 15)], "reason": "it broke"}
    with pytest.raises(error):
        taken(world.deps, {"token": "t", "key": "k", "proposal": said} | more, function)
    assert not world.queue.sent


class Context:
    """As AWS gives it."""

    function_name = FUNCTION


def with_room_for_one(monkeypatch: pytest.MonkeyPatch) -> tuple[World, dict[str, Any]]:
    """A caller that may hand over once in a minute, and what it hands over."""
    world, charge = with_an_order()
    senders = [
        one.model_copy(update={"requests_a_minute": 1}) if one.id == "machine" else one
        for one in world.settings.senders
    ]
    world.settings = world.settings.model_copy(update={"senders": tuple(senders)})
    world.deps = world.deps_again()
    monkeypatch.setattr(calls, "production", lambda: world.deps)
    said = {"actions": [refund(charge, 15)], "reason": "it broke"}
    return world, {"token": "t", "key": "k", "proposal": said}


def test_who_is_over_its_limit_comes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error that their state's Retry knows; the handler is the same by AWS's event."""
    _, event = with_room_for_one(monkeypatch)
    assert calls.handler(event, Context())["job_id"]
    with pytest.raises(Unavailable):
        calls.handler(event, Context())


def queued(*bodies: str, tries: int = 1) -> dict[str, Any]:
    """What SQS hands to the function."""
    attributes = {"ApproximateReceiveCount": str(tries)}
    return {
        "Records": [
            {
                "messageId": f"m-{at}",
                "body": body,
                "attributes": attributes,
                "eventSource": "aws:sqs",
            }
            for at, body in enumerate(bodies)
        ]
    }


def left(event: dict[str, Any]) -> list[str]:
    """The messages that come again."""
    failed = calls.handler(event, Context())["batchItemFailures"]
    return [one["itemIdentifier"] for one in failed]


def test_by_the_queue_it_is_the_same_and_a_message_that_comes_twice_is_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """SQS may deliver twice, also after the end was told: nobody is taken for gone."""
    world, charge = with_an_order()
    monkeypatch.setattr(calls, "production", lambda: world.deps)
    said = {"actions": [refund(charge, 15)], "reason": "it broke"}
    message = json.dumps({"token": FIRST, "key": "run-7", "proposal": said})
    world.waiters.waiting.add(FIRST)
    assert left(queued(message)) == []
    (queued_job,) = world.queue.sent
    journey = Journey(world, queued_job)
    journey.goes()
    tick(world.deps)
    assert told(world)["state"] == "done"
    assert left(queued(message)) == []
    tick(world.deps)
    assert (journey.record.job.status, "answer" in journey.record.due) == ("COMPLETED", False)
    assert [one.amount for one in world.payments.journal] == [1_500]


def test_what_the_queue_brings_and_is_refused_fails_the_state_that_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """At once where its caller has to mend it; where it may come again, at its last try. What
    nobody waits for, and what is no message at all, stays for a person."""
    world, event = with_room_for_one(monkeypatch)
    world.waiters.waiting |= {"t", "t-2"}
    none = event | {"token": "t-2", "proposal": {"actions": [], "reason": "why"}}
    assert left(queued(json.dumps(none))) == []
    assert world.waiters.told["t-2"].startswith("stateMachine:theirs ContractBroken: ")
    assert left(queued(json.dumps(event))) == ["m-0"]
    assert "t" not in world.waiters.told
    assert left(queued(json.dumps(event), tries=calls.RECEIVES)) == []
    assert world.waiters.told["t"].startswith("stateMachine:theirs Unavailable: ")
    for broken in ("no JSON", "[]", json.dumps({"key": "k"}), json.dumps({"token": 7})):
        assert left(queued(broken, tries=calls.RECEIVES)) == ["m-0"], broken
