"""T04: a worker killed at any named point, from intake to notification, and everything happens
exactly once all the same."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import pytest

from tests.guarantees.killing import Neighbours, neighbours
from tests.guarantees.mortal import Point
from tests.seeds import dealt_by, drawn_seed

pytestmark = [pytest.mark.cloud, pytest.mark.timeout(900)]
Figure = Callable[[str, int], None]
Ended = Sequence[dict[str, Any]]

EACH_LONG = 100
MAX_EFFECTS, MAX_WRITES = 3, 2
"""Of the form's Act: three effects, their one claim and what became of them."""

POINTS = (
    Point("body stored, job not", "webhook", "payloads.put", "after", nth=2),
    Point("job stored, not queued", "webhook", "store.create", "after"),
    Point("queued, not answered", "webhook", "queue.send", "after"),
    Point("started, message not deleted", "start", "executions.start", "after"),
    Point("read, not stored", "Prepare", "store.write", "before"),
    Point("model answered, not stored", "Propose", "model.answer", "after"),
    Point("claimed and looked, machine not told", "Look", "store.write", "after"),
    Point("claimed, not done", "Act", "store.write", "after"),
    Point("done, not read back", "Act", "crm.create", "after"),
    Point("read back, not recorded", "Act", "crm.read", "after"),
    Point("refunded, not recorded", "Act", "payments.refund", "after", scenario="refund"),
    Point("closed, machine not told", "Close", "store.write", "after"),
)
LONG = (
    *POINTS,
    Point("reserved, plan not stored", "Decide", "caps.reserve", "after", scenario="refund"),
    Point("asked, nobody mailed", "Ask", "store.write", "after", scenario="signed"),
    Point("asked, one of two mailed", "Ask", "mail.send", "after", scenario="signed"),
    Point("signed, machine not told", "approvals", "store.write", "after", scenario="signed"),
    Point("told, not answered", "approvals", "executions.succeed", "after", scenario="signed"),
    Point("not closed", "Close", "store.write", "before"),
)
KEYLESS = (
    Point("about to mail", "Act", "mail.send", "before", scenario="signed"),
    Point("mailed, not recorded", "Act", "mail.send", "after", scenario="signed"),
    Point("about to post", "Act", "channels.push", "before", scenario="announced"),
    Point("posted, not recorded", "Act", "channels.push", "after", scenario="announced"),
)
"""The target has no keys and cannot tell: who comes after does not know, and does not send."""
UNKNOWN = {
    "signed": ("email.send_reply", "mail", Counter(contacts=1, deals=1, tasks=1)),
    "announced": ("notify.push", "push", Counter(refund=1, mail=1)),
}
"""By scenario: what nobody knows, its kind, and the effects beside it."""
BETWEEN = {
    "effect first": "crm.create",
    "record first": "payloads.put",
    "posts first": "channels.push",
}
"""The naive designs, with the call after which each is killed."""
WANTED = {
    "form": Counter(contacts=1, deals=1, tasks=1),
    "signed": Counter(contacts=1, deals=1, tasks=1, mail=1),
    "refund": Counter(refund=1),
}


@pytest.fixture(scope="module")
def around(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neighbours]:
    """Fresh neighbours for all tests here."""
    with neighbours(tmp_path_factory.mktemp("neighbours")) as made:
        yield made


@dataclass(frozen=True)
class Short:
    """What one kill at each point led to. In one play, since each begins with rehearsals."""

    keyless: tuple[list[Point], Ended]
    points: tuple[list[Point], Ended]
    naive: Mapping[str, dict[str, Any]]


@pytest.fixture(scope="module")
def short(around: Neighbours) -> Short:
    """One kill at each point, and one of each naive design."""
    keyless, points = times(KEYLESS, 1), times(POINTS, 1)
    naive = [Point("between", "naive", on, "after", scenario=how) for how, on in BETWEEN.items()]
    ended = iter(around.play("10", [*keyless, *points, *naive]))
    return Short(
        (keyless, list(islice(ended, len(keyless)))),
        (points, list(islice(ended, len(points)))),
        dict(zip(BETWEEN, ended, strict=True)),
    )


def times(points: tuple[Point, ...], each: int) -> list[Point]:
    """Every point `each` times; which of a job's effects it is about is drawn from a seed."""
    seed = drawn_seed()
    drawn = dealt_by(seed)
    played = [_drawn(point, drawn) for point in points for _ in range(each)]
    drawn.shuffle(played)
    return played


def _drawn(point: Point, drawn: random.Random) -> Point:
    several = (point.within, point.scenario) == ("Act", "form")
    most = MAX_WRITES if point.on == "store.write" else MAX_EFFECTS
    return replace(point, nth=drawn.randint(1, most)) if several else point


def killed_and_exactly_once(around: Neighbours, points: list[Point], ended: Ended) -> None:
    """Every job came past its point, died there once, and its effects are exactly those wanted."""
    assert [one["point"] for one in ended] == [p.name for p in points]
    alive = [one for one in ended if one["deaths"] != 1]
    assert len(alive) <= 0.05 * len(points), alive
    for point, one in zip(points, ended, strict=True):
        assert one["status"] == "COMPLETED", (point, one)
        assert +_of_interest(point, around.effects(one)) == WANTED[point.scenario], (point, one)


def _of_interest(point: Point, effects: Counter[str]) -> Counter[str]:
    kinds = WANTED[point.scenario]
    return Counter({kind: count for kind, count in effects.items() if kind in kinds})


def killed_and_never_twice(around: Neighbours, points: list[Point], ended: Ended) -> None:
    """Before and after the sending: unknown, a case, at most one, and nothing else missing."""
    alive = [one for one in ended if one["deaths"] != 1]
    assert len(ended) == len(points)
    assert len(alive) <= 0.05 * len(points), alive
    for point, one in zip(points, ended, strict=True):
        action, kind, beside = UNKNOWN[point.scenario]
        assert (one["status"], one["ledger"][action]) == ("ESCALATED", "unknown"), (point, one)
        assert one["case"], (point, one)
        sent = Counter({kind: int(point.when == "after")})
        assert +around.effects(one) == +(beside + sent), (point, one)


@pytest.mark.guarantee("T04")
def test_killed_around_what_has_no_key_it_is_unknown_and_never_twice(
    around: Neighbours, short: Short, figure: Figure
) -> None:
    """The customer's mail and the word to finance: at most one, and a person settles it."""
    killed_and_never_twice(around, *short.keyless)
    figure(f"{len(KEYLESS)} points without a key × 1 kill: none twice", len(KEYLESS))


@pytest.mark.soak
@pytest.mark.guarantee("T04")
def test_killed_around_what_has_no_key_a_hundred_times(around: Neighbours, figure: Figure) -> None:
    """The long form."""
    points = times(KEYLESS, EACH_LONG)
    killed_and_never_twice(around, points, around.play("40", points))
    figure(f"{len(KEYLESS)} points without a key × {EACH_LONG} kills: none twice", len(points))


@pytest.mark.guarantee("T04")
def test_killed_at_each_of_twelve_points_everything_happens_exactly_once(
    around: Neighbours, short: Short, figure: Figure
) -> None:
    """The same worker's work is taken up by another, within one visibility timeout."""
    killed_and_exactly_once(around, *short.points)
    figure(f"{len(POINTS)} points × 1 kill: all exactly once", len(POINTS))


@pytest.mark.soak
@pytest.mark.guarantee("T04")
def test_killed_at_every_point_a_hundred_times(around: Neighbours, figure: Figure) -> None:
    """The long form, with signatures and reservations."""
    points = times(LONG, EACH_LONG)
    killed_and_exactly_once(around, points, around.play("20", points))
    figure(f"{len(LONG)} points × {EACH_LONG} kills: all exactly once", len(points))


@pytest.mark.control
@pytest.mark.guarantee("T04")
@pytest.mark.parametrize(
    ("design", "kind", "effects"),
    [("effect first", "deals", 2), ("record first", "deals", 0), ("posts first", "push", 2)],
)
def test_control_naive_designs_double_or_lose_every_effect(
    around: Neighbours, short: Short, design: str, kind: str, effects: int
) -> None:
    """Killed between the effect and its record, one design does it twice, the other never; told
    and then written down, every message is posted again."""
    assert around.effects(short.naive[design])[kind] == effects
