"""docs/first-workflow.md as a program: what it says to save, to run, and to read."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.cli.scaffold import facts
from infra.cli.scaffold.folder import Folder

ROOT = Path(__file__).parents[1]
GUIDE = ROOT / "docs" / "first-workflow.md"
NAME = "warranty_claim"
COPIED = (
    *("functions", "infra", "tests", "events", "docs"),
    *("Makefile", "README.md", "DECISIONS.md", "pyproject.toml", "cdk.json"),
)
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SAVED = re.compile(r"[Ss]ave \w+(?: \w+)* as\s+`([^`]+)`|[Ss]ave as `([^`]+)`")


@dataclass(frozen=True)
class Fence:
    """A fenced block; `file` is where the sentence before it says to save it, if it does."""

    kind: str
    text: str
    file: str

    @property
    def commands(self) -> list[str]:
        """The lines that somebody types."""
        return [line[2:] for line in self.text.splitlines() if line.startswith("$ ")]

    @property
    def shown(self) -> list[str]:
        """The lines that are printed after them; `…` stands for more."""
        lines = (line for line in self.text.splitlines() if not line.startswith("$ "))
        return [line for line in lines if line != "…"]


def fences(text: str) -> list[Fence]:
    """The guide's blocks in their order."""
    found, end = list[Fence](), 0
    for fence in _FENCE.finditer(text):
        before = text[end : fence.start()].rstrip().rpartition("\n\n")[2]
        named = _SAVED.search(before) if fence[1] != "console" else None
        found.append(Fence(fence[1], fence[2], (named[1] or named[2]) if named else ""))
        end = fence.end()
    return found


def saved(name: str) -> str:
    """What the guide says to save under this name."""
    return next(one.text for one in fences(GUIDE.read_text("utf-8")) if one.file == name)


def written() -> Folder:
    """The guide's workflow, as `countersign new` writes it."""
    schema = json.loads(saved("claim.schema.json"))
    return Folder(NAME, facts.parts(schema), saved("claim.md"))


def clone(to: Path) -> Path:
    """A scratch clone of the tree as it is, with the virtual environment that runs this."""
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, to / name)  # with bytecode, for some ten commands
        else:
            shutil.copy2(ROOT / name, to / name)
    for ready in (".venv/.ready", ".local/emulator/.ready"):
        (to / ready).parent.mkdir(parents=True)
        (to / ready).touch()
    for part in Path(sys.prefix).iterdir():
        if part.name != ".ready":
            (to / ".venv" / part.name).symlink_to(part)
    return to


def typed(command: str, within: Path) -> subprocess.CompletedProcess[str]:
    """What becomes of a line that somebody types in a shell there."""
    return ran(["/bin/bash", "-c", command], within)


def ran(command: Sequence[str], within: Path) -> subprocess.CompletedProcess[str]:
    """The same for a command in its words. The clone's own code comes before the installed one."""
    return subprocess.run(
        command,
        cwd=within,
        env={
            "PATH": f"{within}/.venv/bin:/usr/bin:/bin",
            "PYTHONPATH": f"{within}/functions:{within}",
            "PYTHONDONTWRITEBYTECODE": "1",
            "HOME": str(within),
            "NO_COLOR": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
