"""T16: thousands of jobs of all workflows while workers are killed and paused all the time: all of
them end or are a person's, nothing happens twice, and what policy lets run, or people sign, runs.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from infra.bench.guarantees import SOAKED
from infra.build.code import SOURCE
from infra.local.front.samples import samples
from infra.local.stand import Plan, Stand, stand
from tests.guarantees import soaking
from tests.guarantees.soaking import KINDS, Kind, Soak
from tests.seeds import dealt_by, drawn_seed
from workflows import WORKFLOWS

Figure = Callable[[str, int], None]

pytestmark = [
    pytest.mark.cloud,
    pytest.mark.soak,
    pytest.mark.guarantee("T16"),
    pytest.mark.timeout(5_400),
]

PARTS, EACH = 5, int(os.environ.get("SOAK_JOBS", "1000"))
TEN_TIMES, OWN_LIMIT, AT_ITS_OWN = 10, 1, 300
REACHED, MINUTE = 0.95, 60
NO_EVENT_OF_ITS_OWN = {"release_change"}
"""An operator's command begins it; T47 proves it."""


@contextmanager
def soaked(
    folder: Path, kinds: tuple[Kind, ...], jobs: int, *, limits: int, code: Path = SOURCE
) -> Iterator[tuple[Stand, Callable[[str], Soak]]]:
    """A stand with fresh systems; what it gives plays all jobs, and kills workers whose name begins
    so."""
    soaking.paid(folder / "payments.sqlite", jobs)
    plan = Plan(port=0, keep=folder, limits=limits, code=code)
    dice = dealt_by(drawn_seed())
    with stand(plan, lambda _: None) as running:

        def plays(whom: str) -> Soak:
            soak = Soak(running, dice, whom)
            soak.plays(soaking.dealt(kinds, jobs, dice), _progress)
            return soak

        yield running, plays


def _progress(line: str) -> None:
    """On the same line of a terminal."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{line[:78]:<78}")


def test_every_workflow_that_an_event_begins_is_in_it() -> None:
    """Over the registry: a new workflow needs a kind here."""
    known = {one.name: one.expect.workflow for one in samples()}
    assert {known[kind.event] for kind in KINDS} == set(WORKFLOWS) - NO_EVENT_OF_ITS_OWN


@pytest.mark.parametrize("part", range(PARTS))
def test_a_thousand_jobs_end_once_under_kills(part: int, tmp_path: Path, figure: Figure) -> None:
    """Each part is kept where it ended well, and not played again by the next run."""
    kept = SOAKED / f"T16.{part}.json"
    if not kept.exists():
        run = _played(tmp_path, EACH, TEN_TIMES)
        assert run.wrong == {"lost": [], "twice": []}
        assert len(run.missed) <= (1 - REACHED) * run.due, run.missed
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(run.told))
    told = json.loads(kept.read_text())
    figure(told["says"], told["jobs"])


def test_at_the_crms_own_limit_as_well(tmp_path: Path, figure: Figure) -> None:
    """Jobs wait for their turn, and workers die while they do."""
    run = _played(tmp_path, min(AT_ITS_OWN, EACH), OWN_LIMIT)
    assert run.wrong == {"lost": [], "twice": []}
    assert len(run.missed) <= (1 - REACHED) * run.due, run.missed
    figure(f"at the CRM's own limit: {run.told['says']}", run.told["jobs"])


@dataclass(frozen=True)
class Run:
    """What was wrong, and of the jobs that were `due` to act those that did not, with the reason.
    `told` is what is kept of it."""

    wrong: dict[str, list[str]]
    due: int
    missed: list[str]
    told: dict[str, Any]


def _played(folder: Path, jobs: int, limits: int) -> Run:
    with soaked(folder, KINDS, jobs, limits=limits) as (running, plays):
        soak = plays("")
        records = soaking.family(running, list(soak.sent))
        wrong = soaking.faults(soak, records, soaking.Effects.of(running))
    due = [job for job, event in soak.sent.items() if event.expect.actions]
    missed = [
        f"{job} of {records[job].job.workflow}: {records[job].job.reason}"
        for job in due
        if not soaking.acted(records[job])
    ]
    stood = [pair for one in records.values() for pair in soaking.standstills(one)]
    still = sorted(seconds for _, seconds in stood)
    told = {
        "jobs": len(soak.sent),
        "ended": soak.ended,
        "weights": soak.weights,
        "still": [
            ((at - soak.at).total_seconds(), seconds) for at, seconds in stood if seconds > 1
        ],
        "strikes": dict(soak.strikes),
        "says": f"{len(soak.sent):,} jobs, {soak.strikes.total()} workers killed or paused: 0 lost,"
        f" 0 twice, {len(due) - len(missed)} of {len(due)} acted;"
        f" {jobs / soak.ended[-1] * MINUTE:.0f} a minute;"
        f" stood still {still[len(still) * 99 // 100]:.0f} s (99 of 100 times), {still[-1]:.0f} s"
        f" at most; {max(kb for _, kb in soak.weights) // 1024} MB at most",
    }
    return Run(wrong, len(due), missed, told)


MAILING = tuple(kind for kind in KINDS if kind.event in {"01-web-form-complete", "31-refund-small"})
DOES = "        receipt = found or action.do(attempt.port, attempt.params, claim.key)\n"
SLOWLY = DOES + "        __import__('time').sleep(2)\n"
"""Between the effect and its record is time enough to die."""
JOBS, ROUNDS = 40, 6
REMEMBERS = "    return held.status is ActionStatus.CLAIMED or bool(held.attempt)"
FORGETS = "    return False and bool(held.attempt)"


def written(folder: Path, changes: dict[str, tuple[str, str]]) -> Path:
    """Our code with these changes, in a folder."""
    code = folder / "functions"
    shutil.copytree(SOURCE, code, ignore=shutil.ignore_patterns("__pycache__"))
    for name, (old, new) in changes.items():
        file = code / "countersign" / name
        assert file.read_text().count(old) == 1
        file.write_text(file.read_text().replace(old, new))
    return code


def mailed_twice(folder: Path, jobs: int, changes: dict[str, tuple[str, str]]) -> list[str]:
    """What happened twice by this code, whose workers that mail are struck."""
    folder.mkdir()
    code = written(folder, changes)
    with soaked(folder, MAILING, jobs, limits=TEN_TIMES, code=code) as (running, plays):
        soak = plays("mail")
        records = soaking.family(running, list(soak.sent))
        found = soaking.faults(soak, records, soaking.Effects.of(running))
    assert soak.strikes
    return found["twice"]


SLOW = {"steps/act/verify.py": (DOES, SLOWLY)}


def test_slow_to_write_down_what_it_did_it_still_mails_once(tmp_path: Path, figure: Figure) -> None:
    """Killed between effect and record it does not know, and asks a person."""
    assert mailed_twice(tmp_path / "ours", JOBS, SLOW) == []
    figure(f"ours, slowed: 0 twice of {JOBS}", JOBS)


@pytest.mark.control
def test_control_an_executor_that_forgets_its_attempts_mails_twice(
    tmp_path: Path, figure: Figure
) -> None:
    """The same, but that it does it again. A strike has to hit between effect and record: in one of
    some rounds it does."""
    forgets = {**SLOW, "steps/act/execute.py": (REMEMBERS, FORGETS)}
    rounds = (mailed_twice(tmp_path / str(number), JOBS, forgets) for number in range(ROUNDS))
    twice = next(filter(None, rounds), [])
    assert twice
    figure(f"naive, slowed: {len(twice)} twice of {JOBS}", JOBS)
