"""A file on the function's disk can be read by position, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from countersign.domain.jobs.job import Pointer
from countersign.lane.spooling import spooled
from countersign.runtime.deps import Deps
from tests.fakes.world import World
from tests.unit.steps.test_segments import offline

BODY = bytes(range(256)) * 40
POINTER = Pointer.to("", "raw/file")
Spooling = Callable[[Deps, Pointer], AbstractContextManager[Any]]


@pytest.fixture
def deps() -> Deps:
    """With a file in the payload bucket."""
    world = World(offline)
    world.payloads.put("raw/file", BODY)
    return world.deps


def test_each_reader_has_a_place_of_its_own(deps: Deps) -> None:
    """The file is read several times, and side by side."""
    with spooled(deps, POINTER) as opening, opening() as one, opening() as other:
        assert one.read(300) == BODY[:300]
        assert other.read() == BODY
        assert one.read() == BODY[300:]


def left_by_a_killed_process(spooling: Spooling, deps: Deps, disk: Path) -> list[Path]:
    """What lies on the disk when the process that held the file was killed."""
    child = os.fork()
    if child == 0:
        tempfile.tempdir = str(disk)
        with spooling(deps, POINTER):
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    return [one for one in disk.rglob("*") if one.is_file()]


def test_a_killed_process_leaves_nothing_on_the_disk(deps: Deps, tmp_path: Path) -> None:
    """A function's disk of 512 MB outlives its process, and two files of 200 MB do not leave
    enough of it for a third."""
    assert left_by_a_killed_process(spooled, deps, tmp_path) == []


@pytest.mark.control
def test_control_a_file_with_a_name_stays(deps: Deps, tmp_path: Path) -> None:
    """Whoever would have deleted it is gone."""

    @contextmanager
    def named(deps: Deps, pointer: Pointer) -> Any:
        with tempfile.TemporaryDirectory() as folder:
            file: BinaryIO
            with (Path(folder) / "file").open("wb") as file:
                deps.payloads.copy(pointer, file)
            yield

    assert len(left_by_a_killed_process(named, deps, tmp_path)) == 1
