"""docs/guarantees.md, out of docs/guarantees.json: what each promise reached when it ran last.

A result keeps the commit that it was reached at. What was not run in its long form says so.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from infra.settings import ROOT

STORED, PAGE = ROOT / "docs" / "guarantees.json", ROOT / "docs" / "guarantees.md"
Form = Literal["long", "short"]
Row = dict[str, Any]
CODE = ("functions", "infra", "tests")
"""What a result is about."""

_HEAD = """# What is promised, and what its tests reached

Made by `python -m infra.bench.guarantees --page` from `docs/guarantees.json`, which `make
guarantees` (short forms) and `make soak` (long forms) write. A result stands with the commit that
it was reached at: run on another commit, it is replaced. *Control* is a naive design, or a bug put
in on purpose, that the same test must catch; “none” is a test without one.
"""
_SOAK = "\n## T16, minute by minute\n\n![jobs, standstills and memory of the soak](soak.svg)\n"
_COLUMNS = ("id", "promise", "figure", "n", "control", "day", "commit", "minutes")
_ROWS = f"| {' | '.join(_COLUMNS)} |\n{'|---' * len(_COLUMNS)}|\n"


def stored() -> dict[str, dict[Form, Row]]:
    """By promise and form; nothing where nothing has been run."""
    found: dict[str, dict[Form, Row]] = json.loads(STORED.read_text()) if STORED.exists() else {}
    return found


def keep(promise: str, form: Form, result: Mapping[str, Any], minutes: float) -> None:
    """Write down what a promise reached here and now, and make the page anew."""
    row = {
        **result,
        "day": f"{datetime.now(UTC):%Y-%m-%d}",
        "commit": commit(),
        "minutes": round(minutes, 1),
    }
    rows = stored()
    rows.setdefault(promise, {})[form] = row
    text = json.dumps(rows, indent=1, sort_keys=True, ensure_ascii=False)
    STORED.write_text(text + "\n", "utf-8")


def commit() -> str:
    """The commit that is checked out, and whether files differ from it; empty without git."""
    head = _git("rev-parse", "--short=9", "HEAD")
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", *CODE)
    return f"{head}, changed" if head and changed else head


def _git(*arguments: str) -> str:
    try:
        said = subprocess.run(  # noqa: S603 - git's own words, none from outside
            ["git", *arguments],  # noqa: S607 - whichever git the machine has
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return said.stdout.strip()


def page(rows: Mapping[str, Mapping[Form, Row]], promises: Mapping[str, str]) -> str:
    """The whole page. `promises` are the words of each, by its id."""
    run = {name: rows[name]["long"] for name in promises if "long" in rows.get(name, {})}
    short = {
        name: rows[name]["short"]
        for name in promises
        if name not in run and "short" in rows.get(name, {})
    }
    never = [name for name in promises if name not in run and name not in short]
    parts = [_HEAD, f"\n## Long forms: {len(run)} of {len(promises)}\n\n", _table(run, promises)]
    parts += [
        f"\n## Only the short form was run: {len(short)}\n\n",
        "Their long form was not run since it was written, or they have none.\n\n",
        _table(short, promises),
        f"\n## Not run since results are kept: {len(never)}\n\n",
        "Their short forms run with every `make test`; nothing is claimed of their long ones.\n\n",
        *(f"- {name}: {promises[name]}\n" for name in sorted(never)),
        _SOAK if "T16" in run else "",
    ]
    return "".join(parts)


def _table(rows: Mapping[str, Row], promises: Mapping[str, str]) -> str:
    return _ROWS + "".join(_line(name, rows[name], promises[name]) for name in sorted(rows))


def _line(name: str, row: Row, promise: str) -> str:
    kept = row["figure"] if row["passed"] else f"**not kept**: {row['figure']}"
    control = "caught" if row["control_failed"] else "**not caught**"
    control = control if row.get("controls", 1) else "none"
    cells = (name, promise, kept, f"{row['n']:,}", control, row["day"], row["commit"])
    told = " | ".join(_cell(str(one)) for one in (*cells, row["minutes"]))
    return f"| {told} |\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def write(promises: Mapping[str, str]) -> None:
    """The page, made of what is stored."""
    PAGE.write_text(page(stored(), promises), "utf-8")
