"""The last green run of the shared integration suite: on which code it was."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from infra.build.code import shipped
from infra.settings import ROOT

FILE = ROOT / ".local" / "green.json"
SUITE = ROOT / "tests" / "integration"


def digest() -> str:
    """Of the code that is shipped and of the suite. What a stage file says is no part: a state that
    is changed there is what the run is asked for."""
    total = hashlib.sha256()
    for path in _files():
        total.update(f"\0{path.relative_to(ROOT)}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def recorded(file: Path = FILE) -> str:
    """The digest of this code, if the suite ran green on it last; else empty."""
    if not file.exists():
        return ""
    held, now = str(json.loads(file.read_text())["digest"]), digest()
    return now if held == now else ""


def record(file: Path = FILE) -> None:
    """Note that the suite has just run green."""
    file.parent.mkdir(parents=True, exist_ok=True)
    said = {"digest": digest(), "at": datetime.now(UTC).isoformat()}
    file.write_text(json.dumps(said) + "\n")


def _files() -> Iterator[Path]:
    yield from (one for one in shipped() if one.parent.name != "stages")
    yield from sorted(SUITE.rglob("*.py"))


if __name__ == "__main__":
    record()
    sys.exit(0)
