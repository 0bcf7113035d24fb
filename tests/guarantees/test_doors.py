"""T03, T18, T20 at the door itself: what is refused writes nothing at all."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.fakes.deliveries import Delivery
from tests.fakes.journey import form
from tests.fakes.world import World
from tests.seeds import dealt_by, drawn_seed

Figure = Callable[[str, int], None]


@pytest.fixture
def world() -> World:
    return World(lambda _: {})


@pytest.fixture
def seed() -> int:
    return drawn_seed()


def conflicts(world: World, answers: Callable[[Delivery], int], n: int) -> None:
    """`n` ids come again with another body: each is answered 409, and nothing happens."""
    first = [answers(Delivery(form(name=f"A {i}"), id=f"evt-{i}")) for i in range(n)]
    assert first == [202] * n
    before = (len(world.queue.sent), world.store.writes)
    again = [answers(Delivery(form(name=f"B {i}"), id=f"evt-{i}")) for i in range(n)]
    assert again == [409] * n
    assert (len(world.queue.sent), world.store.writes) == before


@pytest.mark.guarantee("T03")
def test_the_same_id_with_another_body_is_a_conflict(world: World, figure: Figure) -> None:
    """409, no effect, and the first body stays the one that counts."""
    n = 200
    conflicts(world, lambda delivery: delivery.arrives(world).status, n)
    for record in world.store._records.values():
        assert b'"name": "A ' in world.payloads.get(record.job.source.payload)
    figure(f"{n} of {n} answered 409, 0 effects", n)


@pytest.mark.control
@pytest.mark.guarantee("T03")
def test_control_replaying_the_old_answer_by_id_alone_hides_the_conflict(world: World) -> None:
    """An idempotency cache keyed by id answers 202 to another body: the same check sees that."""
    cache: dict[str, int] = {}

    def naive(delivery: Delivery) -> int:
        if delivery.id not in cache:
            cache[delivery.id] = delivery.arrives(world).status
        return cache[delivery.id]

    with pytest.raises(AssertionError):
        conflicts(world, naive, 2)


@pytest.mark.guarantee("T18")
def test_one_flipped_bit_anywhere_is_refused_and_writes_nothing(
    world: World, seed: int, figure: Figure
) -> None:
    """Body, id, timestamp and signature: 1,000 flips, none accepted, nothing stored."""
    rng, n = dealt_by(seed), 1_000
    good = Delivery(form()).signed(world)
    for _ in range(n):
        assert flipped(good, rng).arrives(world).status in (400, 401)
    assert (world.store.writes, world.payloads.keys()) == (0, set())
    assert good.arrives(world).status == 202
    figure(f"{n} of {n} refused, 0 writes", n)


@pytest.mark.guarantee("T20")
@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"a": Infinity}', 400),
        (b'{"a": -NaN}', 400),
        (b'{"a": {"b": 1, "b": 1}}', 400),
        (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, 400),
        (b'{"a": "\\ud800"}', 400),
        (b"\xef\xbb\xbf{}", 400),
        (b'{"a": 1}', 202),
        (b"{}", 202),
        (b"x" * 1_000_001, 413),
    ],
)
def test_odd_json_is_answered_rightly_at_the_door(
    world: World, figure: Figure, body: bytes, status: int
) -> None:
    """Refused with 400 before a job exists; size is checked before parsing."""
    assert Delivery(body).arrives(world).status == status
    figure("", 1)


def flipped(delivery: Delivery, rng: random.Random) -> Delivery:
    """`delivery` with one bit changed somewhere that the sender vouches for."""
    where = rng.choice(["body", "webhook-id", "webhook-timestamp", "webhook-signature"])
    if where == "body":
        return replace(delivery, body=_bit(delivery.body, rng))
    value = delivery.headers[where]
    changed = _bit(value.encode(), rng).decode("latin-1")
    return replace(delivery, headers={**delivery.headers, where: changed})


def _bit(raw: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(raw) * 8)
    changed = bytearray(raw)
    changed[at // 8] ^= 1 << (at % 8)
    return bytes(changed)
