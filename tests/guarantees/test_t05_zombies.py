"""T05: a worker stopped right before an effect, which wakes up after another has done the work."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

import pytest

from tests.guarantees.killing import Neighbours, neighbours
from tests.guarantees.mortal import Point

pytestmark = [pytest.mark.cloud, pytest.mark.timeout(900)]
Figure = Callable[[str, int], None]
Ended = Sequence[dict[str, Any]]

EACH_LONG = 100

WITH_A_KEY = (
    Point("before the contact", "Act", "crm.create", "before", nth=1),
    Point("before the lead", "Act", "crm.create", "before", nth=2),
    Point("before the callback", "Act", "crm.create", "before", nth=3),
    Point("before the refund", "Act", "payments.refund", "before", scenario="refund"),
)
WITHOUT = (
    Point("before the mail", "Act", "mail.send", "before", scenario="signed"),
    Point("before the push", "Act", "channels.push", "before", scenario="announced"),
)
ONE = {"signed": ("email.send_reply", "mail"), "announced": ("notify.push", "push")}
LOOK_FIRST = Point("before the deal", "naive", "crm.create", "before", nth=2, scenario="look first")
EFFECTS = {"form": Counter(contacts=1, deals=1, tasks=1), "refund": Counter(refund=1)}


@pytest.fixture(scope="module")
def around(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neighbours]:
    """Fresh neighbours for all tests here."""
    with neighbours(tmp_path_factory.mktemp("neighbours")) as made:
        yield made


@pytest.fixture(scope="module")
def short(around: Neighbours) -> tuple[Ended, Ended, Ended]:
    """One zombie at each effect: with a key, without, and of the naive design. In one play, since
    each begins with rehearsals."""
    ended = iter(around.play("10", [*WITH_A_KEY, *WITHOUT, LOOK_FIRST], signal.SIGSTOP))
    return list(islice(ended, len(WITH_A_KEY))), list(islice(ended, len(WITHOUT))), list(ended)


def no_zombie_doubles(around: Neighbours, ended: Ended, each: int = 1) -> int:
    """Every job ended well, and its target has its effects once, whoever came late; how many."""
    points = [point for point in WITH_A_KEY for _ in range(each)]
    assert [one["deaths"] for one in ended] == [1] * len(points)
    for point, one in zip(points, ended, strict=True):
        wanted = EFFECTS[point.scenario]
        seen = {kind: around.effects(one)[kind] for kind in wanted}
        assert (one["status"], seen) == ("COMPLETED", wanted), (point, one)
    return len(points)


def no_key_no_second_try(around: Neighbours, ended: Ended, each: int = 1) -> int:
    """The other worker does not send: it is unknown, a case, and the zombie's comes once."""
    points = [point for point in WITHOUT for _ in range(each)]
    assert [one["deaths"] for one in ended] == [1] * len(points)
    for point, one in zip(points, ended, strict=True):
        action, kind = ONE[point.scenario]
        assert (one["status"], one["ledger"][action]) == ("ESCALATED", "unknown"), (point, one)
        assert (one["case"], around.effects(one)[kind]) == (True, 1), (point, one)
    return len(points)


@pytest.mark.guarantee("T05")
def test_a_zombie_doubles_nothing_where_the_target_honours_a_key(
    around: Neighbours, short: tuple[Ended, Ended, Ended], figure: Figure
) -> None:
    """Its late effect meets its own key at the target, and its late write is fenced off."""
    count = no_zombie_doubles(around, short[0])
    figure(f"{count} zombies, 0 duplicates", count)


@pytest.mark.guarantee("T05")
def test_without_a_key_every_zombie_is_a_case_and_no_second_message(
    around: Neighbours, short: tuple[Ended, Ended, Ended], figure: Figure
) -> None:
    """Nobody knows whether the stopped worker has sent, so nobody sends again."""
    count = no_key_no_second_try(around, short[1])
    figure(f"{count} zombies without a key: {count} unknown, {count} cases", count)


@pytest.mark.soak
@pytest.mark.guarantee("T05")
def test_a_hundred_zombies_at_each_effect(around: Neighbours, figure: Figure) -> None:
    """The long form."""
    keyed, keyless = (
        around.play(run, [point for point in points for _ in range(EACH_LONG)], signal.SIGSTOP)
        for run, points in (("30", WITH_A_KEY), ("40", WITHOUT))
    )
    count = no_zombie_doubles(around, keyed, EACH_LONG)
    cases = no_key_no_second_try(around, keyless, EACH_LONG)
    figure(f"{count} zombies, 0 duplicates; {cases} without a key: {cases} cases", count + cases)


@pytest.mark.soak
@pytest.mark.control
@pytest.mark.guarantee("T05")
def test_control_looking_first_doubles_every_zombies_effect(
    around: Neighbours, short: tuple[Ended, Ended, Ended]
) -> None:
    """It looked before it was stopped; what it does afterwards is there already."""
    assert [around.effects(one)["deals"] for one in short[2]] == [2]
