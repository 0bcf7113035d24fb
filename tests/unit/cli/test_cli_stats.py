"""`countersign stats`: a table that can be counted by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest

from countersign.domain.approvals.approval import Choice
from countersign.domain.jobs.job import Status
from countersign.domain.ledger.entry import LedgerEntry
from countersign.domain.policy.policy import Answer
from tests.builders import approval, decision, held, job, record
from tests.fakes.world import START
from tests.unit.cli.terminal import Terminal


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str]) -> Terminal:
    """Jobs on which people said this and that after 1, 2, 3 and 10 minutes; one still waits."""
    terminal = Terminal(capsys)
    happens(terminal, 1, asked("budget"), Choice.APPROVE, minutes=1)
    happens(terminal, 2, asked("budget", edited_by="ben"), Choice.APPROVE, minutes=2)
    happens(terminal, 3, asked("budget"), Choice.REJECT, minutes=3)
    happens(terminal, 4, asked("unsure"), Choice.APPROVE, minutes=10)
    happens(terminal, 5, asked("unsure"), None, minutes=0)
    return terminal


def asked(rule: str, edited_by: str = "") -> LedgerEntry:
    """An action that a rule put to people."""
    return held(0, "crm.memo", Answer.ASK, rule, edited_by=edited_by)


def happens(
    terminal: Terminal, number: int, entry: LedgerEntry, choice: Choice | None, minutes: int
) -> None:
    """A job whose request was answered after `minutes`, or waits."""
    request = approval(
        entry, requested_at=START - timedelta(hours=2), deadline=START + timedelta(hours=6)
    )
    if choice:
        at = request.requested_at + timedelta(minutes=minutes)
        opened = at - timedelta(seconds=2 if minutes == 1 else 40)
        request = request.model_copy(
            update={"decision": decision(request, choice, at=at, opened_at=opened)}
        )
    status = Status.COMPLETED if choice else Status.WAITING_FOR_REVIEW
    row = job(status, job_id=f"j-{number}", workflow="lead_intake", updated_at=START)
    terminal.world.store.put(record((entry,), job=row, approvals={"a-1": request}))


def test_the_numbers_are_those_of_the_jobs(terminal: Terminal) -> None:
    """Median, p90, choices, override rate, rubber stamps, rules, and what waits."""
    data = terminal.json("stats")
    assert data["decisions"] == 4
    assert data["seconds_to_decide"] == {"median": 150.0, "p90": pytest.approx(474)}
    assert data["choices"] == {"approve": 2, "edit": 1, "reject": 1}
    assert (data["override_rate"], data["quick"]) == (0.5, 1)
    assert (data["asks_most"], data["least_overruled"]) == ("budget", "budget")
    budget, unsure = data["rules"]
    assert budget == {
        "rule": "budget",
        "asked": 3,
        "approve": 1,
        "edit": 1,
        "reject": 1,
        "expired": 0,
        "open": 0,
        "overruled": pytest.approx(1 / 3),
    }
    assert (unsure["open"], unsure["overruled"]) == (1, 1.0)
    (waiting,) = data["waiting"]
    assert (waiting["tier"], waiting["count"], waiting["oldest"]) == ("sales", 1, 7200.0)


def test_the_table_is_for_people(terminal: Terminal) -> None:
    """Times in words, the rules, and who is asked."""
    code, out, _ = terminal.types("stats")
    assert code == 0
    assert "4 decisions, after 2.5 min (median) and 7.9 min (p90); 1 within 3 s" in out
    assert "approve 2, edit 1, reject 1; 50% changed or rejected" in out
    assert "2.0 h" in out


def test_two_rules_that_begin_alike_stay_apart(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In 80 columns a long name goes on below and loses no letter."""
    monkeypatch.setenv("COLUMNS", "80")
    for number, rule in enumerate(("jurisdiction.not_served", "jurisdiction.not_served_hinted")):
        happens(terminal, 6 + number, asked(rule), None, minutes=0)
    out = terminal.types("stats")[1]
    first = "".join(line.split(" ")[0] for line in out.splitlines())
    assert "…" not in out
    assert first.count("jurisdiction.not_served") == 2
    assert first.count("jurisdiction.not_served_hinted") == 1
    assert max(map(len, out.splitlines())) <= 80


def test_older_jobs_are_left_out(terminal: Terminal) -> None:
    """`--days` counts from each job's last change."""
    terminal.world.clock.passes(days=3)
    assert terminal.json("stats", "--days", "2")["jobs"] == 0
    out = terminal.types("stats", "--days", "2")[1]
    assert "Nobody has decided anything" in out
    assert "No rule asked" in out
    assert "Nothing waits" in out


def test_a_bounded_read_says_so(terminal: Terminal) -> None:
    """Of more than 200 jobs of one status the latest are read, and the table tells."""
    for number in range(100, 310):
        happens(terminal, number, asked("budget"), Choice.APPROVE, minutes=5)
    assert terminal.json("stats")["cut"] == ["COMPLETED"]
    assert "Only the latest 200 were read of: COMPLETED" in terminal.types("stats")[1]


def test_nonsense_is_wrong_use(terminal: Terminal) -> None:
    """Days are whole and at least one."""
    assert terminal.types("stats", "--days", "0")[0] == 2
