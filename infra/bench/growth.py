"""How much a job's cost in the table grows with the jobs before it: what its test counts."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree as ET

from infra.bench.figures import Figures
from infra.local.stand import Say
from infra.settings import ROOT

TEST = "tests/integration/test_cost_growth.py::test_the_same_after_a_hundred_thousand"
PROPERTY = "cost_growth"


def figures(say: Say) -> Figures:
    """The test's own figure. Raises RuntimeError when it did not come to one."""
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder) / "results.xml"
        command = [sys.executable, "-m", "pytest", "-q", "--timeout=3600", f"--junitxml={results}"]
        done = subprocess.run(  # noqa: S603 - our own test
            [*command, TEST], cwd=ROOT, stdout=subprocess.DEVNULL, check=False
        )
        found = _recorded(results)
    if done.returncode:
        say("the cost of a job grows: see the test")
    return {PROPERTY: round(found, 3)}


def _recorded(results: Path) -> float:
    for one in ET.parse(results).iter("property") if results.exists() else ():  # noqa: S314 - our own test wrote it
        if one.get("name") == PROPERTY:
            return float(str(one.get("value")))
    raise RuntimeError(f"{TEST} did not come to a figure")
