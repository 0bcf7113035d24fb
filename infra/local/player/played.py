"""How the events went: as a table for a person, as a file for a tool, and as an exit code."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from infra.local.front.samples import Sample
from infra.settings import ROOT

RESULT = ROOT / ".local" / "last-run.json"
OUTCOME = 20
"""Columns: the longest status and its mark."""


@dataclass
class Played:
    """How one event went."""

    sample: Sample
    job_id: str = ""
    status: str = ""
    waits_for: str = ""
    seconds: float = 0.0
    children: list[str] = field(default_factory=list)
    """The jobs to which its job handed the message over."""
    faults: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """One entry of `last-run.json`."""
        return {
            "event": self.sample.name,
            "job_id": self.job_id,
            "status": self.status or None,
            "expected": self.sample.expect.status,
            "ok": not self.faults,
            "seconds": round(self.seconds, 2),
            "differs": self.faults,
        }


def write(played: list[Played], result: Path) -> None:
    """What became of each event, as JSON, into the file `result`."""
    result.write_text(json.dumps({"events": [one.as_dict() for one in played]}, indent=1) + "\n")


def table(played: list[Played]) -> Table:
    """One row per event. At 80 columns names fold, and whom it waits for; ids stay whole."""
    shown = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    shown.add_column("event", overflow="fold")
    shown.add_column("job", style="dim", no_wrap=True)
    shown.add_column("seconds", justify="right", no_wrap=True)
    shown.add_column("outcome", overflow="fold", max_width=OUTCOME)
    for one in played:
        shown.add_row(one.sample.name, one.job_id, f"{one.seconds:.1f}", _outcome(one))
    return shown


def _outcome(one: Played) -> str:
    words = one.status or ("not known" if one.job_id else "refused")
    mark = f"[red]✗ {words}[/]" if one.faults else f"[green]✓[/] {words}"
    return f"{mark}\n[dim]{escape(one.waits_for)}[/]" if one.waits_for else mark


def verdict(console: Console, played: list[Played], strays: list[str]) -> int:
    """Say what differs from what was expected; the exit code."""
    wrong = [one for one in played if one.faults]
    for one in wrong:
        for fault in one.faults:
            console.print(f"[red]{one.sample.name}[/]: {escape(fault)}", soft_wrap=True)
    for stray in strays:
        console.print(f"[red]effects[/]: {escape(stray)}", soft_wrap=True)
    if wrong or strays:
        console.print(f"\n{len(wrong)} of {len(played)} events ended elsewhere.")
        return 1
    console.print(
        "\nEvery event ended as expected; every write, refund and mail is one that policy allowed "
        "or a person signed."
    )
    return 0
