"""Which tests go to one worker: those of a file, and all that share the one whole stand."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

ROOT = Path(__file__).parents[1]
_STAND = re.compile(r"^def \w+\([^)]*\bwhole_stand\b", re.MULTILINE)


@cache
def on_the_stand(file: str) -> bool:
    """Whether a test or a fixture of the file asks for `whole_stand`: apart, each worker would
    start one, 5 s of CPU each."""
    path = ROOT / file
    return path.exists() and bool(_STAND.search(path.read_text("utf-8")))


class OneStand(LoadFileScheduling):  # type: ignore[misc]  # xdist has no types
    """As xdist's by file, these files as one."""

    def _split_scope(self, nodeid: str) -> str:
        file = str(super()._split_scope(nodeid))
        return "the stand" if on_the_stand(file) else file
