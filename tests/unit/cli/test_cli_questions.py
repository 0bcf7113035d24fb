"""An operator's four questions, asked about jobs of which the test keeps its own journal."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest

from countersign import observability
from countersign.domain.approvals.approval import Choice
from countersign.domain.errors import CountersignError, Refused, Unavailable
from countersign.domain.reporting.sampling import wilson
from countersign.entrypoints.execution_events import record_end
from infra.cli.questions.lines import FunctionLogs
from tests.builders import AT
from tests.fakes.journey import Journey, accept, form
from tests.fakes.world import World
from tests.unit.cli.terminal import Terminal
from workflows import WORKFLOWS

MANY = 30
"""Longer than a step tries by itself."""
COLUMNS = 80
NO_FAILURE = {"Joined", "Dismissed", "StaleExecution", "NotYourTurn", "ConnectorBusy"}


@dataclass
class Journal:
    """What happened, written down by who made it happen."""

    world: World = field(default_factory=lambda: World(WORKFLOWS["lead_intake"].offline))
    lines: list[str] = field(default_factory=list)
    raised: Counter[tuple[str, str]] = field(default_factory=Counter)
    stands: dict[str, list[str]] = field(default_factory=dict)
    """Ids of jobs, by the status in which they were left."""
    said: Counter[str] = field(default_factory=Counter)

    def job(self, number: int, trouble: CountersignError | None = None, **fields: Any) -> Journey:
        """A lead came, and went as far as it could."""
        world = self.world
        person = {"email": f"ada{number}@firm{number}.example", "company": f"Firm {number} GmbH"}
        body = form(**{"country": "Germany", **person, **fields})
        journey = Journey(world, accept(world, body, event=f"lead-{number}"))
        if trouble:
            world.crm.fails_with(trouble, times=MANY)
        journey.goes()
        world.crm.works_again()
        return journey

    def signed(self, journey: Journey, choice: Choice) -> None:
        """Ana decides, and the job goes on."""
        self.said[choice] += len(journey.record.pending.digests) if journey.record.pending else 0
        journey.is_decided(choice, reason="" if choice is Choice.APPROVE else "not now")
        journey.answered()

    def dies(self, journey: Journey) -> None:
        """Its execution was killed, and the recorder heard of it."""
        assert record_end(self.world.deps, journey.job_id, journey.job_id, "FAILED")

    def ends(self, *journeys: Journey) -> None:
        """All that they did is written down."""
        for one in journeys:
            self.raised.update(pair for pair in one.errors if pair[1] not in NO_FAILURE)
            self.stands.setdefault(one.record.job.status, []).append(one.job_id)


@pytest.fixture(scope="module")
def journal() -> Journal:
    """20 jobs: eight are decided, three wait for that, four are parked, three are refused, one
    dies, and one goes to a case by its country."""
    held = Journal()
    with redirect_stdout(StringIO()) as out:
        asks = [held.job(n) for n in range(12)]
        for number, journey in enumerate(asks[:8]):
            held.signed(journey, Choice.REJECT if number < 2 else Choice.APPROVE)
        held.dies(asks[11])
        case = held.job(12, country="Mongolia", phone="+976 7012 0142")
        refused = [held.job(n, Refused("it does not take that")) for n in range(13, 16)]
        parked = [held.job(n, Unavailable("crm is down")) for n in range(16, 20)]
    held.ends(*asks, *parked, *refused, case)
    held.lines = out.getvalue().splitlines()
    return held


@pytest.fixture
def terminal(journal: Journal, capsys: pytest.CaptureFixture[str]) -> Terminal:
    """An operator who asks about these jobs."""
    terminal = Terminal(capsys)
    terminal.world, terminal.lines = journal.world, [*journal.lines]
    terminal.forgets()
    return terminal


def test_what_fails_is_what_the_machine_was_told(journal: Journal, terminal: Terminal) -> None:
    """Each error class of each state as often as it came, executions that died, nothing else; the
    samples are jobs of that trouble."""
    data = terminal.json("failing", "--samples", "20")["failing"]
    assert {(one["step"], one["what"]): one["count"] for one in data} == {
        **journal.raised,
        ("machine", "execution ended"): 1,
    }
    look = next(one for one in data if one["what"] == "Refused")
    assert set(look["samples"]) <= set(journal.stands["ESCALATED"])
    assert (look["jobs"], look["since"] <= look["last"]) == (3, True)
    code, out, _ = terminal.types("failing")
    assert (code, "execution ended" in out) == (0, True)
    assert max(map(len, out.splitlines())) <= COLUMNS


@pytest.mark.control
def test_a_line_that_is_lost_is_missed(journal: Journal, terminal: Terminal) -> None:
    """Control: without one of the lines the numbers are not the journal's."""
    lost = next(one for one in terminal.lines if observability.STEP_ERRORS in one)
    terminal.lines.remove(lost)
    data = terminal.json("failing")["failing"]
    counts = {(one["step"], one["what"]): one["count"] for one in data}
    assert counts != {**journal.raised, ("machine", "execution ended"): 1}


def test_what_is_stuck_is_what_was_left_so(journal: Journal, terminal: Terminal) -> None:
    """Every job that waits stands in one group, and its cause says what to do; whoever waits for
    nobody is in none."""
    data = terminal.json("stuck", "--samples", "20")["stuck"]
    found: dict[str, list[str]] = {}
    for one in data:
        assert one["what_to_do"]
        found.setdefault(one["status"], []).extend(one["samples"])
    waits = {s: ids for s, ids in journal.stands.items() if s != "COMPLETED"}
    assert {s: sorted(ids) for s, ids in found.items()} == {s: sorted(waits[s]) for s in waits}
    assert sum(one["count"] for one in data) == sum(map(len, waits.values()))
    code, out, _ = terminal.types("stuck")
    assert (code, "countersign redrive JOB" in " ".join(out.split())) == (0, True)
    assert max(map(len, out.splitlines())) <= COLUMNS


def test_overrides_are_what_people_said(journal: Journal, terminal: Terminal) -> None:
    """By workflow, reader and rule alike: so many of so many, with Wilson's interval; and they are
    the choices that `stats` prints."""
    data = terminal.json("overrides")
    said, no = journal.said.total(), journal.said[Choice.REJECT]
    for by, name in (("workflow", "lead_intake"), ("reader", "scripted")):
        (one,) = data[by]
        assert (one["name"], one["overridden"], one["decided"]) == (name, no, said)
        assert (one["low"], one["high"]) == wilson(no, said)
    assert terminal.json("stats")["choices"] == {"approve": said - no, "reject": no}
    assert {one["decided"] for one in data["rule"]} == {said}
    code, out, _ = terminal.types("overrides")
    assert (code, "95 % interval" in out) == (0, True)
    assert max(map(len, out.splitlines())) <= COLUMNS


def test_calibration_is_what_people_said_by_how_sure_we_were(
    journal: Journal, terminal: Terminal
) -> None:
    """Every choice counts in one tenth; a workflow that nobody decided anything of has none."""
    data = terminal.json("calibration", "--workflow", "lead_intake")["bins"]
    said = journal.said.total()
    assert sum(one["decided"] for one in data) == said
    assert sum(one["approved"] for one in data) == said - journal.said[Choice.REJECT]
    assert all((one["low"], one["high"]) == wilson(one["approved"], one["decided"]) for one in data)
    assert terminal.json("calibration", "--workflow", "refund_request")["bins"] == []
    code, out, _ = terminal.types("calibration")
    assert (code, "as proposed" in out) == (0, True)
    assert max(map(len, out.splitlines())) <= COLUMNS


def test_an_output_is_explained_from_what_came(journal: Journal, terminal: Terminal) -> None:
    """The message, each fact with its quotes, rules, versions, who decided, and each effect."""
    job_id = journal.stands["COMPLETED"][2]
    data = terminal.json("explain", job_id)
    assert data["input"]["message"]
    assert all(fact["quotes"] for fact in data["facts"].values())
    assert data["versions"]["release"]
    assert data["versions"]["model"] == "scripted"
    assert "crm.create_lead/" in " ".join(data["versions"]["actions"])
    reply = next(one for one in data["decisions"] if one["action"] == "email.send_reply")
    assert [(one["name"], one["choice"]) for one in reply["people"]] == [("Ana Costa", "approve")]
    assert {one["status"] for one in data["effects"]} == {"verified"}
    code, out, _ = terminal.types("explain", job_id)
    assert (code, "What took effect" in out, "Ana Costa: approve" in out) == (0, True, True)
    assert max(map(len, out.splitlines())) <= COLUMNS


def test_nothing_to_tell_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """An empty table is a sentence, and a job that nobody knows exit code 1."""
    terminal = Terminal(capsys)
    terminal.world.clock.passes(days=60)
    terminal.forgets()
    assert terminal.types("failing")[1] == "No step failed in the last 24 h.\n"
    assert terminal.types("overrides")[1] == "Nobody decided anything in the last 30 days.\n"
    assert terminal.types("calibration")[1] == "Nobody decided anything in the last 90 days.\n"
    terminal.types("case", terminal.job, "close", "--by", "kim", "--words", "old")
    assert terminal.types("stuck")[1] == "Nothing is stuck.\n"
    assert terminal.types("explain", "j-nothing")[0] == 1


class Logs:
    """CloudWatch Logs with one function's group, in pages."""

    def __init__(self, *lines: str) -> None:
        self._lines = lines
        self.asked: list[Mapping[str, Any]] = []

    def get_paginator(self, name: str) -> Any:
        return _Pages(self, name)

    def answers(self, name: str, asked: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        """The pages of one call."""
        self.asked.append(asked)
        if name == "describe_log_groups":
            return [{"logGroups": [{"logGroupName": f"{asked['logGroupNamePrefix']}Decide"}]}]
        return [{"events": [{"message": one}]} for one in self._lines]


@dataclass
class _Pages:
    logs: Logs
    name: str

    def paginate(self, **asked: Any) -> list[Mapping[str, Any]]:
        return self.logs.answers(self.name, asked)


def test_lines_are_read_from_the_stages_own_groups(capsys: pytest.CaptureFixture[str]) -> None:
    """Filtered where they lie, from the wanted moment on; what else a log holds is passed over."""
    observability.step_failed("Look", "j-1", Refused("no"))
    line = capsys.readouterr().out
    logs = Logs(line, "START RequestId: 1", json.dumps({"message": "decided"}))
    (found,) = FunctionLogs("countersign-dev", logs).failures(AT)
    assert (found.step, found.what, found.job_id) == ("Look", "Refused", "j-1")
    assert datetime.now(UTC) - found.at < timedelta(minutes=1)
    group, events = logs.asked
    assert group["logGroupNamePrefix"] == "/aws/lambda/countersign-dev-"
    assert events["logGroupName"] == "/aws/lambda/countersign-dev-Decide"
    assert events["startTime"] == AT.timestamp() * 1000


def test_a_rule_leads_to_the_jobs_that_it_stopped_and_an_unknown_one_to_the_known(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A country that is not served stopped the job; a rule that stopped nothing finds nothing; a
    name that no rule has is wrong use, with the names that there are."""
    terminal = Terminal(capsys)
    stopped = terminal.journey.record.ledger[0].verdict.reasons[0].rule
    (found,) = terminal.json("find", "--rule", stopped)["jobs"]
    assert found["job_id"] == terminal.job
    assert terminal.json("find", "--rule", "intent.spam")["jobs"] == []
    code, _, complaint = terminal.types("find", "--rule", "intent.spm")
    said = " ".join(complaint.replace("│", " ").split())
    assert code == 2
    assert "there is no rule intent.spm" in said
    assert "did you mean intent.spam?" in said
