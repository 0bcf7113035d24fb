"""Which tests go to one worker: those of a file, and all that share the one whole stand."""

from __future__ import annotations

from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

ON_THE_STAND = {
    "tests/e2e/test_clock.py",
    "tests/guarantees/test_t01_deliveries.py",
    "tests/guarantees/test_t28_cloud.py",
    "tests/guarantees/test_t38_sessions.py",
}
"""The files that use `whole_stand`: apart, each worker would start one, 5 s of CPU each."""


class OneStand(LoadFileScheduling):  # type: ignore[misc]  # xdist has no types
    """As xdist's by file, these files as one."""

    def _split_scope(self, nodeid: str) -> str:
        file = str(super()._split_scope(nodeid))
        return "the stand" if file in ON_THE_STAND else file
