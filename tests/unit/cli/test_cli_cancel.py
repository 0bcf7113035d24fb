"""`countersign cancel`: a job that waits ends, and whoever was asked hears of it."""

from __future__ import annotations

import pytest

from countersign.approvals.outcome import replaced_notice
from countersign.domain.errors import Refused
from tests.fakes.journey import Journey, accept, form
from tests.fakes.world import ANA, BEN
from tests.unit.cli.terminal import Terminal


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str]) -> Terminal:
    """A terminal on a world with a lead whose reply waits for a signature; CRM records are made."""
    terminal = Terminal(capsys)
    world = terminal.world
    terminal.journey = Journey(
        world, accept(world, form(email="ada@other.example", country="Germany"), event="evt-2")
    )
    assert terminal.journey.goes() == "Ask"
    terminal.forgets()
    return terminal


def cancels(terminal: Terminal, by: str = "kim", reason: str = "it is settled") -> tuple[str, ...]:
    """The words of the command."""
    return ("cancel", terminal.job, "--by", by, "--reason", reason)


def test_a_job_that_did_something_keeps_that_and_does_no_more(terminal: Terminal) -> None:
    """The waiting execution is let go and superseded, the new one closes the job, no mail of the
    plan leaves, and what was done can be undone."""
    world, mails = terminal.world, len(terminal.world.mail.sent)
    code, out, _ = terminal.types(*cancels(terminal))
    assert (code, "countersign rollback" in out) == (0, True)
    assert world.executions.succeeded
    assert world.executions.started == [(f"{terminal.job}-2", terminal.job)]
    done = len(world.crm.journal)
    assert terminal.journey.goes() == "Close"
    record = terminal.journey.record
    assert (record.job.status, record.job.reason) == ("COMPLETED", "cancelled: it is settled")
    assert terminal.journey.statuses()["email.send_reply"] == "dropped"
    assert len(world.crm.journal) == done
    told = [email.to for email in world.mail.sent[mails:]]
    assert sorted(told) == sorted([ANA.address, BEN.address])
    terminal.forgets()
    plan = terminal.json("rollback", terminal.job, "--by", "kim", "--reason", "x", "--yes")
    assert len(plan["undone"]) == done


def test_whoever_was_asked_learns_who_cancelled_it(terminal: Terminal) -> None:
    """By mail; who cannot be mailed is named, and their link says it too."""
    terminal.world.mail.broken = Refused("no such address")
    data = terminal.json(*cancels(terminal))
    assert (data["something_ran"], sorted(data["untold"])) == (True, [ANA.name, BEN.name])
    record = terminal.journey.record
    (asked,) = record.approvals.values()
    notice = replaced_notice(record, asked, ANA)
    assert (notice.title, "kim cancelled it" in notice.lines[0]) == ("This job was cancelled", True)


@pytest.mark.parametrize(
    ("by", "reason", "said"),
    [
        ("nobody", "x", "not in the directory"),
        ("kim", " ", "needs a reason"),
    ],
)
def test_what_may_not_be_cancelled_is_not(
    terminal: Terminal, by: str, reason: str, said: str
) -> None:
    """Exit code 1 with why, and the job waits on."""
    before = terminal.journey.record
    code, _, err = terminal.types(*cancels(terminal, by, reason))
    assert (code, said in err) == (1, True)
    assert terminal.journey.record == before
