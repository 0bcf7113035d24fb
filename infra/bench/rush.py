"""Many forms at the CRM's own limit: all at once, as a narrow stream, and with the limit lifted."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from countersign.domain.jobs.job import ENDED
from infra.bench import measure
from infra.bench.figures import Figures
from infra.bench.requests import TOO_MANY, asked, since
from infra.local.crm.app import RATE, WINDOW
from infra.local.stand import Plan, Say, Stand, stand

FORMS, IN_FLIGHT, UNLIMITED_FORMS = 300, 4, 100
UNLIMITED = 10_000
"""Times the limit."""
WITHIN_SECONDS = 1200.0
DOORS = 3
"""Forms that are sent at the same time."""
LOOK_SECONDS = 0.1
CROWD_LOOK_SECONDS = 0.5
"""Between two looks at hundreds of jobs: each costs the emulator a call."""


@dataclass(frozen=True)
class Rush:
    """How it went. `jobs` as they came, `order` as they ended."""

    seconds: float
    jobs: Sequence[str]
    order: Sequence[str]
    requests: Counter[tuple[str, int]]
    parked: int

    @property
    def ratio(self) -> float:
        """Time ÷ what the busiest key's limit asks for."""
        by_key: Counter[str] = Counter()
        for (key, status), times in self.requests.items():
            by_key[key] += times if status != TOO_MANY else 0
        return self.seconds / (max(by_key.values()) / RATE * WINDOW)

    @property
    def refused(self) -> int:
        """Requests that met the limit."""
        return sum(n for (_, status), n in self.requests.items() if status == TOO_MANY)


def burst(say: Say) -> Figures:
    """All at once."""
    rush = _rush(Plan(port=0, real_time=True), say, FORMS, FORMS)
    return {
        "burst_ratio": round(rush.ratio, 2),
        "burst_429": rush.refused,
        "burst_parked": rush.parked,
        "burst_order": round(spearman(rush.jobs, rush.order), 3),
    }


def stream(say: Say) -> Figures:
    """A few in flight."""
    rush = _rush(Plan(port=0, real_time=True), say, FORMS, IN_FLIGHT)
    return {"stream_ratio": round(rush.ratio, 2)}


def rate(say: Say) -> Figures:
    """Without the limit."""
    plan = Plan(port=0, real_time=True, limits=UNLIMITED)
    rush = _rush(plan, say, UNLIMITED_FORMS, UNLIMITED_FORMS)
    return {"jobs_per_s": round(UNLIMITED_FORMS / rush.seconds, 1)}


def spearman(came: Sequence[str], ended: Sequence[str]) -> float:
    """The rank correlation of two orders of the same things; 1: the same order."""
    rank, count = {job: place for place, job in enumerate(ended)}, len(came)
    squares = sum((place - rank[job]) ** 2 for place, job in enumerate(came))
    return 1 - 6 * squares / (count * (count**2 - 1))


def _rush(plan: Plan, say: Say, forms: int, in_flight: int) -> Rush:
    with stand(plan, say) as running:
        measure.one_job(running)
        time.sleep(WINDOW)  # the first job's requests are forgotten
        before, started = asked(running, "crm"), time.monotonic()
        send = _all_at_once if in_flight >= forms else _streamed
        jobs, order = send(running, forms, in_flight)
        return Rush(
            seconds=time.monotonic() - started,
            jobs=jobs,
            order=order,
            requests=since(before, asked(running, "crm")),
            parked=sum(_parked(running, job) for job in jobs),
        )


def _all_at_once(running: Stand, forms: int, _: int) -> tuple[list[str], list[str]]:
    with ThreadPoolExecutor(DOORS) as doors:
        jobs = list(doors.map(lambda _: measure.sent(running, measure.a_form()), range(forms)))
    order: list[str] = []
    deadline = time.monotonic() + WITHIN_SECONDS
    while len(order) < forms and time.monotonic() < deadline:
        order += _ended(running, [job for job in jobs if job not in order])
        time.sleep(CROWD_LOOK_SECONDS)
    return jobs, order


def _streamed(running: Stand, forms: int, in_flight: int) -> tuple[list[str], list[str]]:
    jobs: list[str] = []
    order: list[str] = []
    deadline = time.monotonic() + WITHIN_SECONDS
    while len(order) < forms and time.monotonic() < deadline:
        while len(jobs) - len(order) < in_flight and len(jobs) < forms:
            jobs.append(measure.sent(running, measure.a_form()))
        order += _ended(running, [job for job in jobs if job not in order])
        time.sleep(LOOK_SECONDS)
    return jobs, order


def _ended(running: Stand, jobs: Sequence[str]) -> list[str]:
    """Those that have ended, in the order in which they did."""
    loaded = [running.deps.store.load(job).job for job in jobs]
    return [j.job_id for j in sorted(loaded, key=lambda j: j.updated_at) if j.status in ENDED]


def _parked(running: Stand, job: str) -> int:
    return sum(entry.event == "parked" for entry in running.deps.store.load(job).audit)
