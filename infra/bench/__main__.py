"""Run the measurements, print them with their methods and how they moved, write .local/bench.json.

`make bench` runs all parts, `make bench PART=cpu` one of them; with PUBLISH=1 what was found goes
into docs/bench.json and README's table.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from infra.bench import (
    cold,
    cpu,
    growth,
    items,
    measure,
    prices,
    reload,
    requests,
    rush,
    waking,
)
from infra.bench.figures import (
    COMMITTED,
    FIGURES,
    MEASURED,
    README,
    Figures,
    known,
    merged,
    moved,
    published,
)
from infra.build.synth import default_out
from infra.local.stand import Plan, Say, stand
from infra.settings import ROOT, load


def main() -> int:
    """Exit code 0 when everything was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=PARTS, help="this one only")
    parser.add_argument("--publish", action="store_true", help="into docs/bench.json and README.md")
    options = parser.parse_args()
    found: Figures = {}
    for part in [options.part] if options.part else PARTS:
        _say(f"{part} …")
        found |= PARTS[part](_say)
        merged(MEASURED, found)
    _print(found, known(COMMITTED))
    if options.publish:
        README.write_text(published(README.read_text(), merged(COMMITTED, found)))
    return 0


def _job(say: Say) -> Figures:
    with stand(Plan(port=0, real_time=True), say) as running:
        job = measure.measured(running)
        by_desk = measure.transitions_by_desk(running)
    template = _template()
    kinds = Counter(resource["Type"] for resource in template["Resources"].values())
    idle = prices.idle(template["Resources"], load("local").jobs_started_at_once)
    told = (prices.in_use() - len(prices.IDLE)) * prices.METRIC
    month = sum(idle.values()) + told + sum(job.usd().values()) * prices.DAY_JOBS_MONTH
    return {
        "transitions_per_job": job.transitions,
        "transitions_by_desk": by_desk,
        "aws_calls_per_job": sum(job.calls.values()),
        "aws_calls": dict(sorted(job.calls.items())),
        "usd_per_1000_jobs": round(sum(job.usd().values()) * 1000, 3),
        "usd_per_1000_jobs_by_service": {k: round(v * 1000, 4) for k, v in job.usd().items()},
        "usd_per_month_idle": round(sum(idle.values()), 2),
        "usd_per_month_idle_by_part": {k: round(v, 2) for k, v in idle.items()},
        "usd_per_month_at_1000_jobs_a_day": round(month, 2),
        "resources": len(template["Resources"]),
        "roles": kinds["AWS::IAM::Role"],
    }


def _start(say: Say) -> Figures:
    cold_s, cached_s = _first_job(say, cached=False), _first_job(say, cached=True)
    return {"first_job_s": round(cached_s, 1), "first_job_cold_s": round(cold_s, 1)}


def _reload(say: Say) -> Figures:
    seen = reload.measured(say)
    return {"reload_seconds": round(seen["page"], 1), "reload_job_seconds": round(seen["job"], 1)}


PARTS: Mapping[str, Callable[[Say], Figures]] = {
    "job": _job,
    "requests": requests.figures,
    "cpu": cpu.figures,
    "cold": cold.figures,
    "growth": growth.figures,
    "start": _start,
    "reload": _reload,
    "rate": rush.rate,
    "burst": rush.burst,
    "stream": rush.stream,
    "waking": waking.figures,
    "items": items.figures,
}


def _first_job(say: Say, *, cached: bool) -> float:
    if not cached:
        shutil.rmtree(default_out("local"), ignore_errors=True)
    started = time.monotonic()
    with stand(Plan(port=0, real_time=True), say) as running:
        measure.one_job(running)
        return time.monotonic() - started


def _template() -> dict[str, Any]:
    (path,) = Path(default_out("local")).glob("*.template.json")
    template: dict[str, Any] = json.loads(path.read_text())
    return template


def _say(said: str) -> None:
    sys.stderr.write(f"  {said}\n")


def _print(found: Figures, before: Figures) -> None:
    table = Table(title="lead_intake web form, all actions run, no mail")
    for heading in ("figure", "value", "moved", "how it was measured"):
        table.add_column(heading, overflow="fold")
    for one in FIGURES:
        if one.name in found:
            value = found[one.name]
            table.add_row(
                one.name, one.worded(value), moved(before.get(one.name), value), one.method
            )
    Console().print(table)
    Console().print(f"Written to {MEASURED.relative_to(ROOT)}.")


if __name__ == "__main__":
    sys.exit(main())
