"""T17 to T19 at the door, over two senders: what is malformed, bent, late or signed by another is
turned away, and nothing is written."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from datetime import datetime

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from countersign.entrypoints.webhook import receive
from countersign.web.http import Request
from countersign.web.signature import sign, verify
from tests.fakes.world import World
from tests.guarantees.test_t17_t19_signature import (
    OLD_SECRET,
    SPEC_BODY,
    SPEC_ID,
    SPEC_NOW,
    SPEC_SECRET,
    SPEC_TIME,
    exact_window,
    flipped,
    malformed,
    spec_headers,
)
from tests.seeds import dealt_by, drawn_seed

Figure = Callable[[str, int], None]
Door = Callable[[Mapping[str, str], bytes], int]


@pytest.fixture
def world() -> World:
    """Our world with the secret and at the time of the specification's example."""
    made = World(lambda _: {})
    made.secrets.held["webhook"] = json.dumps(
        {"current": SPEC_SECRET, "relay": {"current": SPEC_SECRET}}
    )
    made.clock.passes(seconds=(SPEC_NOW - made.clock.now()).total_seconds())
    return made


def door_of(world: World, **sender: str) -> Door:
    """The door as the HTTP API calls it: its event in, the status out."""

    def answers(headers: Mapping[str, str], body: bytes) -> int:
        event = {
            "requestContext": {"http": {"method": "POST"}},
            "pathParameters": {"workflow": "lead_intake"} | sender,
            "headers": dict(headers),
            "body": base64.b64encode(body).decode(),
            "isBase64Encoded": True,
        }
        status: int = receive(world.deps, Request.of(event)).as_event()["statusCode"]
        return status

    return answers


def turns_away(door: Door) -> None:
    """Each malformed delivery is the sender's fault, never a failure of ours."""
    statuses = [door(headers, body) for headers, body in malformed()]
    assert len(statuses) == 13
    assert set(statuses) <= {400, 401}


@pytest.mark.guarantee("T17")
def test_malformed_deliveries_are_turned_away_and_leave_nothing(
    world: World, figure: Figure
) -> None:
    """13 deliveries of each of two senders, 26 times 400 or 401, no job, no payload, no message;
    the good ones enter, as one job each."""
    doors = (door_of(world), door_of(world, sender="relay"))
    for door in doors:
        turns_away(door)
    assert (world.store.writes, world.payloads.keys(), world.queue.sent) == (0, set(), [])
    assert [door(spec_headers(), SPEC_BODY) for door in doors] == [202, 202]
    assert len(set(world.queue.sent)) == 2
    figure("26 of 26 answered 400 or 401 at the door by two senders, 0 writes", 26)


def two_senders(world: World) -> dict[str, Door]:
    """The door of each of two senders, whose secrets differ."""
    world.secrets.held["webhook"] = json.dumps(
        {"current": SPEC_SECRET, "relay": {"current": OLD_SECRET}}
    )
    return {SPEC_SECRET: door_of(world), OLD_SECRET: door_of(world, sender="relay")}


def signed_by(secret: str) -> dict[str, str]:
    """The headers of the specification's delivery, signed with this secret."""
    return spec_headers(webhook_signature=sign(secret, SPEC_ID, SPEC_TIME, SPEC_BODY))


@pytest.mark.guarantee("T18")
def test_no_bit_and_no_other_sender_gets_in(world: World, figure: Figure) -> None:
    """Bits flipped in what each of two sends, and what one signed on the other's path: refused."""
    doors, seed = two_senders(world), drawn_seed()
    dealt = dealt_by(seed)
    for secret, door in doors.items():
        for _ in range(200):
            part = dealt.choice(["webhook-id", "webhook-timestamp", "webhook-signature", "body"])
            headers, body = signed_by(secret), SPEC_BODY.decode("latin-1")
            if part == "body":
                body = flipped(dealt, body)
            else:
                headers[part] = flipped(dealt, headers[part])
            assert door(headers, body.encode("latin-1")) == 401, (seed, part, headers, body)
        others = [one for one in doors if one != secret]
        assert [door(signed_by(one), SPEC_BODY) for one in others] == [401]
    assert (world.store.writes, world.payloads.keys(), world.queue.sent) == (0, set(), [])
    assert [door(signed_by(secret), SPEC_BODY) for secret, door in doors.items()] == [202, 202]
    figure(f"400 flips and 2 borrowed signatures refused at the door (seed {seed})", 402)


@pytest.mark.guarantee("T18")
@pytest.mark.control
def test_control_one_list_of_secrets_lets_each_sender_speak_for_the_other(world: World) -> None:
    """Comparing with everybody's secrets, as one shared secret does, takes a borrowed signature."""
    everybodys = [SPEC_SECRET, OLD_SECRET]
    assert verify(everybodys, signed_by(OLD_SECRET), SPEC_BODY, world.clock.now())
    assert two_senders(world)[SPEC_SECRET](signed_by(OLD_SECRET), SPEC_BODY) == 401


@pytest.mark.guarantee("T19")
def test_each_sender_has_its_window_and_its_own_rotation(world: World) -> None:
    """300 seconds either side for both; one sender's revoked secret ends, the other's lives."""
    doors, now = two_senders(world), world.clock.now()
    for secret, door in doors.items():

        def accepts(at: datetime, secret: str = secret, door: Door = door) -> bool:
            world.clock.passes(seconds=(at - world.clock.now()).total_seconds())
            return door(signed_by(secret), SPEC_BODY) == 202

        exact_window(accepts)
    world.clock.passes(seconds=(now - world.clock.now()).total_seconds())
    world.secrets.held["webhook"] = json.dumps(
        {"current": SPEC_SECRET, "relay": {"current": SPEC_SECRET, "previous": OLD_SECRET}}
    )
    assert doors[OLD_SECRET](signed_by(OLD_SECRET), SPEC_BODY) == 202
    world.secrets.held["webhook"] = json.dumps(
        {"current": SPEC_SECRET, "relay": {"current": SPEC_SECRET}}
    )
    assert doors[OLD_SECRET](signed_by(OLD_SECRET), SPEC_BODY) == 401
    assert doors[SPEC_SECRET](signed_by(SPEC_SECRET), SPEC_BODY) == 202


@pytest.mark.guarantee("T17")
@pytest.mark.control
def test_control_a_door_around_the_reference_library_answers_500() -> None:
    """A door that expects only the library's own error fails on some of the same deliveries."""

    def naive(headers: Mapping[str, str], body: bytes) -> int:
        try:
            Webhook(SPEC_SECRET).verify(body, dict(headers))
        except WebhookVerificationError:
            return 401
        except Exception:  # noqa: BLE001 - what a web server answers to an exception
            return 500
        return 202

    with pytest.raises(AssertionError):
        turns_away(naive)
