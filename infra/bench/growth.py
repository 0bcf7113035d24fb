"""What grows with the jobs before it: what its tests count, and what CPU the page of jobs takes."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree as ET

from infra.bench.figures import Figures
from infra.local.stand import Say
from infra.settings import ROOT

TESTS = "tests/integration/test_cost_growth.py"
PLACES = {"cost_growth": 3, "console_cpu_ms": 0}
"""Properties that the tests record, with the places that are told of each."""


def figures(say: Say) -> Figures:
    """The tests' own figures. Raises RuntimeError when they did not come to one."""
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder) / "results.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-m", "soak", "--timeout=3600"]
        # The newer family of the format has no place for what a test records.
        form = ["-o", "junit_family=xunit1", f"--junitxml={results}"]
        done = subprocess.run(  # noqa: S603 - our own test
            [*command, *form, TESTS], cwd=ROOT, stdout=subprocess.DEVNULL, check=False
        )
        found = _recorded(results)
    if done.returncode:
        say("the cost of a job grows: see the test")
    return found


def _recorded(results: Path) -> Figures:
    found = ET.parse(results).iter("property") if results.exists() else ()  # noqa: S314 - our own test wrote it
    read = {str(one.get("name")): float(str(one.get("value"))) for one in found}
    if missing := PLACES.keys() - read.keys():
        raise RuntimeError(f"{TESTS} did not come to {', '.join(sorted(missing))}")
    return {name: round(read[name], places) for name, places in PLACES.items()}
