"""What becomes of campaign mails: each event once, whatever order it comes in."""

from __future__ import annotations

import itertools
import json
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from countersign.domain.campaigns.events import Heard
from countersign.domain.campaigns.sent import Event, Intent
from countersign.domain.errors import StoreConflict
from countersign.domain.lane.batches import Head
from countersign.domain.lane.items import Item
from countersign.entrypoints import campaign_events
from countersign.entrypoints.campaign_events import handler, note
from infra.local.cloud.mail_outcomes import outcomes
from tests.fakes.world import World

JOB = "j-1"
ALL = {"SEND", "DELIVERY", "BOUNCE", "COMPLAINT"}


@pytest.fixture
def world() -> World:
    return World(lambda _: {})


def intends(world: World, number: int) -> None:
    """The message of an item is about to be sent."""
    if world.lanes.head(JOB, 1) is None:
        world.lanes.keep_head(JOB, 1, None, Head(attempt=1, entry=1))
    item = Item(number=number, entry=1, tries=1)
    now = world.clock.now()
    intent = Intent(JOB, 1, item, f"contact-{number}", f"token-{number}", now, timedelta(days=7))
    assert world.campaigns.intend(intent) == ""


def told(number: int, word: str = "ann") -> list[dict[str, Any]]:
    """What EventBridge brings of the item's mail, in its order."""
    tags = {"job": JOB, "batch": "1", "item": str(number)}
    request = {
        "ConfigurationSetName": "countersign-test-campaigns",
        "Destination": {"ToAddresses": [f"{word}+{number}@simulator.example.org"]},
        "EmailTags": [{"Name": name, "Value": value} for name, value in tags.items()],
    }
    return [
        {"source": "aws.ses", "detail-type": one["DetailType"], "detail": one["Detail"]}
        for _, one in outcomes(f"m-{number}", request, ALL)
    ]


def comes(world: World, monkeypatch: pytest.MonkeyPatch, *bodies: object) -> list[str]:
    """A batch of the queue; the ids of the messages that come again."""
    monkeypatch.setattr(campaign_events, "production", lambda: world.deps)
    records = [
        {"messageId": f"q-{at}", "body": body if isinstance(body, str) else json.dumps(body)}
        for at, body in enumerate(bodies)
    ]
    context = SimpleNamespace(get_remaining_time_in_millis=lambda: 60_000)
    failed = handler({"Records": records}, context)["batchItemFailures"]
    return [one["itemIdentifier"] for one in failed]


def test_a_batch_counts_each_message_once_and_suppresses_who_is_not_wanted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five mails: one arrives, one bounces, one is called spam, of one everything comes twice, of
    one nothing comes at all."""
    words = {1: "ann", 2: "bounce", 3: "complaint", 4: "twice", 5: "lost"}
    for number in words:
        intends(world, number)
    events = [one for number, word in words.items() for one in told(number, word)]
    assert comes(world, monkeypatch, *events) == []
    assert world.campaigns.counts(JOB) == {
        Event.SENT: 4,
        Event.DELIVERED: 3,
        Event.BOUNCED: 1,
        Event.COMPLAINED: 1,
    }
    why = {row.key: row.why for row in world.suppression.rows()}
    assert why == {"contact-2": "bounce", "contact-3": "complaint"}
    messages = world.campaigns.messages(JOB, 1)
    assert messages[2].message_id == "m-2"
    assert not messages[5].is_known


def test_no_order_of_events_makes_another_message(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A complaint is one whether it is heard before or after the delivery."""
    orders = list(itertools.permutations(range(3)))
    for number, order in enumerate(orders, 1):
        intends(world, number)
        events = told(number, "complaint")
        comes(world, monkeypatch, *(events[at] for at in order))
    states = {one.state for one in world.campaigns.messages(JOB, 1).values()}
    assert states == {"complained"}
    assert set(world.campaigns.counts(JOB).values()) == {len(orders)}


def test_what_is_no_event_of_ours_is_passed_over_and_bad_bytes_come_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A message that nobody can read ends among the dead letters, and takes no other with it."""
    intends(world, 1)
    failed = comes(world, monkeypatch, {"detail-type": "Email Opened"}, "{", *told(1))
    assert failed == ["q-1"]
    assert world.campaigns.counts(JOB)[Event.DELIVERED] == 1


def test_a_write_that_others_are_in_the_way_of_is_tried_again(world: World) -> None:
    """For a moment; then the message comes again by the queue."""
    intends(world, 1)
    tries = iter([StoreConflict("x")] * 2)
    plain = world.campaigns.event

    def busy(*args: Any) -> bool:
        for error in tries:
            raise error
        return plain(*args)

    world.campaigns.event = busy  # type: ignore[method-assign, assignment] # the table is busy twice
    sent = Heard(kind=Event.SENT, message_id="m-1", job_id=JOB, batch=1, item=1)
    assert note(world.deps, sent)
    tries = iter([StoreConflict("x")] * 99)
    with pytest.raises(StoreConflict):
        note(world.deps, sent)
