"""Sending samples through the real doors, each time as a new event."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from countersign.domain.jobs.matters import token_key
from countersign.domain.mail import token_of
from countersign.runtime.deps import Deps
from countersign.web.paths import PROPOSE
from infra.cli import submit
from infra.cli.submit import DoorAnswer
from infra.local.cloud import deployer
from infra.local.front.answering import answer
from infra.local.front.mailbox import Mail
from infra.local.front.samples import Sample
from infra.local.reload import STAGE
from infra.settings import load


@dataclass(frozen=True)
class Sent:
    """What the door said to each delivery (none for an upload), and the job that came of it."""

    answers: tuple[DoorAnswer, ...]
    job_id: str


@dataclass(frozen=True)
class Sender:
    """Knows the doors of one stand."""

    url: str
    secrets: Mapping[str, str]
    """What each of the stage's senders signs with."""
    deps: Deps
    endpoint: str
    uploads_bucket: str

    def sample(self, sample: Sample) -> tuple[str, str]:
        """Send one sample: its job's id, or empty with what the door said."""
        sent = self.send(sample, secrets.token_hex(4))
        if sent.job_id or not sent.answers:
            return sent.job_id, ""
        said = sent.answers[-1]
        return "", f"{said.status}: {said.body.get('message', '')}"

    def answer(self, mail: Mail, text: str) -> str:
        """Send what the reader of `mail` answers, to the workflow whose job asked: the id of its
        job; empty where the address leads to none. Raises SubmitError."""
        asked = self.asked_by(mail)
        if not asked:
            return ""
        workflow = self.deps.store.load(asked).job.workflow
        body = answer(mail, text, self.deps.clock.now(), load(STAGE).mail_authserv_id)
        return self._uploaded(workflow, f"{secrets.token_hex(4)}-answer.eml", body)

    def asked_by(self, mail: Mail) -> str:
        """The job that answers to `mail` come to; empty where its address leads to none."""
        token = token_of(mail.reply_to, load(STAGE).mail_inbound)
        found = next(iter(self.deps.store.matters(token_key(token), 1)), None)
        return found.job_id if found else ""

    def _uploaded(self, workflow: str, name: str, body: bytes) -> str:
        s3 = deployer.client("s3", self.endpoint)
        key = f"{submit.prefix_of(workflow)}/{name}"
        return submit.job_of_upload(
            self.deps.store, submit.upload(s3, self.uploads_bucket, key, body)
        )

    def send(self, sample: Sample, run: str) -> Sent:
        """Send it as often as it is expected to come. The same `run` is the same event.

        Raises SubmitError when no door answers, or no job comes of an upload.
        """
        body, workflow = sample.load(), sample.expect.workflow
        if sample.expect.door == "upload":
            name = f"{run}-{sample.name}-{sample.file}"
            return Sent((), self._uploaded(workflow, name, body))
        event_id = f"{sample.name}-{run}"
        at, sender = self.deps.clock.now(), sample.expect.sender
        secret, path = self.secrets[sender], f"/webhooks/{submit.path_of(workflow, sender)}"
        if sample.expect.door == "propose":
            path = PROPOSE.format(caller=sender)
        answers = tuple(
            submit.posted(self.url, path, secret, event_id, body, at=at)
            for _ in range(sample.expect.deliveries)
        )
        return Sent(answers, answers[-1].job_id)
