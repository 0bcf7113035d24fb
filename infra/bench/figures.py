"""The figures of `make bench`: what each is, how it is measured, how it moved, what README says."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.settings import ROOT

MEASURED, COMMITTED = ROOT / ".local" / "bench.json", ROOT / "docs" / "bench.json"
"""What the last runs found, part by part; and the result that README shows."""
README = ROOT / "README.md"
HEAD = "| figure | value |\n|---|---|\n"
Figures = dict[str, Any]
"""By name: a number, or numbers by what they are of."""


@dataclass(frozen=True)
class Figure:
    """One figure. `said` is its row in README, without which it has none; `unit` stands before the
    value when it is a currency, else behind it."""

    name: str
    method: str
    said: str = ""
    unit: str = ""

    def worded(self, value: Any) -> str:
        """The value with its unit."""
        if isinstance(value, dict):
            return ", ".join(f"{name} {one}" for name, one in value.items())
        if self.unit == "$":
            return f"${value}"
        return f"{value} {self.unit}".rstrip()


FIGURES = (
    Figure(
        "transitions_per_job",
        "states entered, from the execution's history",
        "state transitions per job",
    ),
    Figure(
        "transitions_by_desk",
        "the same for both executions of a form that comes by the front desk, a sign deciding",
        "the same by the front desk, both jobs",
    ),
    Figure(
        "aws_calls_per_job",
        "calls signed by our functions' roles, as the local cloud recorded them",
        "AWS calls per job",
    ),
    Figure("aws_calls", "the same by call"),
    Figure(
        "crm_requests_per_job",
        "what the demo CRM was asked for a new lead: contact, deal and task are made and verified",
        "CRM requests: a new lead",
    ),
    Figure(
        "crm_requests_known_contact",
        "the same for a contact with a deal and a mail, which is changed",
        "CRM requests: a known contact",
    ),
    Figure(
        "payments_requests_per_job",
        "what the demo payments provider was asked for a small refund",
        "payments requests: a refund",
    ),
    Figure(
        "cpu_ms_per_job",
        "the kernel's account of all our functions' processes, over 40 warm jobs one by one",
        "CPU of our functions per job, warm",
        "ms",
    ),
    Figure("cpu_ms_by_function", "the same by function"),
    Figure(
        "cpu_ms_floor",
        "the same functions, each invoked as often, with handlers that do nothing",
        "the same with empty handlers: AWS's runtime client alone",
        "ms",
    ),
    Figure(
        "usd_per_1000_jobs",
        "the counts above, row sizes and state times, at list price; no tokens",
        "infrastructure per 1,000 jobs, list price, without model tokens and mails",
        "$",
    ),
    Figure("usd_per_1000_jobs_by_service", "the same by service"),
    Figure(
        "usd_per_month_idle",
        "alarms, secrets, metrics, queue polling and tick, at list price",
        "fixed bill of an idle month",
        "$",
    ),
    Figure("usd_per_month_idle_by_part", "the same by what it is for"),
    Figure(
        "usd_per_month_at_1000_jobs_a_day",
        "the two costs above together, and the metrics that two workflows in use tell of",
        "the same with 1,000 jobs a day of two workflows",
        "$",
    ),
    Figure("resources", "in the synthesized template"),
    Figure("roles", "in the synthesized template"),
    Figure(
        "cold_start_ratio",
        "CPU until a fresh process has imported the handler from bytecode (Propose: and opened its "
        "client), over that of boto3, Powertools and pydantic with one model; least of 5",
        "cold start by function, over boto3 + Powertools + pydantic with one model",
    ),
    Figure(
        "cost_growth",
        "by how much calls, rows of the touched partitions, or bytes of job n differ from those of "
        "job 100, at most, for n = 1,000, 10,000 and 100,000; counted",
        "growth of a job's calls, rows and bytes from 100 to 100,000 finished jobs",
    ),
    Figure(
        "console_cpu_ms",
        "CPU of a request for the console's list of jobs, 10,000 of two days in the emulator's "
        "table; the middle of 15",
        "CPU of the console's list of jobs, of 10,000",
        "ms",
    ),
    Figure(
        "first_job_s",
        "from start to the first finished job, synthesis cached",
        "from start to the first finished job, synthesis cached",
        "s",
    ),
    Figure("first_job_cold_s", "the same, synthesis included", "the same with synthesis", "s"),
    Figure(
        "reload_seconds",
        "from saving a module in `make run` to a page that shows it",
        "from saving a module to a page that shows it",
        "s",
    ),
    Figure(
        "reload_job_seconds",
        "from saving a state's module to the end of a whole job that ran it",
        "from saving a state's module to the end of a whole job that ran it",
        "s",
    ),
    Figure(
        "jobs_per_s",
        "100 forms at once, the CRM's limit lifted, on this machine's two cores",
        "jobs per second on two cores, the CRM's limit lifted",
    ),
    Figure(
        "burst_ratio",
        "300 forms at once: time until all have ended ÷ (requests of the busiest key ÷ its rate)",
        "300 forms at once, over the time that the CRM's limit asks for",
    ),
    Figure(
        "burst_429",
        "of the burst's requests to the CRM, those that it refused",
        "requests that met the limit meanwhile",
    ),
    Figure("burst_parked", "how often a job of the burst was parked", "jobs parked meanwhile"),
    Figure(
        "burst_order",
        "Spearman's rank correlation of the order in which the burst's jobs came and ended",
        "order of ending against order of coming (Spearman)",
    ),
    Figure(
        "stream_ratio",
        "the same 300 with 4 in flight: whenever one ends, the next is sent",
        "the same 300 with 4 in flight",
    ),
    Figure(
        "wake_rows_per_minute",
        "800 parked jobs due at once, on the local cloud's table and machine: what one run of tick "
        "comes to in its 45 s; the emulator is the slower part",
        "parked jobs that tick wakes in a minute, on the local cloud",
    ),
    Figure("wake_cpu_ms_per_row", "tick's own CPU meanwhile, by row", unit="ms"),
    Figure(
        "items_per_s",
        "500 receipts in one file, the offline model asked about each, from upload to rest, on the "
        "local cloud",
        "items of a file a second, each asked about, on the local cloud",
    ),
    Figure(
        "usd_per_1000_items",
        "writes, reads, answers kept, states and time of children over their items, at list price; "
        "no tokens",
        "infrastructure per 1,000 items of a file, list price, without model tokens",
        "$",
    ),
    Figure("usd_per_1000_items_by_service", "the same by service"),
)


def known(path: Path) -> Figures:
    """The figures in a file; none where there is no file."""
    figures: Figures = json.loads(path.read_text()) if path.exists() else {}
    return figures


def merged(path: Path, found: Figures) -> Figures:
    """The figures in the file with those that were found, in the order of FIGURES, written back."""
    both = known(path) | found
    figures = {one.name: both[one.name] for one in FIGURES if one.name in both}
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(figures, indent=1) + "\n")
    return figures


def moved(before: Any, now: Any) -> str:
    """How a figure moved since another result, in percent; empty where it did not."""
    if before is None:
        return "new"
    if isinstance(now, dict) or now == before:
        return ""
    return f"{100 * (now - before) / before:+.0f} %" if before else f"was {before}"


def table(figures: Mapping[str, Any]) -> str:
    """README's table."""
    return HEAD + "".join(_rows(figures))


def _rows(figures: Mapping[str, Any]) -> Iterator[str]:
    for one in FIGURES:
        if one.said and one.name in figures:
            yield f"| {one.said} | {one.worded(figures[one.name])} |\n"


def published(readme: str, figures: Mapping[str, Any]) -> str:
    """README with the table of these figures in the place of its own."""
    before, _, rest = readme.partition(HEAD)
    behind = rest[rest.index("\n\n") + 1 :]
    return f"{before}{table(figures)}{behind}"
