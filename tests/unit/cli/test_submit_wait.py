"""`countersign submit --wait`: how the job came to rest, in a line and an exit code."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from countersign.domain.jobs.job import Status
from infra.cli.submit import SubmitError, outcome
from tests.fakes.journey import form
from tests.fakes.world import World
from tests.unit.approvals.test_approval_edit import asked_job
from tests.unit.cli.terminal import Terminal


@contextmanager
def door(status: int, **said: str) -> Iterator[str]:
    """The webhook door on loopback, which answers so; its address."""

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(said).encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the base class
            """Nothing is logged."""

    server = HTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def rests(terminal: Terminal, status: Status, reason: str = "") -> None:
    """The terminal's job stands so."""
    held = terminal.world.store.load(terminal.job)
    job = held.job.model_copy(update={"status": status, "reason": reason})
    terminal.world.store.put(replace(held, job=job))


def submits(terminal: Terminal, file: Path, *words: str) -> tuple[int, str, str]:
    """A form is submitted, and its job awaited."""
    file.write_bytes(form())
    with door(202, job_id=terminal.job) as terminal.url:
        return terminal.types("submit", str(file), "--workflow", "lead_intake", *words)


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    ("status", "reason", "code"),
    [
        (Status.COMPLETED, "", 0),
        (Status.WAITING_FOR_REVIEW, "", 0),
        (Status.REJECTED, "the reply was rejected", 1),
        (Status.FAILED, "a step broke", 1),
        (Status.ESCALATED, "", 1),
    ],
)
def test_the_outcome_is_the_last_line_and_the_exit_code(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, status: Status, reason: str, code: int
) -> None:
    """What the door said is the output; beside it stands how the job came to rest, why, and whom it
    waits for; 0 for what is complete or waits for a signature, else 1."""
    terminal = Terminal(capsys)
    rests(terminal, status, reason)
    ended, out, err = submits(terminal, tmp_path / "event.json", "--wait", "5")
    (last,) = err.splitlines()
    assert (ended, out) == (code, f"202 job {terminal.job}\n")
    assert last.startswith(status)
    assert reason in last
    if status is Status.ESCALATED:
        assert "sales-ops" in last


@pytest.mark.enable_socket
def test_without_waiting_and_of_what_is_refused_nothing_is_told_of_an_outcome(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The door's answer alone: 0 where a job came of it, 1 and why where none did."""
    terminal, file = Terminal(capsys), tmp_path / "event.json"
    assert submits(terminal, file) == (0, f"202 job {terminal.job}\n", "")
    with door(400, message="name: is missing") as terminal.url:
        code, out, err = terminal.types(
            *("submit", str(file), "--workflow", "lead_intake", "--wait", "5")
        )
    assert (code, "name: is missing" in out + err) == (1, True)


def test_a_job_that_waits_for_a_signature_is_at_rest() -> None:
    """It is told at once, without a look too many."""
    world, journey = asked_job()
    record = outcome(world.store, journey.job_id, 5, sleep=_never)
    assert record.job.status is Status.WAITING_FOR_REVIEW


def test_a_job_that_never_comes_to_rest_is_told_with_what_to_do() -> None:
    """Nothing is there at all: after the seconds it says so."""
    world, times = World(lambda _: {}), iter((0.0, 1.0, 2.0, 6.0))
    with pytest.raises(SubmitError, match=r"not come to rest after 5 s: `countersign show`"):
        outcome(world.store, "j-nobody", 5, sleep=lambda _: None, clock=lambda: next(times))


def _never(_: float) -> None:
    raise AssertionError("it waited")
