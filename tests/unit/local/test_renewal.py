"""A renewal takes all processes out of the pools and ends each when it serves nobody."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

from infra.local.cloud.renewal import renew


@dataclass(eq=False)
class Worker:
    """A process of a function, in the emulator's words."""

    in_use: bool
    ended: threading.Event = field(default_factory=threading.Event)


def runtime(*workers: Worker) -> SimpleNamespace:
    """The emulator's module, with these in the pool of one function."""

    def kill_workers(doomed: list[Worker]) -> None:
        for worker in doomed:
            worker.ended.set()

    pools = {"function": list(workers)}
    return SimpleNamespace(_lock=threading.Lock(), _workers=pools, kill_workers=kill_workers)


def test_an_idle_process_ends_at_once_and_a_busy_one_when_it_has_answered() -> None:
    """What began on the old code ends on it; nobody gets one of the old processes again."""
    idle, busy = Worker(in_use=False), Worker(in_use=True)
    emulator = runtime(idle, busy)
    assert renew(emulator) == 2
    assert emulator._workers == {}
    assert idle.ended.wait(5)
    assert not busy.ended.is_set()
    busy.in_use = False
    assert busy.ended.wait(5)


@pytest.mark.control
def test_control_ending_all_at_once_is_seen() -> None:
    """The naive renewal kills the whole pool and with it the busy one: the test would see it."""
    busy = Worker(in_use=True)
    emulator = runtime(busy)
    emulator.kill_workers(emulator._workers["function"])
    assert busy.ended.is_set()
