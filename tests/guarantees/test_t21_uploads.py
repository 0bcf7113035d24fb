"""T21: files that were made to do harm are held with a reason, within a function's memory and
seconds, and nothing is written because of them."""

from __future__ import annotations

import io
import itertools
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.guarantees.uploads import FILES, MEMORY, SECONDS, TooLongError, harmless, limited
from tests.seeds import dice

Figure = Callable[[str, int], None]
pytestmark = [pytest.mark.guarantee("T21"), pytest.mark.timeout(900)]
ROOT = Path(__file__).parents[2]
EVERY = range(len(FILES))
ONCE = {number for number in EVERY if FILES[number].why == "a quote without an end"}
"""It once took minutes: a search that began anew at each letter of a line."""
SOME = 8
"""How many of them are taken in with every change."""


def taken_in(numbers: list[int]) -> dict[str, Any]:
    """How each ended, in a process of its own with a function's memory."""
    command = [sys.executable, "-m", "tests.guarantees.uploads", *map(str, numbers)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize("count", [SOME, pytest.param(len(FILES), marks=pytest.mark.soak)])
def test_each_is_held_with_a_reason_and_nothing_is_written(count: int, figure: Figure) -> None:
    """Too large, of another kind, bombs, depth, 10,000 parts, climbing names, passwords, files that
    are two things: none opens anything, and none costs more than a file may."""
    found = taken_in(sorted({*dice().sample(EVERY, count), *ONCE}))
    assert [one for one in found["ended"] if not harmless(one)] == []
    assert found["left"] == []
    assert found["peak"] < MEMORY
    longest = max(one["seconds"] for one in found["ended"])
    figure(
        f"{len(found['ended'])} files held with a reason, at most {longest:.1f} s of CPU and "
        f"{found['peak'] / 2**20:.0f} MB, nothing written",
        len(found["ended"]),
    )


@pytest.mark.soak
@pytest.mark.control
def test_control_a_reader_that_unpacks_what_it_is_given_does_not_survive() -> None:
    """A bomb costs it all its memory, and what climbs is written by its own name."""
    bomb = next(one for one in FILES if one.why == "a bomb larger than memory").make()
    naive = (
        f"import io, resource, sys, zipfile\n"
        f"resource.setrlimit(resource.RLIMIT_DATA, ({MEMORY}, {MEMORY}))\n"
        f"zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read())).read('word/document.xml')"
    )
    command = [sys.executable, "-c", naive]
    ran = subprocess.run(command, input=bomb, capture_output=True, check=False)
    assert b"MemoryError" in ran.stderr
    climbs = next(one for one in FILES if one.why == "parts that climb").make()
    assert zipfile.ZipFile(io.BytesIO(climbs)).namelist() == ["../../../tmp/climbed"]


@pytest.mark.control
def test_control_what_takes_too_long_is_stopped() -> None:
    """A reader that never ends is seen, and so is one that failed or did something."""
    with pytest.raises(TooLongError), limited(0.05):
        sum(1 for _ in itertools.count())
    fine = {"status": "REJECTED", "reason": "it is empty", "effects": 0, "wrote": []}
    assert harmless(fine)
    assert not harmless({**fine, "reason": "BufferError in Prepare; the log has it"})
    assert not harmless({**fine, "wrote": ["/etc/climbed"]})
    assert not harmless({**fine, "status": "TooLongError"})
    assert SECONDS == 5
