"""A job's file on the function's own disk: readers go through it more than once, by position."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from countersign.domain.jobs.job import Pointer
from countersign.domain.lane.lane import Open
from countersign.runtime.deps import Deps


@contextmanager
def spooled(deps: Deps, pointer: Pointer) -> Iterator[Open]:
    """What opens the file; it is fetched once, and gone with the block. Raises as Payloads.get."""
    with TemporaryDirectory() as folder:
        place = Path(folder) / "file"
        with place.open("wb") as file:
            deps.payloads.copy(pointer, file)

        def opening() -> BinaryIO:
            return place.open("rb")

        yield opening
