"""The whole pipeline in one process, on the fakes: doors, queue, machine, pages and clock, each
moved by itself, so that a test may put them in any order.

Step Functions is played state by state (see playing.py); a process that is killed is begun anew
with nothing in memory; the queue gives a message again until it was worked through.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from types import SimpleNamespace
from typing import Any, Literal, cast

from countersign.definition import ASK_BACKSTOP_SECONDS
from countersign.domain.approvals.approval import Approval, Person
from countersign.domain.errors import Ambiguous, CountersignError, Throttled, Unavailable
from countersign.domain.jobs.cases import Way
from countersign.domain.jobs.change import JobRecord
from countersign.domain.limits.budgets import Budgets, Most
from countersign.domain.limits.pace import RateLimit
from countersign.domain.mail import Email
from countersign.domain.ports import ModelRequest
from countersign.domain.workflow import Workflow
from countersign.entrypoints.execution_events import record_end
from countersign.entrypoints.start import start
from countersign.entrypoints.tick import tick
from countersign.jobs import cases
from countersign.jobs.pausing import pause, resume
from countersign.jobs.rollback import roll_back
from countersign.runtime.deps import Deps
from countersign.runtime.step import Call
from tests.answers import shop
from tests.fakes.deliveries import Delivery
from tests.fakes.journey import Journey
from tests.fakes.payments import FakePayments
from tests.fakes.store import Crash
from tests.fakes.world import ANA, BEN, FakeClock, FakeModel, World
from tests.guarantees.playing import Execution
from tests.guarantees.signing import Waiting
from tests.unit.steps import refunds
from tests.unit.web.visitor import Browser
from workflows import WORKFLOWS

LIMIT = RateLimit(requests=100, seconds=10)
PACED = ("crm-read", "crm-write", "payments-read", "payments-write")
ROOM = 1_000_000
"""Tokens of a day, where nobody is poor."""
ORDERS = {"1030": 1_900, "1042": 4_590, "1050": 12_000, "1060": 70_000}
"""What was paid, in cents: for one that runs by itself, one that does where a language model read
it, one that a person signs, and one of two."""
SES = "ses-inbound"

Door = Literal["webhook", "upload"]


@dataclass(frozen=True)
class Sent:
    """A message that somebody sent, as often as it takes until it is accepted."""

    event: str
    body: bytes
    workflow: str
    door: Door

    @property
    def key(self) -> str:
        """Where it lies, if it is a mail."""
        folder = "inbox" if self.workflow == "front_desk" else self.workflow
        return f"{folder}/{self.event}.eml"


class ReadByEach(FakeModel):
    """Answers as the plain reader of the workflow that asks."""

    def _by_function(self, request: ModelRequest) -> str:
        shown = next(text for role, text in request.messages if role == "user")
        return _read(request.schema_name, shown)


@cache
def _read(workflow: str, shown: str) -> str:
    return json.dumps(WORKFLOWS[workflow].offline(shown))


class ExitError(Exception):
    """Lambda's word for a function whose process is gone."""


ExitError.__name__ = "Runtime.ExitError"


class Machine(Execution):
    """An execution whose functions may be killed, and whose forgotten token ends."""

    def __init__(self, pipeline: Pipeline, name: str, job_id: str) -> None:
        super().__init__(pipeline, name, job_id)
        self._pipeline = pipeline

    def may_go_on(self) -> bool:
        """As an execution; a token that nobody used for sixty days is given up."""
        if self.token and self._pipeline.clock.now() >= self._asked + BACKSTOP:
            self._enters("Look")
        return super().may_go_on()

    def _visits(self, state: str) -> dict[str, Any]:
        self._asked = self._pipeline.clock.now()
        try:
            return super()._visits(state)
        except Crash:
            self._pipeline.process_again()
            raise ExitError("the function's process is gone") from None

    def _call(self, state: str, retries: int) -> Call:
        call = super()._call(state, retries)
        self._pipeline.world.executions.waiting |= {call.token} - {""}
        ends = self._pipeline.clock.now() + timedelta(seconds=100)
        return call.model_copy(update={"ends_at": ends})


BACKSTOP = timedelta(seconds=ASK_BACKSTOP_SECONDS)


class Pipeline:
    """Everything, and the words for what moves it. `sent` are the messages that somebody sent,
    `accepted` the job of each that was answered with its id."""

    def __init__(self, clock: FakeClock | None = None) -> None:
        self.world = a_pipeline_world(clock)
        self.clock = self.world.clock
        self.random = random.Random(0)  # noqa: S311 - the pauses between tries
        self.tokens = 0
        self.line = SimpleNamespace(about="", succeeded=self.world.executions.succeeded)
        self.machines: dict[str, Machine] = {}
        self.messages: list[str] = []
        self.died: list[Machine] = []
        self.sent: dict[str, Sent] = {}
        self.accepted: dict[str, str] = {}
        self.code: Mapping[str, Workflow[Any]] = dict(self.world.workflows)
        self.room = ROOM
        """Tokens of the model's budget of a day."""
        self._seen = 0

    @property
    def deps(self) -> Deps:
        """Those of the process that runs now."""
        return self.world.deps

    def process_again(self) -> None:
        """A new process: what the old one held in memory is gone."""
        self.world.deps = self.world.deps_again()

    def deploys(self, **changed: Workflow[Any]) -> None:
        """From now on this code runs."""
        self.code = {**self.code, **changed}
        self._runs(self.code)

    def has_room(self, tokens: int) -> None:
        """The stage's budget of each day is so many tokens."""
        self.room = tokens
        self._runs(self.code)

    def _runs(self, code: Mapping[str, Workflow[Any]]) -> None:
        most = Budgets(account=Most(tokens=self.room))
        self.world.workflows = {name: replace(one, budgets=most) for name, one in code.items()}
        self.process_again()

    def arrives(self, sent: Sent) -> int:
        """One delivery of a message: the door's status, 0 where its process died."""
        self.sent.setdefault(sent.event, sent)
        if sent.door == "upload":
            self.messages.append(self._uploaded(sent))
            return 202
        with self.killed():
            said = Delivery(sent.body, sent.event, sent.workflow).arrives(self.world)
            if said.status == 202:
                self.accepted[sent.event] = str(json.loads(said.body)["job_id"])
            return said.status
        return 0

    def _uploaded(self, sent: Sent) -> str:
        """S3's event, as the queue has it."""
        self.world.payloads.holds(SES, sent.key, sent.body)
        thing = {"key": sent.key, "size": len(sent.body), "etag": "e", "sequencer": sent.event}
        return json.dumps({"detail": {"bucket": {"name": SES}, "object": thing}})

    @contextmanager
    def killed(self) -> Iterator[None]:
        """What runs within may die, or be refused: then the next process begins with nothing in
        memory."""
        try:
            with suppress(CountersignError):
                yield
        except Crash:
            self.process_again()

    def queue_is_read(self) -> None:
        """Every message once; what fails comes back."""
        world = self.world
        for job_id in world.queue.sent:
            workflow = world.store.load(job_id).job.workflow
            self.messages.append(json.dumps({"job_id": job_id, "workflow": workflow}))
        world.queue.sent.clear()
        for message in list(self.messages):
            try:
                start(self.deps, message)
            except CountersignError:
                continue
            except Crash:
                self.process_again()
                continue
            self.messages.remove(message)

    def begins(self) -> None:
        """Executions that were started are there."""
        started = self.world.executions.started
        for name, job_id in started[self._seen :]:
            self.machines.setdefault(name, Machine(self, name, job_id))
        self._seen = len(started)

    def running(self) -> list[Machine]:
        """Executions that could take a step now, or once their wait is over."""
        self.begins()
        return [one for one in self.machines.values() if one.may_go_on()]

    def worked_on(self) -> set[str]:
        """The jobs that an execution works on, or that AWS is about to tell of."""
        return {one.job_id for one in (*self.running(), *self.died)}

    def steps(self, machine: Machine) -> None:
        """One visit; an execution that ends badly is an event for the recorder."""
        if machine.wakes_at:
            wait = (machine.wakes_at - self.clock.now()).total_seconds()
            self.clock.passes(seconds=max(0.0, wait))
        machine.steps()
        if machine.ended:
            self.world.executions.dead.add(machine.name)
            self.died += [machine] * machine.failed

    def runs(self) -> None:
        """The queue is read, and all executions go on until each ends or waits for a person."""
        self.queue_is_read()
        for _ in range(MOST_STEPS):
            going = self.running()
            if not going:
                return
            self.steps(min(going, key=lambda one: one.wakes_at or self.clock.now()))
        raise AssertionError(f"executions go round in circles: {[o.visited[-9:] for o in going]}")

    def ticks(self) -> None:
        """The minute's scheduled work, and what AWS tells of executions that died."""
        with self.killed():
            for machine in list(self.died):
                record_end(self.deps, machine.name, machine.job_id, "FAILED")
                self.died.remove(machine)
        with self.killed():
            tick(self.deps)

    def passes(self, seconds: float) -> None:
        """Time goes by."""
        self.clock.passes(seconds=seconds)

    def pauses(self, workflow: str) -> None:
        """An operator stops a workflow."""
        pause(self.deps, workflow, "kim: the texts are wrong")

    def resumes(self, workflow: str) -> None:
        """And lets it go on."""
        resume(self.deps, workflow)

    def undoes(self, job_id: str, by: str) -> None:
        """Somebody orders what a job did to be taken back."""
        with self.killed():
            roll_back(self.deps, job_id, by=by, reason="a mistake")

    def takes_up(self, job_id: str, way: Way, by: str) -> None:
        """Somebody ends a job's case."""
        with self.killed():
            cases.take_out(self.deps, job_id, way, by=by, words="looked into it", facts={})

    def fails(self, system: str, how: str, times: int = 1) -> None:
        """What `system` does to the next `times` calls."""
        world = self.world
        there: Any = {"crm": world.crm, "payments": world.payments, "store": world.store}
        if how in ERRORS and system == "mail":
            world.mail.fails_with(ERRORS[how], after_sending=how == LOSES)
        elif how in ERRORS and system == "model":
            world.model.answers(ERRORS[how])
        elif how == LOSES:
            there[system].loses_the_answer(times)
        elif how == "lies":
            there[system].lies(times)
        else:
            there[system].fails_with(ERRORS[how], times)

    def edits_the_crm(self, record_id: str) -> None:
        """A colleague changes a contact in the CRM's own pages."""
        self.world.crm.somebody_edits(record_id, company="Their own words")

    def leaves(self, person: str) -> None:
        """Somebody leaves the company."""
        member = self.world.people.directory().member(person)
        if member:
            self.world.people.leaves(member.person)

    def records(self) -> list[JobRecord]:
        """All jobs."""
        return self.world.store.records()

    def waiting(self) -> list[JobRecord]:
        """Those that wait for signatures."""
        return [one for one in self.records() if one.pending]

    def link(self, approval: Approval, address: str) -> dict[str, str] | None:
        """The newest link to this request that an address was mailed."""
        for found in reversed(_links(self.world, address)):
            with suppress(CountersignError):
                if self.world.store.link(found["link"]).approval_id == approval.approval_id:
                    return found
        return None

    def browser(self, approval: Approval, person: str) -> Browser | None:
        """A browser of somebody who was asked, at their link; None: they were mailed none."""
        asked = approval.person(person)
        link = self.link(approval, asked.address) if asked else None
        if link is None:
            return None
        browser = Browser(self.world, "ana")
        browser.params = link
        return browser

    def customers(self) -> Iterator[Email]:
        """Mails to people who are not ours, in order."""
        staff = {one.person.address for one in self.world.people.directory().members}
        owner = self.world.settings.case_owner
        staff |= {owner.address} if owner else set()
        return (one for one in self.world.mail.sent if one.to not in staff)


LOSES = "loses the answer"
ERRORS: Mapping[str, CountersignError] = {
    "throttles": Throttled("asked to slow down"),
    "is silent": Unavailable("no answer"),
    LOSES: Ambiguous("the answer was lost"),
}
MOST_STEPS = 600


def a_pipeline_world(clock: FakeClock | None = None) -> World:
    """The shop's orders and signers, the sellers, and limits by which turns are reserved."""
    made = shop()
    made.clock = clock or made.clock
    made.model = ReadByEach(lambda _: {}, made.clock)
    limits = {**made.settings.connector_limits, **dict.fromkeys(PACED, (LIMIT,))}
    made.settings = made.settings.model_copy(update={"connector_limits": limits})
    # The refund tests' own order has a number of these, and one that is there twice never runs.
    made.payments = FakePayments()
    for number, cents in ORDERS.items():
        refunds.has_order(made, number, cents, created=int(made.clock.now().timestamp()))
    for person in (ANA, BEN):
        made.people.becomes(person, roles=("sales", "operations"))
    made.deps = made.deps_again()
    return made


def _links(world: World, address: str) -> list[dict[str, str]]:
    """All links to requests that an address was mailed, oldest first."""
    whoever = Person(id="", name="", address=address)
    return Waiting(world, cast("Journey", None)).mailed(whoever)
