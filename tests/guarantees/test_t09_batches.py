"""T09: of a batch exactly the messages that failed come back, and no other is worked on again."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from countersign.entrypoints import start
from countersign.runtime.step import production
from tests.guarantees.intake_queue import CONTEXT, Edge, Handler, batch, executions, ids, start_door
from tests.seeds import dealt_by, drawn_seed

Figure = Callable[[str, int], None]
pytestmark = [pytest.mark.timeout(600), pytest.mark.usefixtures("made_up_credentials")]

SIZE = 10
ALL = range(2**SIZE)
SHORT = 20
CHUNK = 64
"""Batches on one state machine: moto looks through all of its executions at each start."""
REASONS = ("ThrottlingException", "AccessDeniedException", "unreadable", "unknown")


@dataclass
class Batch:
    """Ten messages of which some fail at their first try, each for its own reason."""

    number: int
    failing: frozenset[int]
    reasons: Mapping[int, str]
    left: set[str] = field(default_factory=set)
    """Names whose start AWS still refuses."""

    def __post_init__(self) -> None:
        self.left = {self.name(at) for at in self.failing}

    def name(self, at: int) -> str:
        """The job of a message."""
        return f"j-{self.number}x{at}"

    def body(self, at: int, *, mended: bool = False) -> str:
        """A message; one that cannot be read is sent anew, as it should have been, when mended."""
        reason = "" if mended or at not in self.failing else self.reasons[at]
        if reason == "unreadable":
            return '{"job_id": '
        return json.dumps(
            {"job": self.name(at)} if reason == "unknown" else {"job_id": self.name(at)}
        )

    def refuses(self, operation: str, params: Mapping[str, Any]) -> str:
        """As AWS does."""
        if operation != "StartExecution":
            return ""
        name = json.loads(params["body"])["name"]
        if name not in self.left:
            return ""
        reason = self.reasons[int(name.partition("x")[2])]
        return reason if reason.endswith("Exception") else ""


def batches(subsets: Sequence[int], dealt: random.Random) -> Iterator[Batch]:
    """One for each subset of the ten."""
    for number, bits in enumerate(subsets):
        failing = frozenset(at for at in range(SIZE) if bits >> at & 1)
        reasons = {at: dealt.choice(REASONS) for at in failing}
        yield Batch(number, failing, reasons)


def comes_back(one: Batch, edge: Edge, handler: Handler) -> set[str]:
    """The ids that are given back; a function that raises gives all back."""
    edge.refuses = one.refuses
    sent = {f"m-{at}": one.body(at) for at in range(SIZE)}
    try:
        return ids(handler(batch(sent), CONTEXT))
    except Exception:  # noqa: BLE001 - what Lambda does then
        return set(sent)


def delivered(one: Batch, edge: Edge, handler: Handler) -> None:
    """The batch, and once what came back of it; nothing was worked on twice."""
    returned = comes_back(one, edge, handler)
    assert returned == {f"m-{at}" for at in one.failing}, f"{sorted(one.failing)}: {returned}"
    one.left.clear()
    again = {name: one.body(int(name[2:]), mended=True) for name in returned}
    assert not again or ids(handler(batch(again), CONTEXT)) == set()
    asked = [edge.asked[one.name(at)] for at in range(SIZE)]
    assert asked == [1] * SIZE, f"{sorted(one.failing)}: started {asked} times"


def all_delivered(subsets: Sequence[int], seed: int, handler: Handler) -> None:
    """Every batch, on a fresh machine now and then."""
    dealt = dealt_by(seed)
    waiting = list(batches(subsets, dealt))
    for at in range(0, len(waiting), CHUNK):
        chunk, edge = waiting[at : at + CHUNK], Edge()
        with start_door(edge):
            for one in chunk:
                delivered(one, edge, handler)
            assert executions() == len(chunk) * SIZE


@pytest.mark.guarantee("T09")
def test_of_any_batch_exactly_the_failing_messages_come_back(figure: Figure) -> None:
    """50 of the 1,024 subsets of ten messages, none and all of them included."""
    seed = drawn_seed()
    dealt = dealt_by(seed)
    subsets = [0, ALL[-1], *dealt.sample(ALL[1:-1], SHORT - 2)]
    all_delivered(subsets, seed, start.handler)
    figure(f"{SHORT} subsets of 10: the failing ids, 0 repeated", SHORT)


@pytest.mark.soak
@pytest.mark.guarantee("T09")
def test_of_every_batch_exactly_the_failing_messages_come_back(figure: Figure) -> None:
    """All 1,024 subsets of ten messages."""
    all_delivered(ALL, 9, start.handler)
    figure(f"all {len(ALL)} subsets of 10: the failing ids, 0 repeated", len(ALL))


def raises_at_the_first(event: dict[str, Any], context: Any) -> Any:  # noqa: ARG001 - Lambda's shape
    """The naive handler: one message after the other, and an error is an error."""
    for one in event["Records"]:
        start.start(production(), one["body"])
    return {"batchItemFailures": []}


@pytest.mark.control
@pytest.mark.guarantee("T09")
def test_control_a_handler_that_raises_gives_healthy_messages_back() -> None:
    """One failing message of ten, and all ten come back."""
    with pytest.raises(AssertionError, match="m-0"):
        all_delivered([0b1000], 9, raises_at_the_first)
