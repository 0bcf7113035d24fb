"""The register of promises that `make guarantees` prints and `make soak` goes through."""

from __future__ import annotations

import re
from pathlib import Path

from infra.bench.guarantees import PROMISES

TESTS = Path(__file__).parents[1]


def test_every_promise_has_tests_and_its_words() -> None:
    """The ids of the marks and those of the register are the same: no part of the long forms is
    left out, and none is empty."""
    marked = {
        promise
        for path in TESTS.rglob("test_*.py")
        for promise in re.findall(r"mark\.guarantee\(\"(T\d\d)\"\)", path.read_text())
    }
    assert set(PROMISES) == marked
