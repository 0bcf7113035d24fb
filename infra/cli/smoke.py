"""`countersign smoke`: one job through the whole stage, signed on its page and taken back."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx
import typer

from countersign.connectors.http import certificates
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.job import FINISHED, Status
from countersign.domain.ledger.entry import ActionStatus
from countersign.jobs.rollback import allowed, roll_back
from countersign.portal import session
from countersign.runtime.deps import Deps
from countersign.web.paths import path
from infra.cli.options import FAILED, AsJson, Place, Stage, Where, show
from infra.cli.submit import post_webhook
from infra.cli.target import Target
from infra.local.player.signer import TIMEOUT, Page, read
from workflows.smoke_test import CONTACT

WORKFLOW = "smoke_test"
REASON = "A smoke test of this stage."
SECONDS = 120.0
"""How long one step may take: a cold start of each function, and a queue between them."""
_EVERY = 0.5
_RESTS = FINISHED | {Status.WAITING_FOR_REVIEW, Status.ESCALATED, Status.FAILED, Status.PARKED}


class SmokeError(RuntimeError):
    """A step did not end as it should; the message says how, and what to look at."""


@dataclass
class Smoke:
    """One job on its way. `took` has the seconds of each step."""

    target: Target
    deps: Deps
    job_id: str = ""
    took: dict[str, float] = field(default_factory=dict)

    def sent(self) -> None:
        """The form of the smoke test comes in, with a word that no form before it had."""
        with self._step("send"):
            body = json.dumps(_form()).encode()
            now, event = self.deps.clock.now(), f"smoke-{secrets.token_hex(8)}"
            answer = post_webhook(
                self.target.url, WORKFLOW, self.target.webhook_secret, event, body, at=now
            )
            if not answer.job_id:
                raise SmokeError(f"the door answered {answer.status}: {answer.body}")
            self.job_id = answer.job_id

    def asks(self) -> None:
        """It comes to the point where somebody has to sign."""
        with self._step("ask"):
            self._reaches(Status.WAITING_FOR_REVIEW)

    def approved(self) -> None:
        """One who is asked signs on the page what the CRM gets."""
        with self._step("approve"), _browser(self.deps, self.target, self._signer()) as browser:
            pending = self._record().pending
            if pending is None:
                raise SmokeError("nothing waits for a signature any more")
            place = self.target.url + path(pending)
            page = read(browser.get(place).text)
            answer = browser.post(place, data=_signed(page))
            # A decision that is recorded leads to the page that says so.
            if answer.status_code != httpx.codes.SEE_OTHER:
                heading = read(answer.text).heading
                raise SmokeError(f"the page answered {answer.status_code}: {heading}")

    def read_back(self) -> None:
        """What was signed is done, and the CRM says so itself."""
        with self._step("act"):
            record = self._reaches(Status.COMPLETED)
            wrong = [one.action for one in record.ledger if one.status is not ActionStatus.VERIFIED]
            if wrong:
                raise SmokeError(f"not verified: {', '.join(wrong)}")

    def rolled_back(self) -> None:
        """All of it is taken back by whoever may order that."""
        with self._step("roll back"):
            record = self._record()
            workflow = self.deps.workflows[WORKFLOW]
            members = self.deps.people.directory().members
            may = [one for one in members if allowed(one, record, workflow).allowed]
            if not may:
                raise SmokeError("nobody in the directory may order a rollback")
            roll_back(self.deps, self.job_id, by=may[0].person.id, reason=REASON)
            self._reaches(Status.ROLLED_BACK)

    def _record(self) -> JobRecord:
        return self.deps.store.load(self.job_id)

    def _reaches(self, status: Status) -> JobRecord:
        deadline = time.monotonic() + SECONDS
        before = status is Status.WAITING_FOR_REVIEW
        while time.monotonic() < deadline:
            record = self._record()
            if record.job.status is status:
                return record
            early = {Status.WAITING_FOR_REVIEW, Status.PARKED}
            late = early if before else {*early, Status.COMPLETED}
            if record.job.status in _RESTS - late:
                break
            time.sleep(_EVERY)
        held = self._record().job
        raise SmokeError(
            f"it is {held.status} and not {status}: {held.reason or 'no reason is given'};"
            f" `countersign show {self.job_id}` tells more"
        )

    def _signer(self) -> str:
        """Somebody who is asked, and is here."""
        pending = self._record().pending
        directory = self.deps.people.directory()
        for person in pending.approvers if pending else ():
            member = directory.member(person.id)
            if member is not None and not member.left:
                return person.id
        raise SmokeError("nobody who is asked is in the directory")

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        self.took[name] = round(time.monotonic() - began, 1)


STEPS: tuple[Callable[[Smoke], None], ...] = (
    *(Smoke.sent, Smoke.asks, Smoke.approved, Smoke.read_back, Smoke.rolled_back),
)


def smoke(
    context: typer.Context,
    target: Where = Place.LOCAL,
    stage: Stage = "dev",
    as_json: AsJson = False,
) -> None:
    """Send a job, approve it on its page, see that it is done, take it back; say what each took.

    It needs somebody with the role `sales-lead` in the directory, who is mailed the request. The
    workflow smoke_test is live in every stage and touches its own test contact alone. It ends with
    1 at the first step that is not as it should be.

    Example: countersign smoke --target aws --stage dev
    """
    there: Target = context.obj(target, stage)
    run = Smoke(there, there.deps())
    wrong = ""
    try:
        for step in STEPS:
            step(run)
    except SmokeError as error:
        wrong = str(error)
    show(
        _told(run, wrong),
        {"job_id": run.job_id, "seconds": run.took, "wrong": wrong},
        as_json=as_json,
    )
    if wrong:
        raise typer.Exit(FAILED)


def _told(run: Smoke, wrong: str) -> str:
    lines = [f"{name:<10} {seconds:6.1f} s" for name, seconds in run.took.items()]
    ends = f"stopped: {wrong}" if wrong else "all is well, and taken back"
    return "\n".join((f"job {run.job_id or 'none'}", *lines, ends))


def _signed(page: Page) -> dict[str, str]:
    """Yes to all that the page asks."""
    if not page.choices:
        raise SmokeError(f"the approval page says: {page.heading}")
    said = dict.fromkeys(page.choices, "approve")
    return {**page.hidden, **said, "cause": "", "reason": REASON, "code": page.code}


def _form() -> dict[str, str]:
    word = secrets.token_hex(6)
    message = f'This is a smoke test. The word is "{word}".'
    return {"name": "Smoke Test", "email": CONTACT, "word": word, "message": message}


@contextmanager
def _browser(deps: Deps, target: Target, person_id: str) -> Iterator[httpx.Client]:
    """A browser in which that person is signed in, by the stage's page key, which whoever runs this
    may read."""
    there = Deps(
        deps.settings.model_copy(update={"public_base_url": target.url}),
        secrets=deps.secrets,
        clock=deps.clock,
    )
    cookie = session.begun(there, person_id, there.ids.salt())
    name, _, value = cookie.partition(";")[0].partition("=")
    with httpx.Client(timeout=TIMEOUT, verify=certificates(), follow_redirects=False) as browser:
        browser.cookies.set(name, value)
        yield browser
