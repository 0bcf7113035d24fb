"""Nothing of the local cloud outlives the one who started it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from infra.local.cloud.processes import (
    ROOT,
    ChildDiedError,
    LocalCloud,
    PortTakenError,
    child,
    local_cloud,
)

pytestmark = pytest.mark.cloud

STARTER = """
import sys, time
from infra.local.cloud.processes import local_cloud
with local_cloud(0) as cloud:
    print(cloud.emulator.process.pid, cloud.scratch, flush=True)
    time.sleep(60)
"""


@contextmanager
def started() -> Iterator[tuple[subprocess.Popen[str], int, Path]]:
    """A program that holds a local cloud open: its process, the emulator's id, its folder."""
    command = [sys.executable, "-c", STARTER]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        pid, folder = process.stdout.readline().split()
        try:
            yield process, int(pid), Path(folder)
        finally:
            process.kill()


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits to be collected does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0]
    except FileNotFoundError:
        return False
    return state != "Z"


def soon(true: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.02)
    return true()


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.soak)]
)
def test_a_signal_leaves_no_process_and_no_folder(number: signal.Signals) -> None:
    """SIGTERM and Ctrl-C (test_local_run's) end the emulator and remove its temporary folder."""
    with started() as (process, emulator, folder):
        assert alive(emulator)
        assert folder.exists()
        process.send_signal(number)
        process.wait(10)
        assert not alive(emulator)
        assert not folder.exists()


def test_a_killed_starter_leaves_no_process() -> None:
    """Even SIGKILL to the program that started it ends the emulator."""
    with started() as (process, emulator, folder):
        process.kill()
        assert soon(lambda: not alive(emulator))
        assert soon(lambda: not folder.exists())


@pytest.mark.control
def test_the_look_at_processes_sees_one_that_stays() -> None:
    """The check would notice an emulator that is left behind."""
    with started() as (_, emulator, folder):
        assert not soon(lambda: not alive(emulator), seconds=0.2)
        assert folder.exists()


def test_a_taken_port_is_told_in_one_line() -> None:
    """The message says which port, and how to move."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        message = rf"^Port {port} on 127\.0\.0\.1 is taken[^\n]*PORT=[^\n]*$"
        with pytest.raises(PortTakenError, match=message), local_cloud(port):
            pass


def test_a_dead_emulator_is_noticed() -> None:
    """When the emulator ends on its own, the next check says so."""
    with local_cloud(0) as cloud:
        cloud.check()
        os.kill(cloud.emulator.process.pid, signal.SIGKILL)
        assert soon(lambda: _is_dead(cloud))


def _is_dead(cloud: LocalCloud) -> bool:
    try:
        cloud.check()
    except ChildDiedError as error:
        return "emulator ended with code -9" in str(error)
    return False


def test_a_child_that_cannot_start_shows_its_last_words(tmp_path: Path) -> None:
    """A program that ends before it is ready is reported with the end of its log."""
    command = [sys.executable, "-c", "raise SystemExit('no such colour')"]
    log = tmp_path / "log"
    with (
        pytest.raises(ChildDiedError, match=r"^painter ended before it was ready: no such colour$"),
        child("painter", command, log=log, port=1),
    ):
        pass


def test_grandchildren_end_with_the_child(tmp_path: Path) -> None:
    """A process group ends as a whole."""
    text = (
        "import json, subprocess, time;"
        "p = subprocess.Popen(['sleep', '60']);"
        "print(json.dumps({'ready': True, 'pid': p.pid}), flush=True); time.sleep(60)"
    )
    with child("parent", [sys.executable, "-c", text], log=tmp_path / "log", port=1) as parent:
        grandchild = parent.ready["pid"]
        assert alive(grandchild)
    assert not alive(grandchild)
