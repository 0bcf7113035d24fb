"""Run the measurements, print them with their methods, write `.local/bench.json`."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from infra.bench import measure, prices, reload
from infra.build.synth import default_out
from infra.local.stand import Plan, stand
from infra.settings import ROOT, load

OUT = ROOT / ".local" / "bench.json"
CUSTOM_METRICS = 12
"""Name and dimension combinations that an idle month still holds; see docs/operating.md."""


def main() -> int:
    """Exit code 0 when everything was measured."""
    cold = _first_job(cached=False)
    cached = _first_job(cached=True)
    with stand(Plan(port=0, real_time=True), _quiet) as running:
        job = measure.measured(running)
    seen = reload.measured(_quiet)
    template = _template()
    kinds = Counter(resource["Type"] for resource in template["Resources"].values())
    idle = prices.idle(kinds, CUSTOM_METRICS, load("local").jobs_started_at_once)
    figures = {
        "transitions_per_job": job.transitions,
        "aws_calls_per_job": sum(job.calls.values()),
        "usd_per_1000_jobs": round(sum(job.usd().values()) * 1000, 3),
        "usd_per_month_idle": round(sum(idle.values()), 2),
        "first_job_s": round(cached, 1),
        "first_job_cold_s": round(cold, 1),
        "reload_seconds": round(seen["page"], 1),
        "reload_job_seconds": round(seen["job"], 1),
        "resources": len(template["Resources"]),
        "roles": kinds["AWS::IAM::Role"],
        "aws_calls": dict(job.calls),
        "usd_per_1000_jobs_by_service": {k: round(v * 1000, 4) for k, v in job.usd().items()},
        "usd_per_month_idle_by_part": {k: round(v, 2) for k, v in idle.items()},
        "usd_per_month_at_1000_jobs_a_day": round(
            sum(idle.values()) + sum(job.usd().values()) * prices.DAY_JOBS_MONTH, 2
        ),
    }
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(figures, indent=1) + "\n")
    _print(figures)
    return 0


METHODS = {
    "transitions_per_job": "states entered, from the execution's history",
    "aws_calls_per_job": "calls signed by our functions' roles, as the local cloud recorded them",
    "usd_per_1000_jobs": "the counts above, row sizes and state times, at list price; no tokens",
    "usd_per_month_idle": "alarms, secrets, metrics, queue polling and tick, at list price",
    "first_job_s": "from start to the first finished job, synthesis cached",
    "first_job_cold_s": "the same, synthesis included",
    "reload_seconds": "from saving a module in `make run` to a page that shows it",
    "reload_job_seconds": "from saving a state's module to the end of a whole job that ran it",
    "resources": "in the synthesized template",
    "roles": "in the synthesized template",
    "usd_per_month_at_1000_jobs_a_day": "the two costs above together",
}


def _first_job(*, cached: bool) -> float:
    if not cached:
        shutil.rmtree(default_out("local"), ignore_errors=True)
    started = time.monotonic()
    with stand(Plan(port=0, real_time=True), _quiet) as running:
        measure.one_job(running)
        return time.monotonic() - started


def _template() -> dict[str, Any]:
    (path,) = Path(default_out("local")).glob("*.template.json")
    template: dict[str, Any] = json.loads(path.read_text())
    return template


def _quiet(said: str) -> None:
    sys.stderr.write(f"  {said}\n")


def _print(figures: dict[str, Any]) -> None:
    table = Table(title="lead_intake web form, all actions run, no mail")
    for heading in ("figure", "value", "how it was measured"):
        table.add_column(heading, overflow="fold")
    for name, method in METHODS.items():
        table.add_row(name, str(figures[name]), method)
    Console().print(table)
    Console().print(f"Written to {OUT.relative_to(ROOT)}.")


if __name__ == "__main__":
    sys.exit(main())
