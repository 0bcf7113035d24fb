"""T11: the whole pipeline under every order of events: nothing happens twice, nothing without
authority, no decision changes, nothing is lost, and what people and money saw stays provable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.guarantees.happenings import HAPPENINGS, Life, dealt, settles
from tests.guarantees.pipeline_bugs import BUGS
from tests.seeds import dealt_by, drawn_seed

Figure = Callable[[str, int], None]
Trace = list[tuple[str, int]]
"""What happened, in order: the name, and the number by which its details are dealt."""

pytestmark = [pytest.mark.guarantee("T11"), pytest.mark.timeout(7_200)]

SHORT, LONG = (30, 40), (2_000, 60)
"""Runs, and the most that happens in each."""
HUNT = (400, 40)
"""Runs in which a seeded bug must be found; most take a handful."""
QUICK = ("the_text_is_tidied_up", "the_door_remembers_for_an_hour")
LARGEST = 10**9


class Violated(AssertionError):  # noqa: N818 - it is what the judge says, as a report reads it
    """Something that must always hold does not."""

    def __init__(self, wrong: Sequence[str], trace: Trace) -> None:
        super().__init__(f"{wrong[0]}\n{told(trace)}")
        self.wrong, self.trace = list(wrong), trace


def told(trace: Trace) -> str:
    """A trace as it is read, and played again by `replayed`."""
    return "\n".join(f'    ("{name}", {number}),' for name, number in trace)


def played(numbers: Sequence[int]) -> tuple[Life, Trace]:
    """A run in which each number deals who does what next, of what can happen then; it is judged
    after each, and once all has settled. Raises Violated."""
    life, trace = Life.begins(), Trace()
    for number in numbers:
        trace.append((dealt(life, number), number))
        life.happens(*trace[-1])
        if life.judge.wrong:
            raise Violated(life.judge.wrong, trace)
    settles(life, colleague=_signs(trace))
    if life.judge.wrong:
        raise Violated(life.judge.wrong, trace)
    return life, trace


def replayed(trace: Trace) -> list[str]:
    """What is wrong after these happened, and, where nothing is, once everything has settled."""
    life = Life.begins()
    for name, number in trace:
        life.happens(name, number)
        if life.judge.wrong:
            return life.judge.wrong
    settles(life, colleague=_signs(trace))
    return life.judge.wrong


def _signs(trace: Trace) -> bool:
    """Whether a colleague signs at the end what is left: in every other run."""
    return len(trace) % 2 == 0


def plays(runs: int, steps: int) -> Counter[str]:
    """So many runs of at most so many steps, by a printed seed, and what was seen in them. Raises
    Violated, not shrunk: hypothesis tries for minutes what `shortest` finds in seconds."""
    seen = Counter[str]()

    @seed(drawn_seed())
    @settings(
        max_examples=runs,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    # Drawn one by one, most lists of numbers repeat one another: runs without a signature.
    @given(st.integers(0, LARGEST))
    def holds(run: int) -> None:
        dice = dealt_by(run)
        life, trace = played(
            [dice.randrange(LARGEST) for _ in range(dice.randint(steps - 9, steps))]
        )
        seen.update({name for name, _ in trace})
        seen["runs"] += 1
        seen["effects"] += life.judge.effects
        seen["signatures"] += len(life.judge.said)
        seen["jobs"] += len(life.pipeline.records())

    holds()
    return seen


def shortest(trace: Trace) -> Trace:
    """Nothing of it can be left out: without any part of it, nothing is found."""
    size = len(trace) // 2
    while size:
        at = 0
        while at < len(trace):
            fewer = trace[:at] + trace[at + size :]
            if replayed(fewer):
                trace = fewer
            else:
                at += size
        size //= 2
    return trace


@pytest.mark.parametrize(
    ("runs", "steps"),
    [SHORT, pytest.param(*LONG, marks=pytest.mark.soak)],
    ids=["short", "long"],
)
def test_whatever_happens_in_whatever_order_every_promise_holds(
    runs: int, steps: int, figure: Figure
) -> None:
    """At most one effect of an action, none without authority, decisions stand, in is out,
    everything ends or is somebody's, chains are whole, pauses and budgets hold."""
    try:
        seen = plays(runs, steps)
    except Violated as found:
        trace = shortest(found.trace)
        raise Violated(replayed(trace), trace) from None
    never = set(HAPPENINGS) - set(seen)
    assert len(never) <= (runs < LONG[0]) * 3, f"never happened: {never}"
    assert min(seen["effects"], seen["signatures"], seen["jobs"]) >= runs, seen
    figure(
        f"{runs:,} runs of up to {steps} steps: {seen['jobs']:,} jobs, {seen['effects']:,} effects,"
        f" {seen['signatures']:,} signatures, 0 violations",
        runs,
    )


def _bug(name: str) -> Any:
    return pytest.param(name, marks=[] if name in QUICK else [pytest.mark.soak])


@pytest.mark.control
@pytest.mark.parametrize("name", [_bug(one) for one in BUGS])
def test_control_a_seeded_bug_is_found(
    name: str, monkeypatch: pytest.MonkeyPatch, figure: Figure
) -> None:
    """Each kind of bug breaks an invariant, and the shortest trace to it is printed."""
    BUGS[name](monkeypatch)
    with pytest.raises(Violated) as found:
        plays(*HUNT)
    trace = shortest(found.value.trace)
    wrong = replayed(trace)
    print(f"{name}: {wrong[0]}\n{told(trace)}")  # noqa: T201 - the trace is what it is for
    figure(f"{name.replace('_', ' ')}: “{wrong[0]}” after {len(trace)} steps", 1)
    monkeypatch.undo()
    assert replayed(trace) == [], "the trace breaks the product too, without the bug"
