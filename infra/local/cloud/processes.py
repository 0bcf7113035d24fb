"""Child processes of the local cloud: each has a group of its own and ends when we end."""

import ctypes
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from infra.local.cloud.emulator import FORK_SOCKET, KEPT

ROOT = Path(__file__).parents[3]
EMULATOR_PYTHON = ROOT / ".local" / "emulator" / "bin" / "python"
READY_SECONDS = 30.0
GRACE_SECONDS = 20.0
"""For ending well: the emulator may have state to write."""
SET_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)


class LocalError(RuntimeError):
    """The local cloud cannot go on; the message is one line for the person who started it."""


class PortTakenError(LocalError):
    """Another program listens on the port."""


class ChildDiedError(LocalError):
    """A child process ended before it was asked to."""


@dataclass(frozen=True)
class Child:
    """A running child. `ready` is the line of JSON that it printed; `log` has its other output."""

    name: str
    process: subprocess.Popen[bytes]
    ready: Mapping[str, Any]
    log: Path

    def check(self) -> None:
        """Raise ChildDiedError, with the last lines of its log, when the child has ended."""
        code = self.process.poll()
        if code is not None:
            raise ChildDiedError(f"{self.name} ended with code {code}: {_tail(self.log)}")


@dataclass(frozen=True)
class LocalCloud:
    """The emulator, serving at `endpoint` (an URL without path)."""

    endpoint: str
    port: int
    scratch: Path
    emulator: Child
    forks: Child
    """The fork server, which listens at `fork_socket`."""

    @property
    def fork_socket(self) -> Path:
        """Where processes for the functions are asked for."""
        return self.scratch / FORK_SOCKET

    def check(self) -> None:
        """Raise ChildDiedError when the emulator or the fork server has ended."""
        self.emulator.check()
        self.forks.check()


@contextmanager
def local_cloud(
    port: int, code: Path | None = None, keep: Path | None = None
) -> Iterator[LocalCloud]:
    """Run the emulator on 127.0.0.1:`port` (0 takes a free one) until the block ends.

    Functions run what was deployed, or what is in the folder `code` when each process starts. With
    `keep` it goes on with the state in that folder, and leaves it there at a clean end.
    Code folders, payloads and log are in a temporary folder that goes with it. Call it from
    the main thread: SIGTERM ends the block like Ctrl-C does. Raises PortTakenError,
    ChildDiedError, or LocalError when the emulator's environment is missing.
    """
    if not EMULATOR_PYTHON.exists():
        raise LocalError(
            "The emulator's environment .local/emulator is missing: `make run` installs it."
        )
    with stopping_on_signals(), scratch_folder() as scratch:
        emulating = [str(EMULATOR_PYTHON), str(Path(__file__).with_name("emulator.py"))]
        emulating += ["--port", str(port), "--scratch", str(scratch)]
        emulating += ["--code", str(code)] if code else []
        emulating += ["--keep", str(keep)] if keep else []
        log = scratch / "emulator.log"
        # Both load their libraries at the same time: two seconds each.
        with (
            _fork_server(scratch) as forks,
            starting("emulator", emulating, log=log, port=port) as emulator,
        ):
            serving = emulator()
            taken = int(serving.ready["port"])
            yield LocalCloud(f"http://127.0.0.1:{taken}", taken, scratch, serving, forks())


@contextmanager
def fork_server(scratch: Path) -> Iterator[Child]:
    """Processes for the functions, at the socket FORK_SOCKET in `scratch`. Of the host's
    environment it has what the emulator keeps too: libraries read theirs at import."""
    with _fork_server(scratch) as ready:
        yield ready()


@contextmanager
def _fork_server(scratch: Path) -> Iterator[Callable[[], Child]]:
    command = [sys.executable, str(Path(__file__).with_name("fork_server.py"))]
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    with starting(
        "fork server",
        [*command, str(scratch / FORK_SOCKET)],
        log=scratch / "forks.log",
        port=0,
        environment=kept,
    ) as ready:
        yield ready


@contextmanager
def child(
    name: str,
    command: Sequence[str],
    *,
    log: Path,
    port: int,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> Iterator[Child]:
    """Start `command`, wait for its line of JSON, and end its process group with the block.

    The line is `{"ready": true, ...}` or `{"ready": false, "error": "..."}`, where the error
    `port taken` becomes PortTakenError. stderr goes to `log`. `environment` and working
    `folder` default to ours.
    """
    with starting(
        name, command, log=log, port=port, environment=environment, folder=folder
    ) as ready:
        yield ready()


@contextmanager
def starting(
    name: str,
    command: Sequence[str],
    *,
    log: Path,
    port: int,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> Iterator[Callable[[], Child]]:
    """As `child`, but who calls what it gives waits for the line; others can start meanwhile."""
    process = _start(command, log, environment, folder)
    try:
        yield lambda: Child(name, process, _ready_line(name, process, log, port), log)
    finally:
        stop(process)


def _start(
    command: Sequence[str],
    log: Path,
    environment: Mapping[str, str] | None,
    folder: Path | None,
) -> subprocess.Popen[bytes]:
    with log.open("ab") as errors:
        return subprocess.Popen(  # noqa: S603  # our own programs, no shell
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            cwd=folder,
            env=environment,
            start_new_session=True,
            preexec_fn=_end_with_parent(),  # noqa: PLW1509  # one prctl call, loaded beforehand
        )


def _end_with_parent() -> Callable[[], None] | None:
    """Have the kernel send SIGTERM when the thread that started the child ends (Linux only)."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)


def _ready_line(
    name: str, process: subprocess.Popen[bytes], log: Path, port: int
) -> Mapping[str, Any]:
    line = _first_line(process, READY_SECONDS)
    if line is None:
        raise ChildDiedError(f"{name} was not ready within {READY_SECONDS:g} s: {_tail(log)}")
    if not line:
        raise ChildDiedError(f"{name} ended before it was ready: {_tail(log)}")
    answer: dict[str, Any] = json.loads(line)
    if answer.get("ready"):
        return answer
    if answer.get("error") == "port taken":
        raise PortTakenError(
            f"Port {port} on 127.0.0.1 is taken ({name} needs it): stop the program that uses it, "
            "or move everything with PORT=, for example `make run PORT=9400`."
        )
    raise ChildDiedError(f"{name} cannot start: {answer.get('error')}")


def _first_line(process: subprocess.Popen[bytes], seconds: float) -> bytes | None:
    """The first line of its output, empty when it closed it, None when it stayed silent."""
    if process.stdout is None or not select.select([process.stdout], [], [], seconds)[0]:
        return None
    return process.stdout.readline()


def stop(process: subprocess.Popen[bytes]) -> None:
    """End the process group: SIGTERM, then SIGKILL to what is left after GRACE_SECONDS."""
    _signal_group(process.pid, signal.SIGTERM)
    deadline = time.monotonic() + GRACE_SECONDS
    while _signal_group(process.pid, 0) and time.monotonic() < deadline:
        process.poll()  # collects the leader, so that an empty group is seen as gone
        time.sleep(0.01)
    _signal_group(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _signal_group(group: int, number: int) -> bool:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    return True


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A temporary folder that is gone after the block."""
    folder = Path(tempfile.mkdtemp(prefix="countersign-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def stopping_on_signals() -> Iterator[None]:
    """Turn SIGTERM and Ctrl-C into exceptions, so that every block above closes what it opened."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _leave)
    # A shell that starts a job in the background lets it inherit an ignored Ctrl-C.
    interrupt = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
        signal.signal(signal.SIGINT, interrupt)


def _leave(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)


def _tail(log: Path, lines: int = 5) -> str:
    text = log.read_text(errors="replace") if log.exists() else ""
    return " | ".join(text.strip().splitlines()[-lines:]) or "its log is empty"
