"""One decision, whoever comes at the same time and whatever fails after it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from countersign.domain.errors import InternalError, StoreConflict, Unavailable
from countersign.domain.jobs import audit
from countersign.domain.jobs.change import Change, JobRecord
from countersign.domain.jobs.job import Job
from tests.fakes.store import FakeStore
from tests.fakes.world import ANA
from tests.unit.web.visitor import Browser
from tests.unit.web.waiting import APPROVAL, JOB, TOKEN, approval, tampered, waiting

ROUNDS = 20
THREADS = 8
TO_CHANGE = 2
"""Which read of a request the change is made of."""


class Meeting(FakeStore):
    """Makes the writers meet: nobody writes before everybody has read what they change, after the
    page's own read."""

    def __init__(self, writers: int) -> None:
        super().__init__()
        self._barrier = threading.Barrier(writers)
        self._met = threading.local()
        self.meets = False

    def load(self, job_id: str) -> JobRecord:
        """As the port."""
        record = super().load(job_id)
        if self.meets:
            self._met.reads = getattr(self._met, "reads", 0) + 1
            if self._met.reads == TO_CHANGE:
                self._barrier.wait(10)
        return record


class Forgetful(Meeting):
    """A naive store: the last writer wins."""

    def write(self, before: Job, after_: Job, entry: audit.Entry, change: Change) -> None:
        """As the port, without its condition."""
        now = super().load(before.job_id)
        super().write(
            now.job, after_, entry.model_copy(update={"number": len(now.audit) + 9}), change
        )


def raced(store: Meeting) -> list[int]:
    """Both approvers submit at once, half approve and half reject; the statuses they get."""
    world = waiting(store=store)
    browsers = [Browser(world, "ana" if n % 2 else "ben") for n in range(THREADS)]
    statuses: list[int] = []
    for browser in browsers:
        browser.opens()
    store.meets = True

    def submit(browser: Browser, number: int) -> None:
        form = browser.filled("approve" if number % 2 else "reject", reason=f"because {number}")
        statuses.append(browser.posts(form).status)

    threads = [
        threading.Thread(target=submit, args=(browser, n)) for n, browser in enumerate(browsers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store.meets = False
    return sorted(statuses)


def test_simultaneous_submits_give_one_decision() -> None:
    """Of eight submits at once one is recorded; all others learn that it was decided."""
    for _ in range(ROUNDS):
        store = Meeting(THREADS)
        assert raced(store) == [303] + [409] * (THREADS - 1)
        held = store.load(JOB)
        assert [e.event for e in held.audit].count("decided by a person") == 1


@pytest.mark.control
def test_race_sees_a_store_without_condition() -> None:
    """Control: with a store where the last writer wins, several submits think they decided."""
    assert raced(Forgetful(THREADS)).count(303) > 1


@pytest.mark.parametrize("error", [Unavailable("no answer"), InternalError("x"), KeyError("x")])
def test_lost_callback_loses_no_decision(error: Exception) -> None:
    """When the execution cannot be told, the approver sees the decision and a due row stays."""
    world = waiting()
    world.executions.broken = error
    ana = Browser(world)
    ana.opens()
    assert ana.posts(ana.filled()).status == 303
    assert approval(world).decision is not None
    assert set(world.store.load(JOB).due) == {"callback"}
    assert "Your decision is recorded" in ana.opens().body


def test_who_may_not_reads_why_and_nothing_is_called_damaged(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Somebody who may not decide keeps the form, with the reason, and no alarm is raised."""
    world = waiting()
    ana = Browser(world)
    ana.opens()
    held = world.store.load(JOB)
    own = approval(world).model_copy(update={"requester": ANA.address})
    world.store.put(replace(held, approvals={APPROVAL: own}))
    assert ana.posts(ana.filled()).status == 422
    assert "This cannot be recorded: nobody approves their own request." in ana.page
    assert "ApprovalsDamaged" not in capsys.readouterr().out


@pytest.mark.control
def test_bytes_that_moved_are_called_damaged(capsys: pytest.CaptureFixture[str]) -> None:
    """Control: what nobody may sign is the other answer of the same gate, with its alarm."""
    world = waiting()
    ana = Browser(world)
    ana.opens()
    tampered(world, 2, body=world.store.load(JOB).ledger[2].body.replace("Dear", "Hi"))
    assert ana.posts(ana.filled()).status == 409
    assert "Nothing can be signed here" in ana.page
    assert "ApprovalsDamaged" in capsys.readouterr().out


def test_execution_that_waits_no_more_frightens_nobody() -> None:
    """A token nobody waits for any more changes nothing for the approver."""
    world = waiting()
    world.executions.waiting.clear()
    ana = Browser(world)
    ana.opens()
    assert ana.posts(ana.filled()).status == 303


class Conflicting(FakeStore):
    """Conflicts `times` times; `applied`: the write had landed and only its answer was lost."""

    def __init__(self, times: int, *, applied: bool = False) -> None:
        super().__init__()
        self.times, self.applied, self.armed = times, applied, False

    def write(self, before: Job, after_: Job, entry: audit.Entry, change: Change) -> None:
        """As the port."""
        if not self.armed or not self.times:
            super().write(before, after_, entry, change)
            return
        self.times -= 1
        if self.applied:
            super().write(before, after_, entry, change)
        raise StoreConflict("somebody wrote first")


@pytest.mark.parametrize(
    ("store", "status", "writes"),
    [
        (lambda: Conflicting(2), 303, 1),
        (lambda: Conflicting(1, applied=True), 303, 1),
        (lambda: Conflicting(99), 503, 0),
    ],
)
def test_conflicts_are_read_again(
    store: Callable[[], Conflicting], status: int, writes: int
) -> None:
    """Two conflicts are overcome, our own landed write is recognised, and endless ones say so."""
    held = store()
    world = waiting(store=held)
    ana = Browser(world)
    ana.opens()
    held.armed = True
    assert ana.posts(ana.filled()).status == status
    assert world.store.writes == writes
    assert world.executions.succeeded == [TOKEN] * writes


def test_token_stays_in_the_back_end(caplog: pytest.LogCaptureFixture) -> None:
    """Neither pages, headers nor logs of a whole decision carry the token or a link's secret."""
    world = waiting()
    ana, ben = Browser(world), Browser(world, "ben")
    seen = [ana.opens(), ben.opens(), ana.posts(ana.filled()), ana.opens(), ben.posts(ben.filled())]
    pages = "".join(r.body + str(r.headers) + str(r.cookies) for r in seen)
    logs = "".join(str(vars(entry)) for entry in caplog.records)
    assert TOKEN not in pages + logs
    assert "decided by a person" in logs
    assert "secret-of" not in logs + "".join(r.body for r in seen)
