"""A call of some hours whose reader is killed again and again, on the local cloud."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import boto3
import pytest

from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.job import FINISHED, Status
from countersign.domain.policy.calls import every_call
from countersign.domain.policy.proposal import Proposal
from infra.cli.submit import job_of_upload, upload
from infra.local.cloud.fork_server import shown
from infra.local.stand import Plan, Stand, stand

pytestmark = [pytest.mark.cloud, pytest.mark.soak, pytest.mark.timeout(600)]

TURNS, WORDS = 900, 45
KILLS, EVERY = 2, 2.0
"""A visit that is killed a third time is a case, as on AWS."""
ENDS_WITHIN = 400.0
AT_REST = FINISHED | {Status.ESCALATED, Status.FAILED, Status.WAITING_FOR_REVIEW}


def call() -> bytes:
    """Some 40,000 words, by two who speak in turn; nothing is promised."""
    filler = "and more words " * ((WORDS - 6) // 3)
    names = ("Ada", "Ben")
    turns = (f"{names[at % 2]}: We looked at number {at}. {filler}" for at in range(TURNS))
    return "\n\n".join(turns).encode()


def workers(name: str) -> Iterator[int]:
    """The processes that serve a function of this stand."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (folder / "comm").read_text().strip() == shown(name) and ours(int(folder.name)):
                yield int(folder.name)


def ours(pid: int) -> bool:
    """Whether this process started it, or one that it started."""
    while pid > 1 and pid != os.getpid():
        pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return pid == os.getpid()


def played(running: Stand) -> tuple[JobRecord, int]:
    """The call's job at rest, and how many of its readers were killed."""
    name = "transcript_summary/long.txt"
    sent = upload(boto3.client("s3"), running.deps.settings.uploads_bucket, name, call())
    job_id = job_of_upload(running.deps.store, sent)
    killed, deadline = 0, time.monotonic() + ENDS_WITHIN
    while time.monotonic() < deadline:
        held = running.deps.store.load(job_id)
        if held.job.status in AT_REST:
            return held, killed
        if killed < KILLS and "input" in held.results and "proposal" not in held.results:
            for pid in workers(running.function("Propose")):
                os.kill(pid, signal.SIGKILL)
                killed += 1
        running.tick()
        time.sleep(EVERY)
    raise AssertionError(f"{job_id} is still {held.job.status}: {held.job.reason}")


def test_forty_thousand_words_survive_kills_of_who_reads_them() -> None:
    """Every line is accounted for, and no answer is kept twice; a person reads what filler says."""
    with stand(Plan(port=0, real_time=True), lambda _: None) as running:
        held, killed = played(running)
        assert held.job.status is Status.WAITING_FOR_REVIEW, (killed, held.job.reason)
        found, calls = held.result("proposal", Proposal), list(every_call(held.results))
    print(f"{killed} kills, {len(calls)} calls kept, {found.covered:.0%} read")  # noqa: T201 - the figure
    assert killed >= 1
    assert found.covered == 1
    assert len(call().split()) > 38_000
    assert len({one.request for one in calls}) == len(calls)
