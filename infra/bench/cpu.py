"""The CPU that our functions use for a job, by function, from the kernel's own account; and what
of it is AWS's runtime client, which handlers that do nothing use as well."""

from __future__ import annotations

import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from infra.bench import measure
from infra.bench.figures import Figures
from infra.local.cloud import deployer
from infra.local.cloud.fork_server import shown
from infra.local.stand import Plan, Say, Stand, stand
from infra.steps import ROWS

PROC = Path("/proc")
WARM_JOBS, JOBS = 10, 40
EVERY_SECONDS = 0.1
"""Between two looks at whether a job has ended: the machine is the functions' own."""
OF_A_JOB = ("Webhook", "Start", "Prepare", "Propose", "LookCrm", "Decide", "ActCrm", "Close")
EMPTY = "def handler(event, context):\n    return {}\n"
_GROUP = 2
"""The process group's place behind the name in /proc/PID/stat."""


def figures(say: Say) -> Figures:
    """Per job, by function, and the floor; Linux only."""
    with stand(Plan(port=0, real_time=True), say) as running:
        by_function = _of_jobs(running)
    with tempfile.TemporaryDirectory() as folder:
        code = _empty(Path(folder) / "functions")
        with stand(Plan(port=0, real_time=True, code=code), say) as running:
            floor = _of_invocations(running)
    return {
        "cpu_ms_per_job": round(sum(by_function.values()), 1),
        "cpu_ms_by_function": {name: round(ms, 1) for name, ms in by_function.items()},
        "cpu_ms_floor": round(sum(floor.values()), 1),
    }


def used(stand: Stand) -> Mapping[str, float]:
    """Milliseconds of CPU that the processes of each function have used until now, by row; all
    threads, user and system. Processes that have ended are not counted."""
    names = {shown(stand.function(row.name)): row.name for row in ROWS}
    spent: Counter[str] = Counter()
    for process in _processes(stand.cloud.forks.process.pid):
        name = names.get((process / "comm").read_text().strip())
        if name:
            spent[name] += sum(map(_nanoseconds, (process / "task").iterdir()))
    return {name: spent[name] / 1e6 for name in OF_A_JOB}


def _of_jobs(running: Stand) -> Mapping[str, float]:
    for _ in range(WARM_JOBS):
        measure.one_job(running)
    before = used(running)
    for _ in range(JOBS):
        measure.one_job(running, EVERY_SECONDS)
    return {name: (ms - before[name]) / JOBS for name, ms in used(running).items()}


def _of_invocations(running: Stand) -> Mapping[str, float]:
    for _ in range(WARM_JOBS):
        _invoke_all(running)
    before = used(running)
    for _ in range(JOBS):
        _invoke_all(running)
    return {name: (ms - before[name]) / JOBS for name, ms in used(running).items()}


def _invoke_all(running: Stand) -> None:
    functions = deployer.client("lambda", running.cloud.endpoint)
    event = {"job_id": "j" * 26, "execution": "j" * 26, "state": "Decide", "input": {}}
    for name in OF_A_JOB:
        functions.invoke(FunctionName=running.function(name), Payload=json.dumps(event).encode())
        time.sleep(EVERY_SECONDS / len(OF_A_JOB))


def _empty(code: Path) -> Path:
    """A folder of functions that answer at once."""
    for module in {row.handler for row in ROWS}:
        path = code / f"{module.replace('.', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(EMPTY)
    return code


def _processes(group: int) -> Iterator[Path]:
    for process in PROC.iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
            if process.name.isdecimal():
                behind = (process / "stat").read_text().rpartition(")")[2].split()
                if int(behind[_GROUP]) == group:
                    yield process


def _nanoseconds(thread: Path) -> int:
    return int((thread / "schedstat").read_text().split()[0])
