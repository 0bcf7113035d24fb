"""One run to a folder: its address, its log and its state are not shared with a second one."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.local.cloud.processes import LocalError

LOCK = "run.lock"


class TakenError(LocalError):
    """Another process has the folder."""


@contextmanager
def claimed(folder: Path, url: str) -> Iterator[None]:
    """`folder` belongs to this process within the block. Raises TakenError, which says who has it.

    The kernel holds the lock and drops it with the process, so a killed run leaves nothing stale.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            raise TakenError(_taken(folder, *file.read().split())) from error
        file.truncate(0)
        file.write(f"{os.getpid()} {url}")
        file.flush()
        yield


def _taken(folder: Path, pid: str = "?", url: str = "its address") -> str:
    """For the moment between the other's lock and its line, what it has not said yet is open."""
    return (
        f"`make run` runs in this clone already: process {pid} serves {url} and has {folder}. "
        f"Use it, or end it with `kill {pid}`, or start another beside it with a folder and a "
        "port of its own: `COUNTERSIGN_HOME=.local/second make run PORT=9400`."
    )
