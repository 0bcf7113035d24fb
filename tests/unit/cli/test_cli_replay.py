"""`countersign replay`: a job is understood once more, and nothing else happens."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from countersign.domain.errors import NotFound
from countersign.jobs.originals import readings
from infra.cli.hands.replay import again
from tests.fakes.journey import Journey, accept, form
from tests.unit.cli.terminal import Terminal
from workflows import WORKFLOWS

BY = ("--by", "kim")


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str]) -> Terminal:
    """A job that is done."""
    terminal = Terminal(capsys)
    terminal.journey = Journey(
        terminal.world, accept(terminal.world, form(country="Germany"), event="lead-2")
    )
    terminal.journey.goes()
    terminal.forgets()
    return terminal


def shown_differently(terminal: Terminal, **facts: Any) -> None:
    """What the model says next: as the heuristics do, but for these facts."""
    asked = terminal.world.model.asked[-1].messages
    said = WORKFLOWS["lead_intake"].offline(next(text for role, text in asked if role == "user"))
    terminal.world.model.answers(json.dumps({**said, **facts}))


def stands(terminal: Terminal) -> Any:
    """All that is stored of the job, but its audit trail and version."""
    record = terminal.journey.record
    return record.results, record.ledger, record.job.status, len(terminal.world.model.asked)


def test_stored_answers_are_read_again_without_asking(terminal: Terminal) -> None:
    """The same code makes the same of them; nobody is asked, and the trail says who looked."""
    before, events = stands(terminal), len(terminal.journey.record.audit)
    told = terminal.json("replay", terminal.job, *BY)
    assert told["changed"] == []
    assert stands(terminal) == before
    last = terminal.journey.record.audit[-1]
    assert (last.event, last.actor) == ("replayed", "person:kim")
    assert len(terminal.journey.record.audit) == events + 1
    assert readings(terminal.journey.record) == 1


def test_a_fresh_answer_is_told_fact_by_fact_and_acts_on_nothing(terminal: Terminal) -> None:
    """One call under the job's own release; what differs is named with both values, and of the job
    nothing changes but the trail."""
    results, ledger, status, asked = stands(terminal)
    shown_differently(terminal, company=None)
    told = terminal.json("replay", terminal.job, *BY, "--fresh")
    changed = {one["what"]: (one["then"], one["now"]) for one in told["changed"]}
    assert changed["company"][0]
    assert changed["company"][1] == ""
    assert (told["calls"], terminal.world.model.asked[-1]) == (1, terminal.world.model.asked[-2])
    assert stands(terminal) == (results, ledger, status, asked + 1)
    assert terminal.journey.record.audit[-1].event == "asked again"


def test_it_is_shown_within_eighty_columns(terminal: Terminal) -> None:
    """What was and what is, beside each other."""
    shown_differently(terminal, company=None)
    code, out, _ = terminal.types("replay", terminal.job, *BY, "--fresh")
    assert (code, "company" in out, "Nothing was done." in out) == (0, True, True)
    assert max(map(len, out.splitlines())) <= 80


def test_who_is_nobody_reads_nothing(terminal: Terminal) -> None:
    """And nobody is asked."""
    before, events = stands(terminal), len(terminal.journey.record.audit)
    code, _, err = terminal.types("replay", terminal.job, "--by", "nobody", "--fresh")
    assert (code, "nobody in the directory" in err) == (1, True)
    assert (stands(terminal), len(terminal.journey.record.audit)) == (before, events)


@pytest.mark.control
def test_control_an_answer_that_is_not_stored_is_not_asked_for(terminal: Terminal) -> None:
    """Without --fresh nothing is paid: what is missing is told."""
    record, deps, asked = terminal.journey.record, terminal.world.deps, stands(terminal)[-1]
    left = {name: one for name, one in record.results.items() if not name.startswith("call.")}
    with pytest.raises(NotFound, match="--fresh asks for it"):
        again(deps, replace(record, results=left), fresh=False)
    assert len(terminal.world.model.asked) == asked
