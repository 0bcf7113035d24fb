"""Run the tests of the promises and print what each reached: `make guarantees`, `make soak`.

`make soak` runs one promise after the other, `make soak PART=T04` one of them. What has ended well
is remembered in .local/soak: begun again, it goes on with what is left, until FRESH=1. With
MINUTES=60 it begins nothing that has not ended within them the last time, and stops; what was never
run comes first. What is reached is written down in docs/guarantees.json, with its commit.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from infra.bench import promises_page
from infra.settings import ROOT

RESULTS, SOAKED = Path(".local/guarantees.json"), Path(".local/soak")
Results = dict[str, dict[str, Any]]
"""What each promise reached, by its id."""

PROMISES = {
    "T01": "one event delivered many times is one execution and one effect",
    "T02": "the same id again, however late, and when its job is long gone, does nothing",
    "T03": "the same id with another body is refused with 409",
    "T04": "killed at any point, every effect happens exactly once",
    "T05": "a worker that wakes up late repeats nothing",
    "T06": "an answer that is lost after it applied: nothing twice, nothing stuck",
    "T07": "three of ten calls refused: every job ends, once, within bounds",
    "T08": "poison ends in the dead letters, nothing else does, and it runs once mended",
    "T09": "of a batch exactly the messages that failed come back",
    "T10": "one contact in any order: no mail after the opt-out, one lead, nothing stale",
    "T11": "in every order of events: one effect, with authority; nothing lost, decisions stand",
    "T12": "whole traces of that model end the same on the local cloud, with real processes",
    "T13": "workers' clocks differ by five minutes: no double claim; beyond, nothing is taken",
    "T14": "nothing is called verified that was not read back at the target",
    "T15": "what is undone is as it was, once, and never over somebody's change",
    "T16": "thousands of jobs while workers die: all end or are a person's, nothing twice",
    "T17": "signatures: every vector right, malformed headers refused, never a 5xx",
    "T18": "a single changed bit anywhere is refused and nothing is written",
    "T19": "the time window is exact, secrets rotate and are revoked",
    "T20": "JSON is read strictly: the right answer on every odd text, size before parsing",
    "T21": "hostile uploads are held with a reason, in a function's memory; nothing is written",
    "T22": "hostile names are kept byte-exact, never used as paths, never forge a log line",
    "T23": "mail scanners change nothing and the link still works after them",
    "T24": "simultaneous decisions are one decision",
    "T25": "what was rendered is what was approved is what was executed",
    "T26": "a link opens its own approval for its own person and nothing else",
    "T27": "no secret, code or nonce is guessed, and guessing locks nobody out",
    "T28": "tokens, secrets and people's data leak nowhere, and every page is guarded",
    "T29": "no decision by another site, a stale page, a second click or a wrong person",
    "T30": "a compromised model does nothing that policy, record and text do not allow",
    "T31": "orders in a message reach no effect, in any carrier",
    "T32": "what a model saw leaves in no spelling, by no channel",
    "T33": "what comes from outside is text on pages, in headers and in cells",
    "T34": "a model in trouble does nothing beyond a valid answer, and stays within its budgets",
    "T35": "a change of the rules or of the readers breaks a test",
    "T36": "cdk-nag and cfn-lint: every finding is explained, no wildcard on task tokens",
    "T37": "every AWS call is allowed, no right is unused, other functions' calls are denied",
    "T38": "a session for one job reaches nothing of another",
    "T39": "broken mail is read or quarantined with a reason",
    "T40": "of a polluted table every row is read as it was meant or named with its reason",
    "T41": "every decision is acted on in its time, whatever is killed",
    "T42": "two hundred calls at once never spend more than their budget, and lose none of it",
    "T44": "a contract is compiled for each provider, or refused with the path that does not fit",
    "T45": "an agent's proposals, forged, bent, replayed or racing: 0 outside policy, 0 twice",
    "T46": "a canary may be believed however often one looks, and says how long it will take",
    "T43": "code changes under waiting jobs: as signed, asked again, or a person's",
    "T47": "a release people dislike is stopped by itself; a good one is promoted by signature",
    "T48": "past jobs are judged again as they were; one moved limit is found, and only there",
    "T49": "a candidate in shadow sees what is stored, can do nothing else, and is never called the"
    " same where it would look elsewhere",
    "T50": "a burst meets no limit and uses nearly all of it, and a lane stays free for others",
    "T51": "10,000 jobs due at once: oldest first, at the pace of what they wait for, nobody twice",
    "T52": "what the text says against it never runs by itself, whatever the model answers",
    "T53": "a key, sender or model that is not taken: all wait, 1 alarm, no case; mended, all end",
    "T54": "a setting that a function's code reads is one that its row grants",
    "T55": "every limit of a campaign holds in every second and every 24 hours, and 20 % stay free",
    "T57": "who wants no more mail is heard, nobody who is scanned is, no flood delays an approval",
}


OTHERS = "others"
"""The part of the long forms that prove no promise by its id: playing all events, and properties
with the long number of examples."""


def main() -> int:
    """Exit code 0 only if every promise that was tested held and its control was caught."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--soak", action="store_true", help="the long figures, part by part")
    parser.add_argument("--part", choices=[*PROMISES, OTHERS], help="this one only, with --soak")
    parser.add_argument("--fresh", action="store_true", help="finished parts too, with --soak")
    parser.add_argument("--minutes", type=float, default=math.inf, help="of this run, with --soak")
    parser.add_argument("--page", action="store_true", help="only make docs/guarantees.md anew")
    parser.add_argument("--json", action="store_true", help="print the results as JSON")
    options = parser.parse_args()
    if options.page:
        promises_page.write(PROMISES)
        return 0
    if options.soak:
        parts = [options.part] if options.part else in_order([*PROMISES, OTHERS])
        code, results = soaked(parts, fresh=options.fresh, minutes=options.minutes)
    else:
        code, results = _short()
    promises_page.write(PROMISES)
    if options.json:
        sys.stdout.write(json.dumps(results, indent=1) + "\n")
    else:
        _print(results)
    kept = all(row["passed"] and row["control_failed"] for row in results.values())
    return 0 if code == 0 and kept else 1


def _short() -> tuple[int, Results]:
    """The short forms, all in one run; the minutes are those of all of them."""
    started = time.monotonic()
    code, results = _tested("-m", "guarantee and not soak")
    for name, row in results.items():
        promises_page.keep(name, "short", row, (time.monotonic() - started) / 60)
    return code, results


def in_order(parts: Sequence[str]) -> list[str]:
    """What was never run first, then what took least."""
    known = promises_page.stored()
    return sorted(parts, key=lambda part: known.get(part, {}).get("long", {}).get("minutes", 0.0))


def soaked(parts: Sequence[str], *, fresh: bool, minutes: float = math.inf) -> tuple[int, Results]:
    """The long forms of `parts`, one after the other. A part that ended well is remembered and
    not run again unless `fresh`; one that failed, or was interrupted, is. None is begun that took
    longer the last time than is left of `minutes`."""
    code = 0
    results: Results = {}
    known, begun = promises_page.stored(), time.monotonic()
    for number, part in enumerate(parts, 1):
        kept = _kept(part, fresh=fresh)
        if kept.exists():
            _say(f"{number} of {len(parts)}: {part} ended well before; FRESH=1 runs it again")
            results |= json.loads(kept.read_text())
            continue
        left = minutes - (time.monotonic() - begun) / 60
        if known.get(part, {}).get("long", {}).get("minutes", 0.0) >= left:
            _say(f"{number} of {len(parts)}: {part} does not fit in what is left; the next run's")
            continue
        _say(f"{number} of {len(parts)}: {part} begins: {PROMISES.get(part, 'what has no id')}")
        started = time.monotonic()
        failed, found = _tested(*_selected(part), "--timeout=5400")
        took = (time.monotonic() - started) / 60
        ended = "FAILED" if failed else "ended well"
        _say(f"{number} of {len(parts)}: {part} {ended} after {took:.1f} minutes")
        code = code or failed
        results |= {name: row for name, row in found.items() if name == part}
        if part in found:
            promises_page.keep(part, "long", found[part], took)
        if failed:
            continue
        SOAKED.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps({part: found[part]} if part in found else {}))
    return code, results


def _kept(part: str, *, fresh: bool) -> Path:
    """Where it is remembered; nothing is, also not of parts of its own, where it begins anew."""
    for one in SOAKED.glob(f"{part}.*") if fresh else ():
        one.unlink()
    return SOAKED / f"{part}.json"


def _selected(part: str) -> list[str]:
    if part != OTHERS:
        return [f"--promise={part}", *files_of(part)]
    return ["-m", "(soak or hypothesis) and not guarantee", "--hypothesis-profile=long"]


def files_of(promise: str) -> list[str]:
    """Where its tests are: to collect all others would take longer than many of them run."""
    mark = re.compile(rf'mark\.guarantee\("{promise}"\)')
    found = (ROOT / "tests").rglob("test_*.py")
    return sorted(
        str(one.relative_to(ROOT)) for one in found if mark.search(one.read_text("utf-8"))
    )


def _tested(*arguments: str) -> tuple[int, Results]:
    """pytest's exit code, and what each promise reached; nothing if it did not come to its end."""
    RESULTS.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", f"--guarantees={RESULTS}", *arguments]
    code = subprocess.run(command, check=False, stdout=sys.stderr).returncode  # noqa: S603 - our own tests
    if not RESULTS.exists():
        sys.stderr.write("The tests did not run to their end; see above.\n")
        return code or 2, {}
    results: Results = json.loads(RESULTS.read_text())
    return code, results


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _print(results: Results) -> None:
    table = Table(title="What Countersign promises, and what its tests reached")
    for heading in ("id", "promise", "held", "figure", "control"):
        table.add_column(heading, overflow="fold")
    for name, row in results.items():
        held = "yes" if row["passed"] else "NO"
        control = "caught" if row["control_failed"] else "NOT CAUGHT"
        table.add_row(name, PROMISES.get(name, ""), held, str(row["figure"]), control)
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())
