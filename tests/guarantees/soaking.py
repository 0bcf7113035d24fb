"""A long run of jobs of all workflows on the local cloud, whose workers are killed and paused.

Senders, a colleague who signs, and whoever kills are threads of the test; everything else is the
whole stand, with one process for each worker. What became of the jobs is judged by the journals of
the outside systems and by what the senders were answered.
"""

from __future__ import annotations

import io
import os
import random
import signal
import threading
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import httpx

from countersign.connectors.http import certificates
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.handing import children
from countersign.domain.jobs.inbox import open_case
from countersign.domain.jobs.job import ENDED, Status
from countersign.domain.ledger.entry import NOT_BEGUN, ActionStatus
from infra.cli.clock import moved
from infra.cli.submit import SubmitError
from infra.local.front.samples import Sample, samples
from infra.local.payments.store import PaymentsStore
from infra.local.player.signer import Signer, SignError
from infra.local.stand import Stand
from infra.settings import load

IN_FLIGHT, DOORS = 60, 4
TICK_EVERY, LOOK_EVERY, WEIGH_EVERY = 2.0, 2.0, 10.0
BETWEEN_KILLS, PAUSE = (0.5, 4.0), (1.0, 8.0)
"""Seconds, both drawn evenly."""
GLANCE = 0.05
GROUP, USER, SYSTEM = 2, 11, 12
"""Where they stand in `/proc/<pid>/stat`, after the name (proc(5))."""
STILL, HOUR = 30, "+61m"
"""Looks at which everything is parked, and what passes then: a mail of a campaign of which nobody
knows whether it left waits an hour for its delivery."""
ENDS_WITHIN = 900.0
"""Seconds after the last one was sent."""
NEVER_BEGUN = NOT_BEGUN | {
    *(ActionStatus.REJECTED, ActionStatus.EXPIRED, ActionStatus.FORBIDDEN, ActionStatus.DROPPED)
}

Made = Callable[[bytes, int], bytes]


def _with(old: str, new: str) -> Made:
    """The event again, of somebody else: `new` with its number, wherever `old` stands."""

    def made(body: bytes, number: int) -> bytes:
        assert old.encode() in body
        return body.replace(old.encode(), new.format(number).encode())

    return made


def _another_list(body: bytes, number: int) -> bytes:
    """A campaign's two files, to other contacts."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as held, zipfile.ZipFile(made, "w") as again:
        for name in held.namelist():
            again.writestr(name, held.read(name).replace(b"\na", b"\nn%da" % number))
    return made.getvalue()


def _again(body: bytes, _: int) -> bytes:
    return body


@dataclass(frozen=True)
class Kind:
    """An event of `events/` that can come any number of times; of a hundred jobs, so many."""

    event: str
    share: int
    made: Made


KINDS = (
    Kind("01-web-form-complete", 30, _with("anna.lindner@", "anna.{}@")),
    Kind("25-consent-refused", 20, _with("@", ".{}@")),
    Kind("31-refund-small", 22, _with("1042", "R{}")),
    Kind("60-desk-outage-goes-to-support", 10, _with("tom.reyes@", "tom.{}@")),
    Kind("101-call-without-a-promise", 4, _again),
    Kind("121-plan-signed", 4, _with("Aurora 2", "Aurora {}")),
    Kind("141-annotations-in-order", 3, _again),
    Kind("151-smoke-test", 2, _again),
    Kind("162-agent-sends-a-part", 4, _with("hinge, left", "hinge {}")),
    Kind("170-campaign-signed", 1, _another_list),
)


def dealt(kinds: Sequence[Kind], jobs: int, dice: random.Random) -> list[Sample]:
    """So many events of these kinds, each at least once, in a drawn order."""
    known = {one.name: one for one in samples()}
    more = dice.choices(kinds, [kind.share for kind in kinds], k=jobs - len(kinds))
    each = [*kinds, *more]
    dice.shuffle(each)
    return [_numbered(known[kind.event], kind.made, at) for at, kind in enumerate(each)]


def _numbered(event: Sample, made: Made, number: int) -> Sample:
    body = made(event.load(), number)
    if event.expect.workflow == "refund_request":
        body = body.replace(b"ada.quill@", b"ada.%d@" % number).replace(b"4990", b"100")
    return replace(event, name=f"{event.name}-{number}", load=lambda: body)


def paid(database: Path, jobs: int) -> None:
    """The orders that refunds are asked for, paid a while ago by whoever asks."""
    store = PaymentsStore(database, time.time)
    with store.transaction():
        for number in range(jobs):
            who = {"customer": f"cus_{number}", "email": f"ada.{number}@example.com"}
            store.add_charge(f"R{number}", 4_990, "eur", name="Ada Quill", **who)
    store.close()


@dataclass
class Soak:
    """One run: who sent what, which job came of it, and what was done to the workers."""

    running: Stand
    dice: random.Random
    whom: str = ""
    """How the names of the workers begin that are killed."""
    sent: dict[str, Sample] = field(default_factory=dict)
    """By the job that came of it."""
    refused: list[str] = field(default_factory=list)
    strikes: Counter[str] = field(default_factory=Counter)
    ended: list[float] = field(default_factory=list)
    """When, in seconds since the beginning."""
    weights: list[tuple[float, int]] = field(default_factory=list)
    """Seconds since the beginning, and the kilobytes of the emulator and of all workers."""
    _open: set[str] = field(default_factory=set)
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    _begun: float = field(default_factory=time.monotonic)
    _over: threading.Event = field(default_factory=threading.Event)

    def plays(self, events: Sequence[Sample], say: Callable[[str], None]) -> None:
        """Send everything, a few in flight, until all of it has come to rest."""
        with self._threads(), ThreadPoolExecutor(DOORS) as doors:
            waiting, still = list(events), 0
            doing: set[Future[None]] = set()
            deadline = time.monotonic() + ENDS_WITHIN
            while (waiting or doing or self._open) and time.monotonic() < deadline:
                waits = self._look()
                doing = {one for one in doing if not one.done() or one.result()}
                while waiting and len(self._open) + len(doing) < IN_FLIGHT:
                    doing.add(doors.submit(self._send, waiting.pop()))
                    deadline = time.monotonic() + ENDS_WITHIN
                still = still + 1 if waits and not (waiting or doing) else 0
                if still == STILL:
                    moved(self.running.deps, HOUR)
                say(f"{len(self.sent)} sent, {len(self._open)} in flight, {dict(self.strikes)}")
                time.sleep(LOOK_EVERY)

    def _send(self, event: Sample) -> None:
        """As senders do: the same event again, until a door has taken it."""
        for _ in range(40):
            with suppress(SubmitError, httpx.HTTPError):
                job_id = self.running.sender.send(event, "soak").job_id
                if job_id:
                    self.sent[job_id] = event
                    self._open.add(job_id)
                    return
            time.sleep(1.0)
        self.refused.append(event.name)

    def _look(self) -> bool:
        """Whether what has not come to rest only waits for its time."""
        held = [self.running.deps.store.load(job_id) for job_id in list(self._open)]
        for record in filter(at_rest, held):
            self._open.discard(record.job.job_id)
            self.ended.append(time.monotonic() - self._begun)
        return {one.job.status for one in held if not at_rest(one)} <= {Status.PARKED}

    @contextmanager
    def _threads(self) -> Iterator[None]:
        doing = (self._kills, self._signs, self._ticks, self._weighs)
        threads = [threading.Thread(target=one, name=one.__name__) for one in doing]
        for one in threads:
            one.start()
        try:
            yield
        finally:
            self._over.set()
            for one in threads:
                one.join()

    def _kills(self) -> None:
        while not self._over.wait(self.dice.uniform(*BETWEEN_KILLS)):
            before = {one.pid: one.work for one in workers(self.running)}
            self._over.wait(GLANCE)
            known = [one for one in workers(self.running) if one.name.startswith(self.whom)]
            # Most processes wait for their next call: first those that do something.
            busy = [one for one in known if before.get(one.pid, one.work) != one.work]
            if known:
                strikes = self._killed if self.dice.random() < 0.5 else self._paused
                with suppress(ProcessLookupError):
                    strikes(self.dice.choice(busy or known))

    def _killed(self, worker: Worker) -> None:
        os.kill(worker.pid, signal.SIGKILL)
        self.strikes[f"killed {worker.name}"] += 1

    def _paused(self, worker: Worker) -> None:
        os.kill(worker.pid, signal.SIGSTOP)
        self.strikes[f"paused {worker.name}"] += 1
        self._over.wait(self.dice.uniform(*PAUSE))
        os.kill(worker.pid, signal.SIGCONT)

    def _signs(self) -> None:
        """A colleague approves what is asked, by the links in the mails."""
        signer, done = Signer(self.running.url), set[str]()
        while not self._over.wait(LOOK_EVERY):
            with suppress(httpx.HTTPError):
                for mail in self.running.mailbox.all():
                    for link in set(mail.links) - done:
                        with suppress(SignError, httpx.HTTPError):
                            signer.answer(link, "approve", "")
                            done.add(link)

    def _ticks(self) -> None:
        while not self._over.wait(TICK_EVERY):
            self.running.tick()

    def _weighs(self) -> None:
        forks = self.running.cloud.forks.process.pid
        while not self._over.wait(WEIGH_EVERY):
            pids = [
                self.running.cloud.emulator.process.pid,
                forks,
                *(one.pid for one in workers(self.running)),
            ]
            weight = sum(map(_kilobytes, pids))
            self.weights.append((time.monotonic() - self._begun, weight))


class Worker(NamedTuple):
    """A process of a function: `name` are the function's last letters, `work` its CPU time."""

    pid: int
    name: str
    work: int


def workers(running: Stand) -> Iterator[Worker]:
    """Those that are there now."""
    forks = running.cloud.forks.process.pid
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            name, _, rest = (folder / "stat").read_text().partition("(")[2].rpartition(")")
            fields = rest.split()
            # What only loads code for others has the interpreter's own name.
            if int(fields[GROUP]) == forks and not name.startswith("python"):
                worked = int(fields[USER]) + int(fields[SYSTEM])
                yield Worker(int(folder.name), name.rpartition("-")[2], worked)


def _kilobytes(pid: int) -> int:
    """What is its own; shared pages are counted by their share."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0


def at_rest(record: JobRecord) -> bool:
    """Whether it has ended, or is some named person's."""
    case = open_case(record)
    return record.job.status in ENDED or bool(case and case.owner)


def acted(record: JobRecord) -> bool:
    """Whether at least one of its actions was begun."""
    return any(one.status not in NEVER_BEGUN for one in record.ledger)


def standstills(record: JobRecord) -> list[tuple[datetime, float]]:
    """When it went on, and the seconds since the entry before; but for where a person was asked,
    or a mail's delivery was waited for."""
    return [
        (later.at, (later.at - one.at).total_seconds())
        for one, later in pairwise(record.audit)
        if not later.actor.startswith("person:") and later.at - one.at < timedelta(hours=1)
    ]


@dataclass(frozen=True)
class Effects:
    """What the outside systems hold, by the key of the action."""

    by_key: Counter[str]
    mails: Counter[str]
    """To people outside, by address and subject."""
    texts: Counter[str]
    """What channels were told."""

    @classmethod
    def of(cls, running: Stand) -> Effects:
        """Read from the journals and the mailbox."""
        crm, pushes = (
            httpx.get(f"{running.url}/{name}/journal.json", verify=certificates(), timeout=60.0)
            for name in ("crm", "push")
        )
        journals = [*running.provider.journal(), *running.shop.journal()]
        journals += [one for one in crm.json()["entries"] if one["method"] == "POST"]
        members = running.deps.people.directory().members
        ours = {one.person.address for one in members} | {load("local").case_owner.address}
        mails = [(mail, to) for mail in running.mailbox.all() for to in set(mail.to) - ours]
        return cls(
            Counter(str(one["key"]) for one in journals if one["key"]),
            Counter(f"{to} {mail.subject}" for mail, to in mails),
            Counter(str(one["text"]) for one in pushes.json()["entries"]),
        )


def faults(soak: Soak, records: Mapping[str, JobRecord], effects: Effects) -> dict[str, list[str]]:
    """What is lost and what is twice, each in words."""
    jobs = list(records.values())
    held = {entry.key: entry for record in jobs for entry in record.ledger}
    verified = [e for e in held.values() if e.status is ActionStatus.VERIFIED]
    once = {"crm.create_lead", "crm.create_task", "payments.refund", "shop.send_part"}
    return {
        "lost": [
            *(f"{name} was taken by no door" for name in soak.refused),
            *(_stands(one) for one in jobs if not at_rest(one)),
            *(
                f"{one.action} is verified and nowhere: {one.key}"
                for one in verified
                if one.action in once and not effects.by_key[one.key]
            ),
        ],
        "twice": [
            *(f"{key} took effect {n} times" for key, n in effects.by_key.items() if n > 1),
            *(f"{key} is no action's" for key in effects.by_key if key not in held),
            *(f"mailed {n} times: {mail}" for mail, n in effects.mails.items() if n > 1),
        ],
    }


def _stands(record: JobRecord) -> str:
    return f"{record.job.workflow} {record.job.job_id} is {record.job.status} for ever"


def family(running: Stand, job_ids: Sequence[str]) -> dict[str, JobRecord]:
    """The records of the jobs and of those that they handed over."""
    store = running.deps.store
    own = {job_id: store.load(job_id) for job_id in job_ids}
    handed = [job_id for record in own.values() for job_id, *_ in children(record)]
    return own | {job_id: store.load(job_id) for job_id in handed}
