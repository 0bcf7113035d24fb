"""Whether the time that something takes grows faster than what it is given."""

import time
from collections.abc import Callable

GROWN = 8
MOST = 24
"""Of eight times as much: linear takes 8 times as long, quadratic 64 times."""
NOISE = 0.02
"""Seconds of CPU that a measurement may be off, whatever the machine."""


def runs_away(read: Callable[[int], object], size: int) -> bool:
    """Whether `read(size)` takes more than 24 times what `read(size / 8)` does. A busy machine is
    measured again: noise does not stay, growth does."""
    return all(_grows(read, size) for _ in range(3))


def _grows(read: Callable[[int], object], size: int) -> bool:
    short, long = _seconds(read, size // GROWN), _seconds(read, size)
    return long > MOST * short + NOISE


def _seconds(read: Callable[[int], object], size: int) -> float:
    begun = time.process_time()
    read(size)
    return time.process_time() - begun
