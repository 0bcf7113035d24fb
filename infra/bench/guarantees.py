"""Run the tests of the promises and print what each reached: `make guarantees`, `make soak`."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

RESULTS = Path(".local/guarantees.json")

PROMISES = {
    "T01": "one event delivered many times is one execution and one effect",
    "T02": "the same event days later is still known",
    "T03": "the same id with another body is refused with 409",
    "T04": "killed at any point, every effect happens exactly once",
    "T05": "a worker that wakes up late repeats nothing",
    "T06": "an answer that is lost after it applied: nothing twice, nothing stuck",
    "T07": "three of ten calls refused: every job ends, once, within bounds",
    "T08": "poison ends in the dead letters, nothing else does, and it runs once mended",
    "T09": "of a batch exactly the messages that failed come back",
    "T10": "one contact in any order: no mail after the opt-out, one lead, nothing stale",
    "T17": "signatures: every vector right, malformed headers refused, never a 5xx",
    "T18": "a single changed bit anywhere is refused and nothing is written",
    "T19": "the time window is exact, secrets rotate and are revoked",
    "T20": "JSON is read strictly: the right answer on every odd text, size before parsing",
    "T22": "hostile names are kept byte-exact, never used as paths, never forge a log line",
    "T23": "mail scanners change nothing and the link still works after them",
    "T24": "simultaneous decisions are one decision",
    "T25": "what was rendered is what was approved is what was executed",
    "T26": "a link opens its own approval for its own person and nothing else",
    "T27": "no secret, code or nonce is guessed, and guessing locks nobody out",
    "T28": "tokens, secrets and people's data leak nowhere, and every page is guarded",
    "T29": "no decision by another site, a stale page, a second click or a wrong person",
    "T36": "cdk-nag and cfn-lint: every finding is explained, no wildcard on task tokens",
    "T37": "every AWS call is allowed, no right is unused, other functions' calls are denied",
    "T39": "broken mail is read or quarantined with a reason",
}


def main() -> int:
    """Exit code 0 only if every promise that was tested held and its control was caught."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--soak", action="store_true", help="the long figures")
    parser.add_argument("--json", action="store_true", help="print the results as JSON")
    options = parser.parse_args()
    RESULTS.unlink(missing_ok=True)
    marks = "guarantee" if options.soak else "guarantee and not soak"
    pytest = [sys.executable, "-m", "pytest", "-m", marks, f"--guarantees={RESULTS}"]
    code = subprocess.run(  # noqa: S603 - our own tests
        [*pytest, *(["--timeout=5400"] if options.soak else [])],
        check=False,
        stdout=sys.stderr if options.json else None,
    ).returncode
    if not RESULTS.exists():
        sys.stderr.write("The tests did not run to their end; see above.\n")
        return 2
    results = json.loads(RESULTS.read_text())
    if options.json:
        sys.stdout.write(json.dumps(results, indent=1) + "\n")
    else:
        _print(results)
    kept = all(row["passed"] and row["control_failed"] for row in results.values())
    return 0 if code == 0 and kept else 1


def _print(results: dict[str, dict[str, object]]) -> None:
    table = Table(title="What Countersign promises, and what its tests reached")
    for heading in ("id", "promise", "held", "figure", "control"):
        table.add_column(heading, overflow="fold")
    for name, row in results.items():
        held = "yes" if row["passed"] else "NO"
        control = "caught" if row["control_failed"] else "NOT CAUGHT"
        table.add_row(name, PROMISES.get(name, ""), held, str(row["figure"]), control)
    Console().print(table)
    Console().print(f"Written to {RESULTS}.")


if __name__ == "__main__":
    sys.exit(main())
