"""The whole of Countersign with its real adapters, in one process, every request on one wire.

AWS is moto; CRM, payments and the model are the demo servers on loopback. The state machine is
played from the definition: its Retry and Catch, its waits in virtual time.
"""

from __future__ import annotations

import base64
import json
import random
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import boto3

from countersign.domain.approvals.directory import Member, SigningLimit
from countersign.domain.approvals.working_hours import Hours
from countersign.domain.errors import NotFound
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.job import ENDED, Status
from countersign.domain.money import Money
from countersign.entrypoints.start import start
from countersign.entrypoints.tick import tick
from countersign.entrypoints.webhook import receive
from countersign.runtime.deps import Deps
from countersign.web.http import Request
from countersign.web.signature import sign
from infra.local.crm.app import crm_app
from infra.local.crm.seed import owners
from infra.local.payments.app import payments_app
from tests.fakes.world import ANA, WEBHOOK_SECRET, FakeClock, World
from tests.guarantees.places import emptied_table, made_places, settings_of
from tests.guarantees.playing import Execution
from tests.guarantees.wire import Line
from tests.guarantees.wire_ends import AwsWire
from tests.seeds import dealt_by
from tests.unit.web.visitor import Browser

MAY_SIGN = SigningLimit(actions="payments.*", most=Money(amount=Decimal(500), currency="EUR"))
"""A model that is down leaves a refund to her."""
MOST_MINUTES = 4 * 24 * 60
"""After that a job counts as stuck: parking waits at most 33 hours in all."""


class DealtIds:
    """ports.Ids: a seed gives them again."""

    def __init__(self, dealt: random.Random) -> None:
        self._dealt = dealt

    def token(self, bits: int) -> str:
        """ports.Ids."""
        return base64.urlsafe_b64encode(self._dealt.randbytes((bits + 7) // 8)).decode().strip("=")

    def salt(self) -> str:
        """ports.Ids."""
        return self._dealt.randbytes(16).hex()

    def digits(self, count: int) -> str:
        """ports.Ids."""
        return f"{self._dealt.randrange(10**count):0{count}d}"


class Ground:
    """AWS, the demo systems, and one process of ours. `process_again()` is a new, cold one."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.random = dealt_by(seed)
        self._ids = DealtIds(self.random)
        self.clock = FakeClock()
        self.line = Line(now=lambda: self.clock.now().timestamp())
        moment = self.line.now
        self.crm = crm_app(
            folder / "crm.db", token_write="crm-w", token_read="crm-r", rate=10**9, clock=moment
        )
        self.payments = payments_app(
            folder / "payments.db", key_write="pay-w", key_read="pay-r", clock=moment
        )
        with self.crm.state.store.transaction():
            for owner in owners():
                self.crm.state.store.add_owner(owner)
        self.executions: dict[str, Execution] = {}
        self.tokens = 0
        self.url = ""

    def opens(self) -> None:
        """Make what the stack makes, and a first process of ours."""
        self._places = made_places()
        self._sqs = boto3.client("sqs")
        self.begins_anew()

    def begins_anew(self, seed: str = "") -> None:
        """An empty table, for moto's transactions copy all of it; a new process of ours. With a
        seed, what follows is dealt by it alone: ids, and the pauses of retries here and in boto."""
        if seed:
            self.random.seed(seed)
            random.seed(seed)
        emptied_table()
        self.executions.clear()
        self.line.begins_anew()
        self.process_again()
        always = Hours(days=tuple(range(7)), opens=0, closes=24 * 60)
        with self.unseen():
            self.deps.people.save(
                Member(person=ANA, roles=("sales", "refunds"), limits=(MAY_SIGN,), hours=always)
            )

    def process_again(self) -> None:
        """A new process of ours: nothing kept in memory."""
        settings = settings_of(self._places, self.url)
        self.deps = Deps(
            settings,
            clock=self.clock,
            wall=self.clock,
            pause=self.clock.pauses,
            ids=self._ids,
            send=AwsWire(self.line),
        )

    def posts(self, event: str, body: bytes, workflow: str = "lead_intake") -> str:
        """A sender delivers an event until it is accepted; the job's id."""
        for _ in range(20):
            self.line.about = "webhook"
            stamp = int(self.clock.now().timestamp())
            headers = {
                "webhook-id": event,
                "webhook-timestamp": str(stamp),
                "webhook-signature": sign(WEBHOOK_SECRET, event, stamp, body),
            }
            asked = Request("POST", {"workflow": workflow}, headers, body=body)
            with suppress(Exception):
                answer = receive(self.deps, asked)
                if answer.status == 202:
                    return str(json.loads(answer.body)["job_id"])
            self.clock.passes(seconds=30)
        raise AssertionError("the door accepts nothing")

    def record(self, job_id: str) -> JobRecord:
        """The job as it is stored; not on the wire."""
        with self.unseen():
            return self.deps.store.load(job_id)

    def settles(self, job_id: str) -> Status:
        """Until the job has ended: its status then. Time passes and people answer meanwhile."""
        begun = self.clock.now()
        while (self.clock.now() - begun).total_seconds() < MOST_MINUTES * 60:
            self._machine_runs()
            job = self.record(job_id).job
            if job.status in ENDED:
                return job.status
            if self.record(job_id).pending:
                self._signs(job_id)
                self._machine_runs()
                continue
            self._waits(job_id)
            self._minute()
        return self.record(job_id).job.status

    def _waits(self, job_id: str) -> None:
        """Until something of the job is due, a minute at least."""
        rows = self.record(job_id).due.values()
        later = min((row.at for row in rows), default=self.clock.now()) - self.clock.now()
        self.clock.passes(seconds=max(60.0, later.total_seconds()))

    def _minute(self) -> None:
        """The schedule runs tick; one that fails comes again a minute later."""
        self.line.about = "tick"
        with suppress(Exception):
            tick(self.deps)

    def _machine_runs(self) -> None:
        self._queue_is_read()
        for name in self.line.started:
            if name not in self.executions:
                job_id = "-".join(name.split("-")[:2])
                self.executions[name] = Execution(self, name, job_id)
        for execution in list(self.executions.values()):
            if not execution.ended:
                execution.goes_on()

    def _queue_is_read(self) -> None:
        while found := self._sqs.receive_message(
            QueueUrl=self._places.queue, MaxNumberOfMessages=10
        ).get("Messages"):
            for message in found:
                self.line.about = "start"
                receipt = {
                    "QueueUrl": self._places.queue,
                    "ReceiptHandle": message["ReceiptHandle"],
                }
                try:
                    start(self.deps, message["Body"])
                except Exception:  # noqa: BLE001 - the message comes back, as from Lambda
                    self._sqs.change_message_visibility(**receipt, VisibilityTimeout=0)
                else:
                    self._sqs.delete_message(**receipt)

    def _signs(self, job_id: str) -> None:
        """Ana opens her mail's link and approves, and clicks again when the page fails."""
        self.line.about = "approval"
        browser = Browser(cast("World", SimpleNamespace(deps=self.deps)))
        for link, secret in self._links(job_id):
            browser.params = {"link": link, "secret": secret}
            with suppress(Exception):
                browser.opens()
                browser.posts(browser.filled())
        self.clock.passes(minutes=1)
        if not self.record(job_id).pending:
            return
        self._minute()

    def _links(self, job_id: str) -> list[tuple[str, str]]:
        """Links to Ana about this job, the newest first."""
        found = []
        for mail in reversed(self.mails_to(ANA.address)):
            for link, secret in re.findall(r"/approvals/([^/\s]+)/([^/\s\"]+)", mail):
                with suppress(NotFound), self.unseen():
                    if self.deps.store.link(link).job_id == job_id:
                        found.append((link, secret))
        return found[:1]

    def mails_to(self, address: str) -> list[str]:
        """The texts that the provider took for one address."""
        taken = [m for m in self.line.mails if m["Destination"]["ToAddresses"] == [address]]
        return [m["Content"]["Simple"]["Body"]["Text"]["Data"] for m in taken]

    @contextmanager
    def unseen(self) -> Iterator[None]:
        """The test looks for itself: no trouble, nothing counted."""
        held = self.line.trouble, len(self.line.passed)
        self.line.trouble = lambda _: None
        try:
            yield
        finally:
            self.line.trouble = held[0]
            del self.line.passed[held[1] :]
