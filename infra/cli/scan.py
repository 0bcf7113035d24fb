"""`countersign scan-test`: play mail scanners against any approval link, and say what decided."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from infra.scan_test.browser import BrowserMissingError, chromium, missing, with_browser
from infra.scan_test.link import Link, LinkError
from infra.scan_test.run import Row, Scanner, exit_code, scan, without_browser
from infra.scan_test.verdict import Verdict
from infra.scan_test.visitor import Deadline, TimeUpError, UnreachableError

UNREACHABLE = 2
_STYLES = {Verdict.DECIDED: "bold red", Verdict.UNKNOWN: "yellow", Verdict.DID_NOT: "green"}
_ENDS = {
    0: "Nothing decided, as far as the link's page shows.",
    1: "SOMETHING DECIDED: a mail scanner can decide this request before a person has seen it.",
    3: "Nothing was seen to decide, but not all of it can be told from outside: look at the "
    "request itself.",
}


def scan_test(  # noqa: PLR0917 - Typer turns each parameter into an option
    url: Annotated[str, typer.Argument(metavar="URL", help="an open approval link, ours or not")],
    yes: Annotated[bool, typer.Option("--yes", help="press buttons and send forms too")] = False,
    rounds: Annotated[int, typer.Option(min=1, max=50, help="visits of each kind")] = 1,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="use Chromium")] = True,
    timeout: Annotated[float, typer.Option(min=1, help="seconds for the whole test")] = 120.0,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON instead of text")] = False,
) -> None:
    """Play mail scanners against an approval link, and report whether one of them decided.

    Ends with 0: nothing decided; 1: something did; 2: wrong use, or nothing answers; 3: nothing
    was seen to decide, but of some it cannot be told.

    Example: countersign scan-test https://approvals.example.com/approvals/LINK/SECRET
    """
    try:
        link = Link.of(url)
    except LinkError as error:
        raise typer.BadParameter(str(error)) from None
    _say(
        f"Playing mail scanners against {link.masked}\n"
        "If the product behind it is unsafe, THIS MAY DECIDE the request: use one that may be."
    )
    acting = yes or _allowed()
    try:
        rows = list(_played(link, rounds, timeout, browser=browser, acting=acting))
    except (UnreachableError, TimeUpError, BrowserMissingError) as error:
        _say(f"Not tested: {error}")
        raise typer.Exit(UNREACHABLE) from error
    code = exit_code(rows)
    if as_json:
        sys.stdout.write(json.dumps(as_data(link, rows), ensure_ascii=False, indent=1) + "\n")
    else:
        Console(highlight=False).print(as_table(rows))
        Console(highlight=False).print(_ENDS[code] + _left_out(rows))
    raise typer.Exit(code)


def as_data(link: Link, rows: Sequence[Row]) -> dict[str, Any]:
    """The report as JSON; the link is masked."""
    return {
        "link": link.masked,
        "exit_code": exit_code(rows),
        "scanners": [
            {
                "kind": row.kind,
                "verdict": row.judged.verdict.value,
                "how": row.judged.how,
                "changed": row.judged.changed,
                "visits": row.visits,
                "did": row.did,
                "answered": row.answered,
            }
            for row in rows
        ],
    }


def as_table(rows: Sequence[Row]) -> Table:
    """The report for a terminal."""
    table = Table()
    for heading in ("scanner", "did", "answered", "page changed", "verdict", "because"):
        table.add_column(heading, overflow="fold")
    for row in rows:
        verdict = row.judged.verdict
        changed = {True: "yes", False: "no", None: ""}[row.judged.changed]
        cells = (row.kind, row.did, row.answered, changed)
        shown = Text(verdict.value, style=_STYLES.get(verdict, "dim"))
        table.add_row(*map(Text, cells), shown, Text(row.judged.how))
    return table


def _played(
    link: Link, rounds: int, timeout: float, *, browser: bool, acting: bool
) -> Iterator[Row]:
    with ExitStack() as stack:
        driven = (
            with_browser(stack.enter_context(chromium()))
            if browser
            else missing("--no-browser was given.")
        )
        scanners = sorted((*without_browser(), *driven), key=lambda one: one.acts)
        played = [one if acting else _held_back(one) for one in scanners]
        for row in scan(link, played, Deadline.within(timeout), rounds):
            _say(f"  {row.kind}: {row.judged.verdict}")
            yield row


def _held_back(scanner: Scanner) -> Scanner:
    if not scanner.acts or scanner.why_not:
        return scanner
    return replace(scanner, why_not="it presses and sends: allow that with --yes.")


def _allowed() -> bool:
    question = "Press its buttons and send its forms too?"
    return sys.stdin.isatty() and typer.confirm(question, err=True)


def _left_out(rows: Sequence[Row]) -> str:
    left = [row.kind for row in rows if row.judged.verdict is Verdict.NOT_RUN]
    return f" Not run: {', '.join(left)}." if left else ""


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")
