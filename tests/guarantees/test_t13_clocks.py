"""T13: workers whose clocks differ: up to five minutes every promise holds; beyond, AWS takes no
request of such a worker, and the door no delivery, so that nothing is done by a wrong time."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, cast

import pytest
from botocore.exceptions import ClientError

from countersign.connectors.aws import signed
from countersign.connectors.aws.client import Credentials, Place
from countersign.connectors.aws.json_api import JsonApi
from countersign.connectors.dynamodb.store import DynamoStore
from countersign.domain.errors import NotFound
from tests.fakes.deliveries import Delivery
from tests.fakes.journey import form
from tests.fakes.world import FakeClock
from tests.guarantees.happenings import Life, dealt, settles
from tests.guarantees.pipeline import Pipeline
from tests.seeds import dealt_by, drawn_seed

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

Figure = Callable[[str, int], None]
pytestmark = [pytest.mark.guarantee("T13"), pytest.mark.timeout(7_200)]

BOUND = timedelta(minutes=5)
"""So far may a request's date be from AWS's time, and a delivery's from the door's."""
BEYOND = timedelta(minutes=10)
SHORT, LONG = (5, 25), (300, 60)
"""Runs, and what happens in each."""


class Skewed(FakeClock):
    """One time, and a worker who reads it wrongly."""

    skew = timedelta(0)

    def now(self) -> datetime:
        """As this worker believes."""
        return super().now() + self.skew


class Elsewhere(Pipeline):
    """Whatever is done next is done by a worker with a clock of its own."""

    def worker(self, skew: timedelta) -> None:
        """The next one is so far ahead; its process remembers nothing of the others."""
        clock = self.clock
        assert isinstance(clock, Skewed)
        clock.skew = skew
        self.process_again()


def skewed() -> Life:
    """A life whose workers' clocks may differ."""
    return Life.begins(Elsewhere(Skewed()))


def lived(numbers: list[int]) -> list[str]:
    """What is wrong after a run whose every step is done by another worker, judged by the true
    time."""
    life = skewed()
    for number in numbers:
        name, dice = dealt(life, number), dealt_by(number)
        _happens(life, name, number, dice)
        if life.judge.wrong:
            return [f"{name}: {one}" for one in life.judge.wrong]
    settles(life, colleague=len(numbers) % 2 == 0)
    return life.judge.wrong


def _happens(life: Life, name: str, number: int, dice: random.Random) -> None:
    pipeline = life.pipeline
    assert isinstance(pipeline, Elsewhere)
    pipeline.worker(dice.choice([-BOUND, timedelta(0), BOUND]) * 0.99)
    life.acts(name, number)
    pipeline.worker(timedelta(0))
    life.judge.judge()


@pytest.mark.parametrize(
    ("runs", "steps"),
    [SHORT, pytest.param(*LONG, marks=pytest.mark.soak)],
    ids=["short", "long"],
)
def test_workers_whose_clocks_differ_by_five_minutes_keep_every_promise(
    runs: int, steps: int, figure: Figure
) -> None:
    """No effect twice, none without authority, nothing lost: no claim rests on a clock."""
    dice = dealt_by(drawn_seed())
    for _ in range(runs):
        numbers = [dice.randrange(10**9) for _ in range(steps)]
        assert lived(numbers) == [], numbers
    figure(f"{runs} runs of {steps} steps by workers ± 5 min: 0 double claims", runs)


class Lease:
    """The naive design: who works on a job has it until a time of their own clock."""

    def __init__(self) -> None:
        self.until = datetime.min.replace(tzinfo=UTC)
        self.claims = 0

    def claims_for(self, now: datetime, minute: timedelta) -> None:
        """A worker takes the job, unless somebody has it by this worker's clock."""
        if now >= self.until:
            self.claims += 1
            self.until = now + minute


@pytest.mark.control
def test_control_a_lease_by_the_workers_own_clock_is_claimed_twice() -> None:
    """A minute's lease of a worker who is behind is over at once for one who is ahead."""
    clock, lease = Skewed(), Lease()
    for skew in (-BOUND, BOUND):
        clock.skew = skew
        lease.claims_for(clock.now(), timedelta(minutes=1))
    assert lease.claims == 2


class StrictAws:
    """Takes a request that is dated within five minutes of its own time, as AWS does."""

    def __init__(self) -> None:
        self.taken = 0

    def __call__(self, url: str, request: signed.Request) -> signed.Answer:  # noqa: ARG002 - the shape of Send
        """signed.Send."""
        said = datetime.strptime(f"{request.headers['x-amz-date']}+0000", "%Y%m%dT%H%M%SZ%z")
        if abs(datetime.now(UTC) - said) > BOUND:
            told = {"__type": "InvalidSignatureException", "message": "Signature expired"}
            return signed.Answer(403, json.dumps(told).encode(), {})
        self.taken += 1
        return signed.Answer(200, b'{"Items": []}', {})


def at(skew: timedelta) -> type[datetime]:
    """A machine's time that is so far off."""

    class Off(datetime):
        """datetime."""

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override] # plain ones
            return datetime.now(tz) + skew

    return Off


PLACE = Place(region="eu-central-1", own=Credentials("key", "secret", ""))


@pytest.mark.parametrize(
    ("skew", "told", "taken"),
    [
        *((-BEYOND, "Signature expired", 0), (BEYOND, "Signature expired", 0)),
        *((-BOUND * 0.9, "no such job", 1), (BOUND * 0.9, "no such job", 1)),
    ],
)
def test_beyond_the_bound_no_request_of_the_worker_is_taken(
    skew: timedelta, told: str, taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its first look at the job is refused, so nothing after it is claimed or done; within the
    bound AWS answers."""
    aws = StrictAws()
    monkeypatch.setattr(signed, "datetime", at(skew))
    db = cast("DynamoDBClient", JsonApi("dynamodb", PLACE, send=aws, wait=lambda _: None))
    with pytest.raises((ClientError, NotFound), match=told):
        DynamoStore("jobs", db).load("j-1")
    assert aws.taken == taken


@pytest.mark.parametrize(("skew", "status"), [(BOUND * 0.99, 202), (BEYOND, 401)])
@pytest.mark.parametrize("sign", [-1, 1])
def test_a_door_whose_clock_is_off_takes_nothing_by_a_wrong_time(
    skew: timedelta, status: int, sign: int
) -> None:
    """Within the bound a delivery is taken; beyond it is refused and nothing is stored."""
    pipeline = skewed().pipeline
    assert isinstance(pipeline, Elsewhere)
    delivery = Delivery(form()).signed(pipeline.world)
    pipeline.worker(sign * skew)
    assert delivery.arrives(pipeline.world).status == status
    assert len(pipeline.records()) == (status == 202)
