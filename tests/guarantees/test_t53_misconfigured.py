"""T53: a wrong key, a sender that is not verified, sending that is paused, a model that nobody
knows: every job that needs it waits, one alarm says so, there is no case, and once it is mended all
of them end by themselves."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from countersign.domain.approvals.approval import Choice
from countersign.domain.errors import CountersignError, Misconfigured, Refused
from countersign.domain.jobs.job import Status
from countersign.entrypoints.tick import tick
from tests.fakes.journey import Journey, accept, form
from tests.fakes.world import World
from workflows.lead_intake.offline.answer import offline

Figure = Callable[[str, int], None]
pytestmark = [pytest.mark.guarantee("T53"), pytest.mark.timeout(300)]

JOBS = 5
HOURS = 2 * 60
WEEK, HOUR = 7 * 24 * 60, 60
WRONG = "it is not taken (401)"


@dataclass
class Account:
    """One account of a business, with ten jobs in it."""

    world: World = field(default_factory=lambda: World(offline))
    journeys: list[Journey] = field(default_factory=list)

    def receives(self) -> None:
        """Ten forms of ten people."""
        for number in range(JOBS):
            body = form(email=f"kim.{number}@hafenwerk.example", name=f"Kim Sander {number}")
            self.journeys.append(Journey(self.world, accept(self.world, body, f"evt-{number}")))
            self.journeys[-1].goes()

    def minutes(self, count: int, step: int = 1) -> None:
        """Time passes, and whoever is woken goes on; in longer steps nothing else is seen less."""
        for _ in range(0, count, step):
            self.world.clock.passes(minutes=step)
            before = len(self.world.executions.started)
            tick(self.world.deps)
            for name, job_id in self.world.executions.started[before:]:
                one = next(each for each in self.journeys if each.job_id == job_id)
                if one.record.job.execution == name:
                    one.goes()

    def signs(self) -> None:
        """Whatever waits for a signature has it."""
        for one in self.journeys:
            if one.record.job.status is Status.WAITING_FOR_REVIEW:
                one.is_decided(Choice.APPROVE)
                one.answered()

    def statuses(self) -> set[Status]:
        """In which they are."""
        return {one.record.job.status for one in self.journeys}

    def cases(self) -> int:
        """How many of them somebody was given."""
        return sum(one.record.case is not None for one in self.journeys)


def alarms(printed: str) -> set[str]:
    """The keys whose alarm rang, out of the metrics."""
    lines = [json.loads(line) for line in printed.splitlines() if '"Misconfigured":' in line]
    assert "BreakersOpened" not in printed
    return {line["key"] for line in lines}


def a_model_that_nobody_knows(account: Account, error: CountersignError | None) -> None:
    account.world.model.broken = error


def a_wrong_key(account: Account, error: CountersignError | None) -> None:
    if error:
        account.world.crm.fails_with(error, times=10_000)
    else:
        account.world.crm.works_again()


def an_unverified_sender(account: Account, error: CountersignError | None) -> None:
    account.world.mail.broken = error


Fault = Callable[[Account, CountersignError | None], None]


@pytest.mark.parametrize(
    ("fault", "key"), [(a_model_that_nobody_knows, "model"), (a_wrong_key, "crm-read")]
)
def test_every_job_waits_for_the_key_and_ends_once_it_is_mended(
    fault: Fault, key: str, capsys: pytest.CaptureFixture[str], figure: Figure
) -> None:
    """All are parked two hours later, no attempt is counted, and of them one asks every five
    minutes whether it is mended."""
    account = Account()
    fault(account, Misconfigured(WRONG))
    account.receives()
    asked = len(account.world.model.asked)
    account.minutes(HOURS)
    assert account.statuses() == {Status.PARKED}
    assert {one.record.job.parked for one in account.journeys} == {0}
    assert alarms(capsys.readouterr().out) == {key}
    tries = len(account.world.model.asked) - asked
    assert tries <= HOURS / 5
    fault(account, None)
    account.minutes(20)
    account.signs()
    account.minutes(5)
    assert account.statuses() == {Status.COMPLETED}
    assert account.cases() == 0
    figure(f"{key}: {JOBS} of {JOBS} wait and end by themselves, 1 alarm, 0 cases", JOBS)


def test_no_request_expires_that_nobody_could_be_mailed(
    capsys: pytest.CaptureFixture[str], figure: Figure
) -> None:
    """The requests are open, their mails owed, and their time begins when the first mail is out."""
    account = Account()
    an_unverified_sender(account, Misconfigured(WRONG))
    account.receives()
    assert account.statuses() == {Status.WAITING_FOR_REVIEW}
    account.minutes(WEEK, HOUR)
    assert account.statuses() == {Status.WAITING_FOR_REVIEW}
    assert alarms(capsys.readouterr().out) == {"mail"}
    assert (account.world.mail.sent, account.cases()) == ([], 0)
    an_unverified_sender(account, None)
    account.minutes(30)
    assert len(account.world.mail.sent) == 2 * JOBS  # both sellers
    account.signs()
    assert account.statuses() == {Status.COMPLETED}
    figure(f"mail: {JOBS} requests open for 7 days, none expired, all mailed once mended", JOBS)


def test_a_signed_mail_waits_while_sending_is_paused(
    capsys: pytest.CaptureFixture[str], figure: Figure
) -> None:
    """What was signed leaves when the account may send again."""
    account = Account()
    account.receives()
    requests = len(account.world.mail.sent)
    an_unverified_sender(account, Misconfigured(WRONG))
    account.signs()
    assert account.statuses() == {Status.PARKED}
    account.minutes(15)
    assert account.statuses() == {Status.PARKED}
    assert alarms(capsys.readouterr().out) == {"mail"}
    an_unverified_sender(account, None)
    account.minutes(20)
    assert account.statuses() == {Status.COMPLETED}
    assert (len(account.world.mail.sent) - requests, account.cases()) == (JOBS, 0)
    figure(f"paused sending: {JOBS} signed mails wait and leave once", JOBS)


@pytest.mark.control
def test_control_a_refusal_for_good_is_a_case_for_each_job() -> None:
    """The same trouble as an error about the job's data: ten cases, whether or not it is mended."""
    account = Account()
    a_wrong_key(account, Refused(WRONG))
    account.receives()
    a_wrong_key(account, None)
    account.minutes(20)
    assert (account.statuses(), account.cases()) == ({Status.ESCALATED}, JOBS)
