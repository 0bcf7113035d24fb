"""T17 at the door: a malformed delivery is answered 400 or 401, and nothing is written."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from countersign.entrypoints.webhook import receive
from countersign.web.http import Request
from tests.fakes.world import World
from tests.guarantees.test_t17_t19_signature import (
    SPEC_BODY,
    SPEC_NOW,
    SPEC_SECRET,
    malformed,
    spec_headers,
)

Figure = Callable[[str, int], None]
Door = Callable[[Mapping[str, str], bytes], int]


@pytest.fixture
def world() -> World:
    """Our world with the secret and at the time of the specification's example."""
    made = World(lambda _: {})
    made.secrets.held["webhook"] = json.dumps({"current": SPEC_SECRET})
    made.clock.passes(seconds=(SPEC_NOW - made.clock.now()).total_seconds())
    return made


def door_of(world: World) -> Door:
    """The door as the HTTP API calls it: its event in, the status out."""

    def answers(headers: Mapping[str, str], body: bytes) -> int:
        event = {
            "requestContext": {"http": {"method": "POST"}},
            "pathParameters": {"workflow": "lead_intake"},
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
    """13 deliveries, 13 times 400 or 401, no job, no payload, no message; the good one enters."""
    turns_away(door_of(world))
    assert (world.store.writes, world.payloads.keys(), world.queue.sent) == (0, set(), [])
    assert door_of(world)(spec_headers(), SPEC_BODY) == 202
    figure("13 of 13 answered 400 or 401 at the door, 0 writes", 13)


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
