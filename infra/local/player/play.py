"""Plays every event in `events/` through the doors and compares how each ends."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.markup import escape

from countersign.connectors.http import certificates
from countersign.domain.jobs.job import FINISHED
from countersign.domain.jobs.senders import named
from countersign.jobs import rejected
from countersign.jobs.rollback import roll_back
from countersign.lane.files import LaneFiles
from infra.cli.submit import DoorAnswer, SubmitError
from infra.local.cloud import deployer
from infra.local.front.samples import EventsError, HandedOver, RolledBack, Sample, TakenUp
from infra.local.function_logs import counted, troubles
from infra.local.people import addresses, unreachable
from infra.local.player import budgets, checks, documents, links, neglect
from infra.local.player.attending import Attending
from infra.local.player.played import Played, table, verdict, write
from infra.local.player.signer import Signer, SignError
from infra.local.rights import calls
from infra.local.stand import Stand
from infra.settings import load

AT_ONCE = 4
ENDS_WITHIN = 90.0
"""Seconds for one event, on a machine with two slow cores."""
POLL = 0.5
TICK_EVERY = 2.0

_log = logging.getLogger(__name__)


def play(running: Stand, console: Console, chosen: Sequence[Sample], result: Path) -> int:
    """0 when every event ended where its expectation says, with nothing more and nothing less;
    `result` gets how each of them went."""
    events = tuple(sorted(chosen, key=lambda one: (_is_alone(one), _is_neglected(one))))
    _check_order(events)
    for line in running.rewrites:
        console.print(f"[dim]rewrite: {escape(line)}[/]", soft_wrap=True)
    console.print(
        f"\nPlaying {len(events)} events, {AT_ONCE} at once; time is run every {TICK_EVERY:g} s."
    )
    with closing(_Player(running, console)) as player:
        with _ticking(running):
            played = player.all(events)
        strays = player.strays(played)
    made = calls.taken(running.cloud.endpoint, running.cloud.scratch)
    strays += [*troubles(running.cloud.endpoint), *calls.refused(made)]
    write(played, result)
    console.print(table(played))
    return verdict(console, played, strays)


class _Player:
    def __init__(self, running: Stand, console: Console) -> None:
        self._running = running
        self._console = console
        self._signer = Signer(running.url)
        self._web = httpx.Client(base_url=running.url, timeout=30.0, verify=certificates())
        self._run = secrets.token_hex(4)
        self._stop = threading.Event()

    def close(self) -> None:
        """Close its connections."""
        self._web.close()

    def all(self, events: tuple[Sample, ...]) -> list[Played]:
        """Events wait only for those they name, which come before them; one with a fault, a spent
        budget or people out of reach waits for all, since that befalls whoever comes next."""
        begun: dict[str, Future[Played]] = {}
        with ThreadPoolExecutor(AT_ONCE) as pool:
            try:
                for sample in events:
                    names = tuple(begun) if _is_alone(sample) else sample.expect.after
                    before = [begun[name] for name in names]
                    begun[sample.name] = pool.submit(self._one, sample, before)
                return [future.result() for future in begun.values()]
            except BaseException:
                self._stop.set()
                pool.shutdown(cancel_futures=True)
                raise

    def strays(self, played: list[Played]) -> list[str]:
        """Effects that belong to nothing that was signed, and links in mails that lead nowhere."""
        ids = [job_id for one in played for job_id in (one.job_id, *one.children) if job_id]
        jobs = [self._job(job_id) for job_id in ids]
        members = self._running.deps.people.directory().members
        internal = frozenset((*addresses(members), load("local").case_owner.address))
        runs, letters = list(self._runs(ids)), list(self._letters(ids))
        held = replace(self._journals(), runs=runs, letters=letters)
        people = frozenset(member.person.address for member in members)
        reader = links.Reader(self._running.url, self._mails, people)
        with closing(reader):
            dead = links.dead(held.mails, self._running.url, reader.follow)
        return [*checks.strays(jobs, held, internal), *dead]

    def _runs(self, job_ids: Iterable[str]) -> Iterator[dict[str, Any]]:
        """The last run over the items of each job's file."""
        for job_id in job_ids:
            run = self._running.deps.lanes.run(job_id)
            if run:
                told = {"rows": run.seen.rows, "left": run.seen.left}
                yield {"job": job_id, "plan": run.plan, **told}

    def _letters(self, job_ids: Iterable[str]) -> Iterator[checks.Letter]:
        """Of whom each campaign knows that a message was handed over."""
        deps = self._running.deps
        for job_id in job_ids:
            run = deps.lanes.run(job_id)
            plan = LaneFiles(deps.payloads, job_id).plan(run.plan) if run and run.terms else None
            for batch in plan.batches if plan else ():
                held = deps.campaigns.messages(job_id, batch.number).values()
                yield from ((one.contact, one.token) for one in held if one.is_known)

    def _mails(self) -> list[dict[str, Any]]:
        """All mails, newest first."""
        mails: list[dict[str, Any]] = self._json("/mailbox.json")["messages"]
        return mails

    def _one(self, sample: Sample, before: list[Future[Played]]) -> Played:
        for earlier in before:
            earlier.result()
        played, started = Played(sample), time.monotonic()
        try:
            deps, gone = self._running.deps, sample.expect.unreachable
            with self._fault(sample), unreachable(deps.people, gone):
                if sample.expect.budget:
                    budgets.use_up(deps, sample.expect.workflow)
                self._through(played, started)
        except (SubmitError, SignError, httpx.HTTPError) as error:
            _log.exception("%s", sample.name)
            played.faults.append(f"{type(error).__name__}: {error}")
        played.seconds = time.monotonic() - started
        mark = "[red]✗[/]" if played.faults else "[green]✓[/]"
        self._console.print(f"{mark} {sample.name} {played.status} {played.seconds:.1f} s")
        return played

    def _through(self, played: Played, started: float) -> None:
        sample = played.sample
        sent = self._running.sender.send(sample, self._run)
        played.job_id = sent.job_id
        statuses = [answer.status for answer in sent.answers]
        played.faults += checks.answers(sample.expect, statuses, [a.job_id for a in sent.answers])
        told = [answer.body.get("problems", ()) for answer in sent.answers]
        played.faults += checks.untold(sample.expect, told)
        if not sent.job_id:
            played.faults += [] if sample.expect.status is None else ["no job came of it"]
            return
        job = self._ended(sample, sent.job_id, started + ENDS_WITHIN)
        played.status, played.waits_for = job["status"], job["waits_for"]
        played.faults += checks.outcome(sample.expect, job, self._journals())
        played.faults += checks.handed_over(sample.expect, job)
        if self._hears(sample) and job["status"] in FINISHED:
            played.faults += self._told(job, started + ENDS_WITHIN)
        asked = [self._json(one.body["status_url"]) for one in sent.answers if _has_address(one)]
        played.faults += checks.standing(job, asked)
        for wanted, one in zip(sample.expect.children, job["children"], strict=False):
            self._child(played, wanted, one["job_id"], started + ENDS_WITHIN)

    def _child(self, played: Played, wanted: HandedOver, job_id: str, deadline: float) -> None:
        """A job that the event's job handed over: played to its end like that one."""
        played.children.append(job_id)
        expect = checks.of_child(played.sample.expect, wanted)
        job = self._ended(replace(played.sample, expect=expect), job_id, deadline)
        faults = [*checks.outcome(expect, job, self._journals()), *checks.cased(wanted, job)]
        faults += self._neglected(job_id) if wanted.neglected and not faults else []
        played.faults += [f"{wanted.to}: {one}" for one in faults]

    def _neglected(self, job_id: str) -> list[str]:
        """What is wrong with what becomes of its case while nobody takes it up. Time that is moved
        on is everybody's: each time, all open cases of the run are told of, and this one waits."""
        deps, endpoint = self._running.deps, self._running.cloud.endpoint
        case = deps.store.load(job_id).case
        if case is None:
            return ["it has no case"]
        present = deps.people.directory().present(case.owner, deps.clock.now())
        left = neglect.Neglected(
            case,
            frozenset(member.person.address for member, _ in present),
            load("local").case_owner.address,
            lambda: self._json("/mailbox.json")["messages"],
            partial(counted, endpoint, neglect.ALARM),
            lambda holds: self._comes(time.monotonic() + ENDS_WITHIN, holds),
        )
        with neglect.time(deps) as at:
            return left.faults(at)

    def _comes(self, deadline: float, holds: Callable[[], bool]) -> bool:
        """Whether it comes to hold in time."""
        while not holds():
            if time.monotonic() > deadline or self._stop.is_set():
                return False
            time.sleep(POLL)
        return True

    def _ended(self, sample: Sample, job_id: str, deadline: float) -> dict[str, Any]:
        """The job when it has ended, or when its time is over; signs on the way."""
        here = self._running
        people = Attending(
            sample.expect,
            self._signer,
            here.provider,
            here.colleague,
            self._address,
            self._order,
            partial(budgets.add, here.deps, sample.expect.workflow),
            self._take_up,
            self._answer,
        )
        while True:
            job = self._job(job_id)
            if (
                checks.is_over(sample.expect, job)
                or time.monotonic() > deadline
                or self._stop.is_set()
            ):
                return job
            people.look(job)
            time.sleep(POLL)

    def _hears(self, sample: Sample) -> bool:
        """Whether its sender's own system is told how it ended."""
        row = named(load("local").senders, sample.expect.sender)
        return sample.expect.door == "webhook" and row is not None and bool(row.outcomes_to)

    def _told(self, job: dict[str, Any], deadline: float) -> list[str]:
        """What is wrong with what it was told, which comes by the next tick."""

        def faults() -> list[str]:
            return checks.told_once(job, self._json("/partner/journal.json")["entries"])

        return [] if self._comes(deadline, lambda: not faults()) else faults()

    @contextmanager
    def _fault(self, sample: Sample) -> Iterator[None]:
        """The event's fault, and afterwards none, also when it befell nobody."""
        fault = sample.expect.fault
        if fault is None:
            yield
            return
        provider = self._running.shop if fault.system == "shop" else self._running.provider
        provider.fails(fault)
        try:
            yield
        finally:
            provider.works()

    def _address(self, person_id: str) -> str:
        member = self._running.deps.people.directory().member(person_id)
        if member is None:
            raise SignError(f"there is nobody with the id {person_id}")
        return member.person.address

    def _order(self, job_id: str, wanted: RolledBack) -> None:
        roll_back(self._running.deps, job_id, by=wanted.by, reason=wanted.reason)

    def _take_up(self, job_id: str, wanted: TakenUp) -> None:
        """What the job's page does."""
        deps = self._running.deps
        if wanted.team:
            rejected.hand_to(deps, job_id, wanted.team, by=wanted.by, words=wanted.why)
            return
        fixed = rejected.suggested(deps, deps.store.load(job_id))
        typed = {"subject": fixed["subject"], "text": wanted.text or fixed["text"]}
        rejected.answer(deps, job_id, typed, by=wanted.by)

    def _answer(self, job_id: str, text: str) -> None:
        """What the mailbox's form does."""
        sender = self._running.sender
        asked = next((m for m in self._running.mailbox.all() if sender.asked_by(m) == job_id), None)
        if asked is None:
            raise SignError(f"no mail of {job_id} can be answered")
        sender.answer(asked, text)

    def _job(self, job_id: str) -> dict[str, Any]:
        return self._json(f"/jobs/{job_id}.json")

    def _journals(self) -> checks.Journals:
        return checks.Journals(
            crm=self._json("/crm/journal.json")["entries"],
            payments=self._running.provider.journal(),
            pushes=self._json("/push/journal.json")["entries"],
            shop=self._running.shop.journal(),
            mails=self._mails(),
            documents=documents.journal(
                deployer.client("s3", self._running.cloud.endpoint),
                self._running.deps.settings.payloads_bucket,
            ),
        )

    def _json(self, path: str) -> dict[str, Any]:
        answer = self._web.get(path)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found


def _has_address(answer: DoorAnswer) -> bool:
    return "status_url" in answer.body


def _is_alone(sample: Sample) -> bool:
    one = sample.expect
    befalls = one.fault is not None or bool(one.unreachable) or one.budget is not None
    return befalls or _is_neglected(sample)


def _is_neglected(sample: Sample) -> bool:
    """Whether time passes for everybody while it is played."""
    return any(one.neglected for one in sample.expect.children)


def _check_order(events: tuple[Sample, ...]) -> None:
    """An event that waits for a later one would wait for ever."""
    seen: set[str] = set()
    for sample in events:
        missing = set(sample.expect.after) - seen
        if missing:
            raise EventsError(f"events/{sample.name} comes after {', '.join(sorted(missing))}")
        seen.add(sample.name)


@contextmanager
def _ticking(running: Stand) -> Iterator[None]:
    """The schedule fires every minute; here time is short, so it is also run in between."""
    over = threading.Event()

    def tick() -> None:
        while not over.wait(TICK_EVERY):
            try:
                running.tick()
            except Exception:  # noqa: BLE001 - time goes on; the log has it
                _log.exception("tick")

    thread = threading.Thread(target=tick, name="tick")
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
