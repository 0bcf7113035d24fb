"""What a system did in every check, as a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from infra.approval_bench.checks import CHECKS, Found, Verdict
from infra.approval_bench.system import System


def measured(new: Callable[[], System]) -> dict[str, Found]:
    """What a system does in each check, a new one each time."""
    return {check.name: check.play(new()) for check in CHECKS}


def sentences() -> str:
    """What each check is about."""
    rows = (f"| {one.name} | {one.sentence} |\n" for one in CHECKS)
    return f"| check | holds when |\n|---|---|\n{''.join(rows)}"


def section(new: Callable[[], System]) -> str:
    """A system's part of the document."""
    return "\n".join(_lines(new)) + "\n"


def _lines(new: Callable[[], System]) -> Iterator[str]:
    system, found = new(), measured(new)
    yield from (f"## {system.name}", "", system.what, "")
    held = sum(one.verdict is Verdict.HOLDS for one in found.values())
    yield from (f"{held} of {len(found)} hold.", "")
    yield from ("| check | verdict | what it did | promised |", "|---|---|---|---|")
    for name, one in found.items():
        promised = f"no: {system.unpromised[name]}" if name in system.unpromised else ""
        yield f"| {name} | {one.verdict} | {one.did} | {promised} |"
