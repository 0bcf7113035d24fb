"""T12: what T11's model says becomes of a trace becomes of it on the local cloud too, where every
function is a process of its own, over HTTP, and workers are killed.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from infra.bench.guarantees import SOAKED
from infra.build.code import SOURCE
from infra.local.player.signer import Signer
from infra.local.stand import Plan, stand
from tests.conftest import Figure
from tests.fakes.world import FakeClock
from tests.guarantees.happenings import HAPPENINGS
from tests.guarantees.pipeline import ORDERS
from tests.guarantees.replaying import NOT_ON_A_STAND, Cloud, Outcome, Trace, recorded, retold
from tests.guarantees.test_t16_soak import written
from tests.seeds import dealt_by, drawn_seed

pytestmark = [pytest.mark.guarantee("T12"), pytest.mark.timeout(5_400)]

PARTS, EACH, STEPS = 20, 10, 24
"""Kept where they ended well; a part is a stand of its own and takes some ten minutes."""


def drawn(seed: int, at: int) -> list[int]:
    """The numbers by which a trace is dealt."""
    dice = dealt_by(f"T12 {seed} {at}")
    return [dice.randrange(10**9) for _ in range(STEPS)]


@contextmanager
def clouds(folder: Path, code: Path = SOURCE) -> Iterator[Iterator[Cloud]]:
    """One stand, as it stands before each of a row of traces."""
    with stand(Plan(port=0, keep=folder, limits=10, code=code), lambda _: None) as running:
        signer, database = Signer(running.url), folder / "payments.sqlite"
        yield (Cloud(running, signer, database, at, dealt_by(at)) for at in range(1_000))


def differences(trace: Trace, seen: Outcome) -> list[str]:
    """What became of each job in the model, and what on the cloud, where that is not the same."""
    return [
        f"{name}: {trace.outcome.get(name)} in the model, {seen.get(name)} on the cloud"
        for name in sorted({*trace.outcome, *seen})
        if trace.outcome.get(name) != seen.get(name)
    ]


def told(trace: Trace) -> str:
    """What was done, as it is read."""
    return "\n".join(f"    {what} {how}" for what, how in trace.deeds)


def test_whatever_happens_in_the_model_is_done_here_or_named() -> None:
    """What a stand cannot do has a reason, and is one of the model's happenings."""
    assert NOT_ON_A_STAND.keys() < HAPPENINGS.keys()
    assert all(NOT_ON_A_STAND.values())


def test_a_trace_is_recorded_the_same_each_time() -> None:
    """By its numbers alone, and with everything that is done to a stand in it."""
    numbers = drawn(1, 0)
    first, again = (
        recorded(numbers, FakeClock(), signs=True),
        recorded(numbers, FakeClock(), signs=True),
    )
    assert (first.deeds, first.outcome) == (again.deeds, again.outcome)
    assert first.outcome, "nothing came"
    assert first.wrong == []
    assert all(hasattr(Cloud, what) for what, _ in first.deeds)


@pytest.mark.cloud
@pytest.mark.soak
@pytest.mark.parametrize("part", range(PARTS))
def test_ten_traces_end_as_in_the_model(part: int, tmp_path: Path, figure: Figure) -> None:
    """Each job's status, its actions with their effects outside, every decision, whole chains."""
    kept = SOAKED / f"T12.{part}.json"
    if not kept.exists():
        counts = _played(tmp_path, range(part * EACH, part * EACH + EACH))
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(counts))
    counts = json.loads(kept.read_text())
    figure(
        f"{EACH} traces of {STEPS} steps, {counts['jobs']} jobs, {counts['killed']} workers killed,"
        f" all as in the model; {counts['happened']}; left out: {counts['left out']}",
        EACH,
    )


def _played(folder: Path, traces: Sequence[int]) -> dict[str, object]:
    seed, wrong = drawn_seed(), list[str]()
    happened, left_out, jobs, killed = Counter[str](), Counter[str](), 0, 0
    with clouds(folder) as each:
        for at, cloud in zip(traces, each, strict=False):
            trace = recorded(drawn(seed, at), cloud.begins(), signs=bool(at % 4))
            assert trace.wrong == [], trace.wrong
            seen = cloud.plays(trace)
            found = differences(trace, seen)
            wrong += [f"trace {at} of seed {seed}:\n{told(trace)}", *found] if found else []
            happened += trace.happened
            left_out += trace.left_out
            jobs, killed = jobs + len(seen), killed + cloud.strikes
    assert not wrong, "\n".join(wrong)
    return {
        "jobs": jobs,
        "killed": killed,
        "happened": dict(happened.most_common()),
        "left out": dict(left_out.most_common()),
    }


HEARS_NO = "            choices[action_digest] = Choice.REJECT\n"
HEARS_YES = "            choices[action_digest] = Choice.APPROVE\n"


@pytest.mark.cloud
@pytest.mark.soak
@pytest.mark.parametrize("naive", [False, pytest.param(True, marks=pytest.mark.control)])
def test_control_where_a_no_is_taken_for_a_yes_it_ends_otherwise(
    naive: bool, tmp_path: Path, figure: Figure
) -> None:
    """The model's code and the stand's are two: a bug on the stand alone is seen."""
    dear = next(n for n in range(100) if dealt_by(n).choice(sorted(ORDERS)) == "1050")
    steps = [("a_refund_is_asked", dear), ("somebody_rejects", 1)]
    changes = {"domain/approvals/approval.py": (HEARS_NO, HEARS_YES)} if naive else {}
    with clouds(tmp_path, written(tmp_path, changes)) as each:
        cloud = next(each)
        trace = retold(steps, cloud.begins(), signs=False)
        found = differences(trace, cloud.plays(trace))
    assert bool(found) is naive, (told(trace), found)
    figure(f"a no taken for a yes on the stand: {found}" if naive else "ours: the same", 1)
