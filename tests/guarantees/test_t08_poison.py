"""T08: what cannot be started ends in the dead letters, and nothing else does; mended, it runs."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.guarantees.intake_queue import Edge, Intake, executions, polling, start_door
from tests.seeds import dealt_by, drawn_seed
from workflows import WORKFLOWS

Figure = Callable[[str, int], None]
pytestmark = [pytest.mark.timeout(600), pytest.mark.usefixtures("made_up_credentials")]

SHORT, LONG = (6, 75), (50, 1_000)
"""Poison among how many messages."""
UPLOADS = 0.05
"""Of the healthy messages; the others are jobs that the webhook has stored."""
FAIL_ONCE = 0.1
"""Of the healthy messages: their first try is throttled."""


def uploaded(workflow: str, number: int) -> str:
    """S3's event for an object."""
    thing = {
        "key": f"{workflow}/{number}.eml",
        "size": 10,
        "etag": "e1",
        "version-id": f"v{number}",
    }
    return json.dumps({"detail": {"bucket": {"name": "uploads"}, "object": thing}})


class Trouble:
    """The release of refund_request cannot be stored until that is mended: its uploads are the
    poison. Some healthy messages are throttled at their first try."""

    def __init__(self, seed: int) -> None:
        self._random = dealt_by(seed)
        self._met: set[str] = set()
        self.mended = False
        self.throttled = 0
        self._poisoned = f"releases/{WORKFLOWS['refund_request'].release.digest}"

    def __call__(self, operation: str, params: Mapping[str, Any]) -> str:
        if operation == "PutObject" and self._poisoned in params["url_path"]:
            return "" if self.mended else "AccessDenied"
        if operation != "StartExecution" or self.mended:
            return ""
        name = json.loads(params["body"])["name"]
        first = name not in self._met
        self._met.add(name)
        throttled = first and self._random.random() < FAIL_ONCE
        self.throttled += throttled
        return "ThrottlingException" if throttled else ""


def messages(poison: int, total: int, dealt: random.Random) -> list[str]:
    """All of them, shuffled."""
    uploads = int((total - poison) * UPLOADS)
    bodies = [uploaded("refund_request", number) for number in range(poison)]
    bodies += [uploaded("lead_intake", number) for number in range(uploads)]
    bodies += [json.dumps({"job_id": f"j-{number}"}) for number in range(total - len(bodies))]
    dealt.shuffle(bodies)
    return bodies


def only_poison_dies(sizes: tuple[int, int], receives: int, seed: int) -> int:
    """Drain, look, mend, redrive, look again; how many tries failed at first."""
    poison, total = sizes
    trouble = Trouble(seed)
    edge = Edge(trouble)
    with start_door(edge):
        intake = Intake(edge, replace(polling(), receives=receives))
        intake.holds(messages(poison, total, dealt_by(seed)))
        intake.drains()
        dead = intake.depth(intake.dead)
        assert dead == poison, f"seed {seed}: {dead} dead letters"
        assert executions() == len(edge.asked) == total - poison
        trouble.mended = True
        intake.redriven()
        intake.drains()
        assert (intake.depth(intake.dead), intake.depth(intake.queue)) == (0, 0)
        assert executions() == len(edge.asked) == total
        assert set(edge.asked.values()) == {1}, "something was started twice"
    return trouble.throttled


def proven(sizes: tuple[int, int], figure: Figure) -> None:
    """With the receives of the template."""
    seed, receives = drawn_seed(), polling().receives
    once = only_poison_dies(sizes, receives, seed)
    assert once > 0, "no healthy message failed once: the proof would see nothing"
    poison, total = sizes
    figure(
        f"{poison} of {total} dead after {receives} receives, {total - poison} started,"
        f" {once} of them at the second try; redriven {poison} of {poison}, each once",
        total,
    )


@pytest.mark.guarantee("T08")
def test_poison_and_nothing_else_is_dead_and_runs_once_it_is_mended(figure: Figure) -> None:
    """6 among 75: 6 dead letters, 69 started; after the mending and a redrive, 75."""
    proven(SHORT, figure)


@pytest.mark.soak
@pytest.mark.guarantee("T08")
def test_fifty_among_a_thousand(figure: Figure) -> None:
    """50 among 1,000: 50 dead letters, 950 started; after the mending and a redrive, 1,000."""
    proven(LONG, figure)


@pytest.mark.control
@pytest.mark.guarantee("T08")
def test_control_one_receive_buries_healthy_messages() -> None:
    """With maxReceiveCount 1, whatever was throttled once is dead too."""
    with pytest.raises(AssertionError, match="dead letters"):
        only_poison_dies(SHORT, 1, 8)
