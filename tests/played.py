"""`make run ONCE=1`, as a session of tests plays it, once."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Played:
    """How it ended: its exit code, and what it printed."""

    code: int
    said: str
    errors: str


def play() -> Played:
    """Play every event on a free port, beside whatever runs in this clone; what an earlier run
    left behind goes first."""
    for left in ("last-run.json", "last-calls.json"):
        (ROOT / ".local" / left).unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as home:
        done = subprocess.run(
            ["/usr/bin/env", "make", "run", "ONCE=1", f"PORT={free_pair()}"],
            cwd=ROOT,
            env={**os.environ, "NO_COLOR": "1", "COUNTERSIGN_HOME": home},
            capture_output=True,
            text=True,
            check=False,
        )
    return Played(done.returncode, done.stdout, done.stderr)


def free_pair() -> int:
    """A port that is free, and so is the next one."""
    while True:
        with socket.socket() as one, socket.socket() as other:
            one.bind(("127.0.0.1", 0))
            port = int(one.getsockname()[1])
            try:
                other.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port
