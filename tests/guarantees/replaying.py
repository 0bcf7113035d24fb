"""A trace of T11's model, written down as what people, systems and time did, and the same done to
the whole local cloud; what became of it is told of both in the same words.

On the cloud everything goes on by itself. So it does here after each thing that happens: what
cannot be told to a whole stand is left out of both, and counted.
"""

from __future__ import annotations

import json
import os
import random
import re
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from countersign.domain.approvals.approval import EXPIRY, Approval
from countersign.domain.errors import CountersignError, NotFound
from countersign.domain.jobs import audit
from countersign.domain.jobs.cases import Way
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.handing import children
from countersign.domain.jobs.job import Pointer, Status
from countersign.domain.jobs.matters import token_key
from countersign.domain.mail import token_of
from countersign.domain.ports import ModelAnswer, ModelRequest
from countersign.jobs import cases
from countersign.jobs.pausing import pause, resume
from countersign.jobs.rollback import roll_back
from infra.cli.clock import moved
from infra.cli.submit import job_of_upload, post_webhook, upload
from infra.local.cloud import deployer
from infra.local.payments.store import PaymentsStore
from infra.local.player.provider import Provider
from infra.local.player.signer import Signer, SignError
from infra.local.reload import STAGE
from infra.local.stand import Stand
from infra.settings import load
from tests.fakes.world import FakeClock
from tests.guarantees.happenings import Life, dealt, settles
from tests.guarantees.pipeline import LOSES, ORDERS, Pipeline, ReadByEach, Sent
from tests.guarantees.soaking import Effects, workers
from tests.seeds import dealt_by
from tests.unit.steps.refunds import ADA
from tests.unit.web.visitor import Browser

NOT_ON_A_STAND: Mapping[str, str] = {
    "a_state_is_entered": "an execution is not stopped between two states",
    "it_is_killed": "workers are killed while a message is worked on, and not between two",
    "the_code_changes": "each deploy takes as long as a trace; T43 and the upgrade prove it",
    "the_budget_is_spent": "a stage's budget is changed by a deploy",
    "the_budget_is_raised": "as above",
    "others_are_ahead": "nobody else asks the demo systems",
    "a_key_is_wrong": "T53 proves it on its own",
    "it_is_mended": "as above",
    "somebody_edits_the_crm": "records have other ids there",
    "somebody_edits": "the newest link of a job is asked for on every page of the run",
}
"""What happens in T11 and not here, and why."""
FAULTS = {"throttles": "throttle", "is silent": "unavailable", LOSES: "drop_after", "lies": "lie"}
HAS_FAULTS = {"crm", "payments"}
KILLED = 4
"""While every fourth message is worked on, somebody kills workers."""
HOP, MOST_HOPS = timedelta(hours=12), 40
RESTS_WITHIN, LOOK_EVERY, CALM = 60.0, 0.3, 2
"""Seconds, seconds, and looks at which nothing had changed."""
GOING = {Status.PENDING, Status.PROCESSING, Status.RETRYING}

IDLE = {"passes", "fails", "leaves", "pauses", "goes_on"}
"""After which nothing begins that did not go on before."""

Deed = tuple[str, tuple[Any, ...]]
"""What is done to a stand, by the name of Cloud's word for it."""


@dataclass(frozen=True)
class Told:
    """What became of a job."""

    workflow: str
    status: str
    actions: tuple[str, ...]
    """Each with its status and the effects it had outside."""
    decisions: tuple[str, ...]
    chain: tuple[str, ...]
    """What is wrong with its audit chain: nothing."""


Outcome = dict[str, Told]
"""By the event that the job came of; and by it and a number, of what it handed over."""


def told(jobs: Mapping[str, JobRecord], effects: Counter[str]) -> Outcome:
    """In words that hold wherever it was played."""
    return {name: _told(one, effects) for name, one in sorted(jobs.items())}


def _told(record: JobRecord, effects: Counter[str]) -> Told:
    job = record.job
    return Told(
        job.workflow,
        job.status.value,
        tuple(sorted(f"{one.action} {one.status} {effects[one.key]}" for one in record.ledger)),
        tuple(_decided(one) for one in _asked(record)),
        tuple(audit.verify(record.audit, length=job.audit_length, head=job.audit_head)),
    )


def _asked(record: JobRecord) -> list[Approval]:
    return sorted(record.approvals.values(), key=lambda one: (one.requested_at, one.digests))


def _decided(approval: Approval) -> str:
    decision = approval.decision
    if decision is None:
        return "replaced" if approval.superseded else "nothing"
    by = "time" if decision.by == EXPIRY else f"{len(approval.signatures)} people"
    return f"{', '.join(sorted(decision.choices.values()))} by {by}"


@dataclass
class Trace:
    """What was done, what was left out, and what became of it in the model."""

    deeds: list[Deed]
    happened: Counter[str]
    left_out: Counter[str]
    signs: bool
    outcome: Outcome
    wrong: list[str]


class Heuristics(ReadByEach):
    """As the stand's model: it says that it is none."""

    def answer(self, request: ModelRequest, seconds: float) -> ModelAnswer:
        return replace(super().answer(request, seconds), offline=True)


class Recorded(Pipeline):
    """Writes down what is done to it, in words that a stand understands."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self.world.model = Heuristics(lambda _: {}, clock)
        self.process_again()
        self.deeds: list[Deed] = []
        self.left_out: Counter[str] = Counter()

    def named(self) -> dict[str, JobRecord]:
        """All jobs, by their names."""
        own = {self._name(one): one for one in self.records() if one.job.source.door != "desk"}
        return own | dict(_handed_over(own, self.world.store.load))

    def _name(self, record: JobRecord) -> str:
        event = record.job.source.event_id
        return next(
            name
            for name, sent in self.sent.items()
            if (event.startswith(f"{sent.key}\n") or f"/{sent.key}\n" in event or event == name)
        )

    def _did(self, what: str, *how: Any) -> None:
        self.deeds.append((what, how))

    def _called(self, job_id: str) -> str:
        return next(name for name, one in self.named().items() if one.job.job_id == job_id)

    def arrives(self, sent: Sent) -> int:
        if sent.event not in self.sent and any(map(_parked, self.records())):
            self.left_out["a message beside one that is parked"] += 1
            return 0
        asked = re.search(rb"In-Reply-To: <mail-(\d+)@", sent.body)
        self._did("arrives", sent, self._asked_in(int(asked[1])) if asked else "")
        return super().arrives(sent)

    def _asked_in(self, number: int) -> str:
        mail, inbound = self.world.mail.sent[number - 1], self.world.settings.mail_inbound
        token = token_key(token_of(mail.reply_to, inbound))
        return self._called(self.world.store.matters(token, 1)[0].job_id)

    def passes(self, seconds: float) -> None:
        if self.deeds and self.deeds[-1][0] == "passes":
            seconds_before = self.deeds.pop()[1][0]
            self._did("passes", seconds_before + seconds)
        else:
            self._did("passes", seconds)
        super().passes(seconds)

    def ticks(self) -> None:
        self._did("ticks")
        super().ticks()

    def pauses(self, workflow: str) -> None:
        self._did("pauses", workflow)
        super().pauses(workflow)

    def resumes(self, workflow: str) -> None:
        self._did("resumes", workflow)
        super().resumes(workflow)

    def undoes(self, job_id: str, by: str) -> None:
        self._did("undoes", self._called(job_id), by)
        super().undoes(job_id, by)

    def takes_up(self, job_id: str, way: Way, by: str) -> None:
        self._did("takes_up", self._called(job_id), way, by)
        super().takes_up(job_id, way, by)

    def fails(self, system: str, how: str, times: int = 1) -> None:
        if system not in HAS_FAULTS:
            self.left_out[f"{system} {how}"] += 1
            return
        self._did("fails", system, how, times)
        super().fails(system, how, times)

    def leaves(self, person: str) -> None:
        self._did("leaves", person)
        super().leaves(person)

    def browser(self, approval: Approval, person: str) -> Browser | None:
        found = super().browser(approval, person)
        if found:
            job = self.world.store.load(approval.job_id)
            number = [one.approval_id for one in _asked(job)].index(approval.approval_id)
            found.posts = self._noting(found, self._called(approval.job_id), number, person)  # type: ignore[method-assign]
        return found

    def _noting(self, browser: Browser, name: str, number: int, person: str) -> Callable[..., Any]:
        posts = browser.posts

        def noted(fields: Mapping[str, str], **headers: str) -> Any:
            said = {value for key, value in fields.items() if key.startswith("choice-")}
            for choice in said:
                self._did("signs", name, number, person, choice)
            return posts(fields, **headers)

        return noted

    def goes_on(self, strikes: int) -> None:
        """Until it waits; with `strikes` the process dies before so many writes."""
        if self.deeds and self.deeds[-1][0] not in IDLE:
            self._did("goes_on", strikes)
        if strikes:
            self.world.store.crashes_before_write(strikes)
        with self.killed():
            self.runs()
        self.world.store.calms_down()


def _parked(record: JobRecord) -> bool:
    """Two messages of one matter may begin at once when their wait is over, and a cloud takes
    either first."""
    return record.job.status is Status.PARKED


def recorded(numbers: Sequence[int], begins: FakeClock, *, signs: bool) -> Trace:
    """A run of the model, dealt by these numbers, in which everything goes on after each thing that
    happens; at the end all is signed, or nothing."""
    life, pipeline = _begun(begins)
    happened = Counter[str]()
    for at, drawn in enumerate(numbers):
        number = dealt_by(f"{at} {drawn}").randrange(10**9)
        name = dealt(life, number)
        if name in NOT_ON_A_STAND:
            pipeline.left_out[name] += 1
            continue
        came = len(pipeline.sent)
        life.happens(name, number)
        killed = number % KILLED == 0 and len(pipeline.sent) > came
        happened.update([name, *["it_is_killed"] * killed])
        pipeline.goes_on(1 + number // KILLED % 3 if killed else 0)
    return _ended(life, pipeline, happened, signs=signs)


def retold(steps: Sequence[tuple[str, int]], begins: FakeClock, *, signs: bool) -> Trace:
    """The same of a trace as T11 prints it."""
    life, pipeline = _begun(begins)
    for name, number in steps:
        life.happens(name, number)
        pipeline.goes_on(0)
    return _ended(life, pipeline, Counter(name for name, _ in steps), signs=signs)


def _begun(clock: FakeClock) -> tuple[Life, Recorded]:
    pipeline = Recorded(clock)
    return Life.begins(pipeline), pipeline


def _ended(life: Life, pipeline: Recorded, happened: Counter[str], *, signs: bool) -> Trace:
    deeds = list(pipeline.deeds)
    pipeline.world.payments.works_again()
    settles(life, colleague=signs)
    effects = Counter(one.key for one in pipeline.world.payments.journal)
    effects.update(one.key for one in pipeline.world.crm.journal if one.method == "POST")
    outcome = told(pipeline.named(), effects)
    return Trace(deeds, happened, pipeline.left_out, signs, outcome, life.judge.wrong)


def _handed_over(
    own: Mapping[str, JobRecord], load: Callable[[str], JobRecord]
) -> Iterable[tuple[str, JobRecord]]:
    for name, record in own.items():
        for number, (job_id, _) in enumerate(children(record), 1):
            with suppress(NotFound):
                yield f"{name} {number}", load(job_id)


@dataclass
class Cloud:
    """A whole stand, and the words for what is done to it in one trace."""

    running: Stand
    signer: Signer
    database: Path
    number: int
    dice: random.Random
    jobs: dict[str, str] = field(default_factory=dict)
    """Ids by name."""
    uploads: dict[str, Pointer] = field(default_factory=dict)
    strikes: int = 0

    def begins(self) -> FakeClock:
        """A day after the last trace, with the model's people and orders; its clock for the
        model."""
        moved(self.running.deps, "+25h")
        model = Pipeline()
        for member in model.world.people.directory().members:
            ours = f"{member.person.id}@example.com"
            person = member.person.model_copy(update={"address": ours})
            self.running.deps.people.save(member.model_copy(update={"person": person}))
        now = self.running.deps.clock.now()
        store = PaymentsStore(self.database, now.timestamp)
        with store.transaction():
            for order, cents in ORDERS.items():
                whom = {"customer": f"cus_{self.number}", "email": self._of(ADA.encode()).decode()}
                store.add_charge(self._of(order.encode()).decode(), cents, "eur", **whom)
        store.close()
        return FakeClock(now)

    def _of(self, said: bytes) -> bytes:
        """The same of other people and other orders than in any trace before."""
        mine, ours = self.number, load(STAGE).mail_authserv_id
        for old, new in (
            (b"mx.countersign.example", ours.encode()),
            # What comes from our own domain is no customer's, and the demo company is example.com.
            (b"header.from=example.com", b"header.from=customer.example"),
            (ADA.encode(), b"ada.%d@customer.example" % mine),
            (b"anna.lindner@", b"anna.%d@" % mine),
            (b"evt-", b"t%d-evt-" % mine),
            (b"Message-ID: <", b"Message-ID: <t%d." % mine),
            *((order.encode(), b"%s%03d" % (order.encode(), mine)) for order in ORDERS),
        ):
            said = said.replace(old, new)
        return said

    def plays(self, trace: Trace) -> Outcome:
        """All of it; then trouble is mended, time passes, and all is signed or nothing."""
        for what, how in trace.deeds:
            getattr(self, what)(*how)
        self._settles(signs=trace.signs)
        return told(self.named(), Effects.of(self.running).by_key)

    def named(self) -> dict[str, JobRecord]:
        """All jobs of the trace, by their names."""
        load = self.running.deps.store.load
        own = {name: load(job_id) for name, job_id in self.jobs.items()}
        return own | dict(_handed_over(own, load))

    def arrives(self, sent: Sent, asked: str) -> None:
        """A message comes, or comes again."""
        body = self._of(sent.body)
        if asked:
            body = re.sub(rb"<mail-\d+@[^>]*>", self._question(asked), body)
        if sent.door == "webhook":
            self._posted(sent, body)
        elif sent.event not in self.uploads:
            self._uploaded(sent, body)
        else:
            self._told_again(sent)

    def _posted(self, sent: Sent, body: bytes) -> None:
        running, event = self.running, self._of(sent.event.encode()).decode()
        at = running.deps.clock.now()
        answer = post_webhook(
            running.url, sent.workflow, running.webhook_secret, event, body, at=at
        )
        if answer.job_id:
            self.jobs[sent.event] = answer.job_id

    def _uploaded(self, sent: Sent, body: bytes) -> None:
        running, key = self.running, self._of(sent.key.encode()).decode()
        s3 = deployer.client("s3", running.cloud.endpoint)
        put = upload(s3, running.deps.settings.uploads_bucket, key, body)
        self.uploads[sent.event] = put
        self.jobs[sent.event] = job_of_upload(running.deps.store, put)

    def _told_again(self, sent: Sent) -> None:
        """S3 says it twice, as it may."""
        put, running = self.uploads[sent.event], self.running
        thing = {"key": put.object_key, "size": len(sent.body), "etag": "e", "sequencer": "1"}
        said = {
            "bucket": {"name": put.bucket},
            "object": {**thing, "version-id": str(put.version)},
        }
        deployer.client("sqs", running.cloud.endpoint).send_message(
            QueueUrl=running.deps.settings.intake_queue_url,
            MessageBody=json.dumps({"detail": said}),
        )

    def _question(self, name: str) -> bytes:
        asked = self.named()[name].job.job_id
        for mail in self.running.mailbox.all():
            if mail.reply_to and self.running.sender.asked_by(mail) == asked:
                return f"<{mail.id}@email.amazonses.com>".encode()
        raise AssertionError(f"{name} asked nothing here")

    def passes(self, seconds: float) -> None:
        """The clock is moved."""
        days, rest = divmod(int(seconds) + 1, 86_400)
        moved(self.running.deps, f"+{days}d{rest}s")

    def ticks(self) -> None:
        """The minute's scheduled work."""
        self.running.tick()

    def pauses(self, workflow: str) -> None:
        """As `countersign pause`."""
        pause(self.running.deps, workflow, "kim: the texts are wrong")

    def resumes(self, workflow: str) -> None:
        """As `countersign resume`."""
        resume(self.running.deps, workflow)

    def undoes(self, name: str, by: str) -> None:
        """As `countersign rollback`."""
        with suppress(CountersignError):
            roll_back(self.running.deps, self._id(name), by=by, reason="a mistake")

    def takes_up(self, name: str, way: Way, by: str) -> None:
        """As a case's page."""
        with suppress(CountersignError):
            words, job_id = "looked into it", self._id(name)
            cases.take_out(self.running.deps, job_id, way, by=by, words=words, facts={})

    def _id(self, name: str) -> str:
        return self.named()[name].job.job_id

    def fails(self, system: str, how: str, times: int) -> None:
        """The demo system's next requests fail so."""
        which = "writes" if how in (LOSES, "lies") else "any"
        self._system(system).plan({"fault": FAULTS[how], "times": times, "which": which})

    def _system(self, name: str) -> Provider:
        if name == "payments":
            return self.running.provider
        return Provider(self.running.url, self.running.colleague.key, name)

    def leaves(self, person: str) -> None:
        """The directory says so."""
        people = self.running.deps.people
        member = people.directory().member(person)
        if member:
            people.save(member.model_copy(update={"left": True}))

    def signs(self, name: str, number: int, person: str, choice: str) -> None:
        """Somebody follows their newest link; a page that is closed says so."""
        requests = _asked(self.named()[name])
        if number >= len(requests):
            return
        asked = requests[number].person(person)
        link = self._link(requests[number], asked.address) if asked else ""
        if link:
            with suppress(SignError):
                self.signer.answer(link, choice, "not so" if choice == "reject" else "")

    def _link(self, approval: Approval, address: str) -> str:
        for mail in self.running.mailbox.all():
            for link in mail.links if address in mail.to else ():
                with suppress(CountersignError):
                    held = self.running.deps.store.link(link.split("/")[-2])
                    if held.approval_id == approval.approval_id:
                        return link
        return ""

    def goes_on(self, strikes: int = 0) -> None:
        """Until all jobs wait or have ended; meanwhile so many workers that do something are
        killed, but none that mails: whether a mail left is then a person's to say."""
        calm, before, work = 0, "", dict[int, int]()
        deadline = time.monotonic() + RESTS_WITHIN
        while calm < CALM and time.monotonic() < deadline:
            if strikes:
                strikes -= self._kills(work)
            jobs = self.named()
            now = repr([(one.job.version, one.job.status) for one in jobs.values()])
            goes = any(_goes(one) for one in jobs.values())
            calm = calm + 1 if now == before and not goes else 0
            before = now
            time.sleep(LOOK_EVERY)

    def _kills(self, work: dict[int, int]) -> int:
        """One that worked since the last look, if there is one."""
        known = [one for one in workers(self.running) if "mail" not in one.name]
        busy = [one for one in known if work.get(one.pid, one.work) != one.work]
        work.update({one.pid: one.work for one in known})
        if busy:
            with suppress(ProcessLookupError):
                os.kill(self.dice.choice(busy).pid, signal.SIGKILL)
                self.strikes += 1
        return len(busy[:1])

    def _settles(self, *, signs: bool) -> None:
        for system in sorted(HAS_FAULTS):
            self._system(system).works()
        for workflow in ("lead_intake", "refund_request"):
            self.resumes(workflow)
        for _ in range(MOST_HOPS):
            self.goes_on()
            if signs:
                self._all_sign()
            due = [
                row.at
                for record in self.named().values()
                for kind, row in record.due.items()
                if kind != "overdue"
            ]
            if not due:
                return
            wait = min(due) - self.running.deps.clock.now()
            self.passes(max(wait, HOP).total_seconds())
            self.ticks()

    def _all_sign(self) -> None:
        for name, record in self.named().items():
            pending = record.pending
            if pending:
                number = [one.approval_id for one in _asked(record)].index(pending.approval_id)
                for person in pending.approvers:
                    with suppress(httpx.HTTPError):
                        self.signs(name, number, person.id, "approve")
        self.goes_on()


def _goes(record: JobRecord) -> bool:
    """Whether it is worked on: also where an answer has come and nobody has looked yet."""
    answered = record.job.status is Status.WAITING_FOR_REVIEW and record.pending is None
    return record.job.status in GOING or answered
