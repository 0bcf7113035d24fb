"""A job's file on the function's own disk: readers go through it more than once, by position."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

from countersign.domain.jobs.job import Pointer
from countersign.domain.lane.lane import Open
from countersign.runtime.deps import Deps


@contextmanager
def spooled(deps: Deps, pointer: Pointer) -> Iterator[Open]:
    """What opens the file; it is fetched once, and gone with the block. It has no name, so that
    what a killed process leaves takes no room. Raises as Payloads.get."""
    with TemporaryFile() as file:
        deps.payloads.copy(pointer, file)
        file.flush()

        def opening() -> BinaryIO:
            return Path(f"/proc/self/fd/{file.fileno()}").open("rb")

        yield opening
