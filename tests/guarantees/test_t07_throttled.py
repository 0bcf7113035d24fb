"""T07: three of ten calls are refused for now; every job ends, once, within bounds, in its turn."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import httpx
import pytest

from countersign.domain.jobs.job import ENDED, Status
from tests.guarantees.errands import Errands, Outcome
from tests.guarantees.opened import ground
from tests.guarantees.wire import Fault, Line, Passing
from tests.seeds import dealt_by, drawn_seed

Figure = Callable[[str, int], None]
pytestmark = pytest.mark.timeout(3600)

REFUSED = 0.3
LONGEST_PAUSE = 4
"""Seconds of Retry-After, at most."""
KINDS = ("lead", "refund")
OUTSIDE = frozenset({"crm", "payments", "v1"})
LATER, PATIENCE = 429, 50
SHORT_AWS, SHORT_ALL, LONG = 2, 2, 500


@dataclass(frozen=True)
class Bar:
    """What is asked for. `requests`: times as many as without trouble; `completed`: of the jobs."""

    requests: float
    completed: float
    obeyed: bool
    """Whether no request comes before the time that a Retry-After named."""


PROMISED = Bar(requests=3.0, completed=1.0, obeyed=True)


@pytest.fixture(scope="module")
def errands(
    tmp_path_factory: pytest.TempPathFactory, made_up_credentials: None
) -> Iterator[Errands]:
    """Jobs on an open ground, which begins anew for each."""
    assert made_up_credentials is None
    with ground(tmp_path_factory.mktemp("ground"), seed=7) as opened:
        yield Errands(opened)


@dataclass
class ThreeOfTen:
    """Each request is refused with that probability; `outside`: also by CRM, payments and model.
    SES says 429 only: after its 503 nobody knows, and T06 is about that.

    Who asks for what, and the how-manieth time, decides its fate: the seed gives it again.
    """

    seed: str
    outside: bool
    _seen: Counter[str] = field(default_factory=Counter)

    def trouble(self, passing: Passing) -> Fault | None:
        """What befalls it."""
        if passing.to in OUTSIDE and not self.outside:
            return None
        dealt = self._dealt(f"{passing.about} {passing.name}")
        if dealt.random() >= REFUSED:
            return None
        return "throttled" if passing.to == "sesv2" else dealt.choice(("throttled", "away"))

    def retry_after(self) -> int:
        """What a refusal asks for."""
        return self._dealt("seconds").randint(1, LONGEST_PAUSE)

    def _dealt(self, what: str) -> random.Random:
        self._seen[what] += 1
        return dealt_by(f"{self.seed} {what} {self._seen[what]}")


@dataclass
class Count:
    """What was seen of all jobs."""

    jobs: int = 0
    completed: int = 0
    requests: int = 0
    calm: int = 0
    impatient: int = 0
    faults: list[str] = field(default_factory=list)

    def sees(self, line: Line, seen: Outcome, wanted: Outcome, calm: int) -> None:
        """One more job."""
        self.jobs += 1
        self.completed += seen.status is Status.COMPLETED
        self.requests += sum(passing.about != "tick" for passing in line.passed)
        self.calm += calm
        self.impatient += len(line.impatient)
        self.faults += _twice(seen, wanted)
        if seen.status not in ENDED or seen.broken:
            self.faults.append(f"ended {seen.status}, {seen.broken} executions broke")

    def keeps_to(self, bar: Bar) -> None:
        """Raises AssertionError."""
        assert not self.faults
        assert self.completed >= bar.completed * self.jobs, f"{self.completed} completed"
        assert self.requests <= bar.requests * self.calm, f"{self.requests} of {self.calm}"
        assert not (bar.obeyed and self.impatient), f"{self.impatient} too early"

    def __str__(self) -> str:
        """The figure."""
        return (
            f"{self.jobs} jobs ended, {self.completed} completed, 0 duplicates, "
            f"{self.requests / self.calm:.1f} × requests, {self.impatient} before Retry-After"
        )


def _twice(seen: Outcome, wanted: Outcome) -> list[str]:
    """Effects that there are more of than without trouble."""
    more = {what: n for what, n in seen.written.items() if n > wanted.written.get(what, 0)}
    pairs = {
        "CRM": bool(more),
        "payments": len(seen.refunded) > len(wanted.refunded),
        "mail": seen.mails.get("customer", 0) > wanted.mails.get("customer", 0),
        "caps": seen.capped > wanted.capped,
        "executions": seen.executions > wanted.executions + seen.parked,
    }
    return [f"twice: {what}" for what, is_more in pairs.items() if is_more]


Calm = Mapping[str, tuple[Outcome, int]]


@pytest.fixture(scope="module")
def calm(errands: Errands) -> Calm:
    """Each kind of job without trouble."""
    return {kind: _calm(errands, kind) for kind in KINDS}


def many(errands: Errands, calm: Calm, number: int, seed: int, *, outside: bool) -> Count:
    """So many jobs, one after the other, in trouble."""
    count = Count()
    for turn in range(number):
        kind = KINDS[turn % len(KINDS)]
        dealt, line = ThreeOfTen(f"{seed} {turn}", outside), errands.ground.line
        errands.ground.begins_anew(dealt.seed)
        line.retry_after, line.trouble = dealt.retry_after, dealt.trouble
        count.sees(line, errands.runs(kind), *calm[kind])
    return count


def _calm(errands: Errands, kind: str) -> tuple[Outcome, int]:
    """The job without trouble: how it ends, and after how many requests."""
    errands.ground.begins_anew()
    outcome = errands.runs(kind)
    assert outcome.status is Status.COMPLETED
    return outcome, len(errands.ground.line.passed)


def proven(errands: Errands, calm: Calm, number: int, figure: Figure, *, outside: bool) -> None:
    """Within the bar."""
    seed = drawn_seed()
    count = many(errands, calm, number, seed, outside=outside)
    count.keeps_to(PROMISED)
    figure(f"{'everywhere' if outside else 'AWS'}: {count}", number)


@pytest.mark.guarantee("T07")
def test_aws_refuses_three_of_ten(errands: Errands, calm: Calm, figure: Figure) -> None:
    """Every job completes, once, with three times the requests at most."""
    proven(errands, calm, SHORT_AWS, figure, outside=False)


@pytest.mark.guarantee("T07")
def test_everybody_refuses_three_of_ten(errands: Errands, calm: Calm, figure: Figure) -> None:
    """Every job ends, and nothing happens twice."""
    proven(errands, calm, SHORT_ALL, figure, outside=True)


@pytest.mark.soak
@pytest.mark.guarantee("T07")
def test_a_seed_gives_the_same_run_again(errands: Errands, calm: Calm) -> None:
    """Request for request; another seed gives another run."""
    runs = [many(errands, calm, 1, seed, outside=True) for seed in (41, 41, 42)]
    assert runs[0] == runs[1] != runs[2]


@pytest.mark.soak
@pytest.mark.guarantee("T07")
@pytest.mark.parametrize("outside", [False, True], ids=["AWS", "everywhere"])
def test_five_hundred_jobs(errands: Errands, calm: Calm, figure: Figure, outside: bool) -> None:
    """The same with 500 jobs."""
    proven(errands, calm, LONG, figure, outside=outside)


def at_once(url: str, line: Line) -> None:
    """A naive caller: again and again until it is let through, whatever was asked of it."""
    with httpx.Client(headers={"Authorization": "Bearer crm-r"}) as client:
        while client.get(f"{url}/crm/v3/objects/contacts").status_code == LATER:
            assert len(line.passed) < PATIENCE, f"{PATIENCE} requests"


@pytest.mark.control
@pytest.mark.guarantee("T07")
def test_control_who_does_not_wait_is_seen(errands: Errands) -> None:
    """A limiter that counts early requests too never lets them through: far above three times the
    requests, and each of them too early."""
    made = errands.ground
    made.begins_anew()
    made.line.retry_after = lambda: LONGEST_PAUSE
    made.line.trouble = lambda passing: "throttled" if passing.to == "crm" else None
    with pytest.raises(AssertionError, match="50 requests"):
        at_once(made.url, made.line)
    count = Count(requests=len(made.line.passed), calm=1, impatient=len(made.line.impatient))
    with pytest.raises(AssertionError, match="50 of 1"):
        count.keeps_to(PROMISED)
    with pytest.raises(AssertionError, match="49 too early"):
        Count(impatient=count.impatient).keeps_to(PROMISED)
