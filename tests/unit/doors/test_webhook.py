"""The webhook door: what it answers, what it stores, and what it never does."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from countersign.doors.signature import sign
from countersign.doors.webhook import MAX_BYTES
from tests.fakes.deliveries import Delivery
from tests.fakes.journey import form
from tests.fakes.world import WEBHOOK_SECRET, World


@pytest.fixture
def world() -> World:
    return World(lambda _: {})


def test_a_signed_form_is_accepted_stored_and_queued(world: World) -> None:
    """202 with the job's id; the payload, the release and the job are stored, the id is queued."""
    answer = Delivery(form()).arrives(world)
    job_id = json.loads(answer.body)["job_id"]
    assert answer.status == 202
    assert world.queue.sent == [job_id]
    assert world.store.load(job_id).job.status == "PENDING"
    assert {key.partition("/")[0] for key in world.payloads.keys()} == {"raw", "releases"}  # noqa: SIM118


def test_the_same_delivery_again_gets_the_same_answer_and_starts_nothing_new(world: World) -> None:
    """Once it has begun, a redelivery is answered and nothing else happens."""
    first = Delivery(form()).arrives(world)
    writes = world.store.writes
    assert Delivery(form()).arrives(world) == first
    assert world.store.writes == writes


def test_a_redelivery_heals_a_crash_between_storing_and_queueing(world: World) -> None:
    """The sender saw an error, sends again, and the job that was stored gets queued."""
    world.queue.broken = OSError("the queue is away")
    with pytest.raises(OSError, match="away"):
        Delivery(form()).arrives(world)
    assert world.queue.sent == []
    world.queue.broken = None
    assert Delivery(form()).arrives(world).status == 202
    assert len(world.queue.sent) == 1


def test_an_old_and_a_new_secret_are_both_good_during_a_rotation(world: World) -> None:
    """A revoked one is refused as soon as it is gone."""
    new = "whsec_" + "bmV3LXNlY3JldC1vZi0zMi1ieXRlcy1mb3ItdGVzdHM="
    world.secrets.held["webhook"] = json.dumps({"current": new, "previous": WEBHOOK_SECRET})
    assert Delivery(form()).arrives(world).status == 202
    world.secrets.held["webhook"] = json.dumps({"current": new})
    assert Delivery(form(), id="evt-2").arrives(world).status == 401


@pytest.mark.parametrize(
    ("delivery", "status"),
    [
        (Delivery(form(), workflow="nothing"), 404),
        (Delivery(form(), headers={"webhook-id": "evt-1"}), 401),
        (Delivery(b"{"), 400),
        (Delivery(b'{"a": NaN}'), 400),
        (Delivery(b'{"a": 1, "a": 2}'), 400),
        (Delivery(b"[" * 100_000), 400),
        (Delivery(b"\xff\xfe"), 400),
        (Delivery(b" " * (MAX_BYTES + 1)), 413),
    ],
)
def test_what_is_refused_is_told_why_and_leaves_nothing(
    world: World, delivery: Delivery, status: int
) -> None:
    """A clear status, a sentence, and not one write."""
    answer = delivery.arrives(world)
    assert answer.status == status
    assert json.loads(answer.body)["message"]
    assert (world.store.writes, world.payloads.keys(), world.queue.sent) == (0, set(), [])


def test_a_large_body_is_refused_before_anything_reads_it(world: World) -> None:
    """413 comes before the signature and before the parser: the cheap check is the first."""
    world.secrets.held.clear()
    assert Delivery(b"[" * (MAX_BYTES + 1), headers={"x": "y"}).arrives(world).status == 413


def test_a_signature_for_another_id_is_refused(world: World) -> None:
    """The id is signed: replaying a body under a new id needs the secret."""
    signed = Delivery(form()).signed(world)
    moved = replace(signed, headers={**signed.headers, "webhook-id": "evt-9"})
    assert moved.arrives(world).status == 401
    assert sign(WEBHOOK_SECRET, "a", 1, b"x") != sign(WEBHOOK_SECRET, "b", 1, b"x")
