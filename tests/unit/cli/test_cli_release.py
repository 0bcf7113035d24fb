"""`countersign release`: what a stage runs, what was shown there, and what the gate says to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from countersign.domain.jobs.reviews import ReviewAnswer, review_id_of
from countersign.jobs.reviews import answer_review
from infra.cli.releases.standing import before_the_first, refusals
from tests.fakes.journey import Journey, accept, form
from tests.fakes.world import World
from tests.states import in_state
from tests.unit.cli.terminal import Terminal
from workflows import WORKFLOWS, registered


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str]) -> Terminal:
    """A stage in which leads are in shadow, with one job that somebody marked."""
    made = Terminal(capsys)
    world = World(WORKFLOWS["lead_intake"].offline, in_state("shadow"))
    journey = Journey(world, accept(world, form()))
    journey.goes()
    made.world, made.journey = world, journey
    made.forgets()
    return made


def marked(terminal: Terminal) -> None:
    """Ben finds it right."""
    said = ReviewAnswer(by="ben", at=terminal.world.clock.now(), verdict="ok")
    answer_review(terminal.world.deps, review_id_of(terminal.job), said)


def leads(terminal: Terminal) -> dict[str, object]:
    """The line of lead_intake."""
    rows = terminal.json("release", "status")["workflows"]
    found: dict[str, object] = next(one for one in rows if one["workflow"] == "lead_intake")
    return found


def becomes(terminal: Terminal, state: str) -> None:
    """The stage file of every workflow says so."""
    terminal.world.workflows = in_state(state)  # type: ignore[arg-type]
    terminal.world.deps = terminal.world.deps_again()


def test_status_says_what_runs_what_was_shown_and_what_the_gate_says(terminal: Terminal) -> None:
    """From shadow on: to probation once a job was marked, to live only step by step."""
    assert (leads(terminal)["runs"], leads(terminal)["file"]) == ("shadow", "shadow")
    becomes(terminal, "probation")
    assert "nobody has marked" in str(leads(terminal)["refused"])
    marked(terminal)
    assert leads(terminal)["refused"] == ""
    assert leads(terminal)["marks"] == {
        "wrong": 0,
        "of": 1,
        "low": 0.0,
        "high": pytest.approx(0.79, abs=0.01),
    }
    becomes(terminal, "live")
    assert "from shadow to live leaves a step out" in str(leads(terminal)["refused"])
    _, told, _ = terminal.types("release", "status")
    assert "lead_intake may not go on" in told
    assert "0 of 1 (≤ 79.4 %)" in told


def test_a_shadowed_job_is_reviewed_at_a_terminal_too(terminal: Terminal) -> None:
    """The next item says that it is in shadow; the answer keeps what was done by hand, and the
    report of automatic actions does not count it."""
    item = terminal.json("review", "next")
    assert item["shadow"] is True
    assert {one["action"] for one in item["actions"]} >= {"crm.create_lead"}
    terminal.types("review", "answer", item["review"], "ok", "--did", "called", "--by", "ben")
    held = terminal.world.store.reviews[item["review"]].answer
    assert held
    assert held.did == "called"
    assert terminal.json("review", "report") == {"workflows": []}
    assert terminal.json("daily")["set_aside"][0]["status"] == "SHADOWED"


def test_what_never_ran_in_a_stage_begins_in_shadow_or_says_why() -> None:
    """The shipped workflows say that they were live before there were states."""
    assert refusals(before_the_first(registered("dev")), "dev") == ()
    assert refusals(before_the_first(in_state("shadow")), "dev") == ()
    refused = refusals(before_the_first(in_state("live")), "dev")
    assert len(refused) == len(WORKFLOWS)
    assert refused[0].endswith('begin with state = "shadow", or say why in state_reason')


def test_releases_are_listed_shown_and_compared(terminal: Terminal) -> None:
    """By digest, its beginning, or the working tree's by the workflow's name."""
    (one,) = terminal.json("release", "list")["releases"]
    assert (one["workflow"], one["state"], one["jobs"]) == ("lead_intake", "shadow", 1)
    assert one["digest"][:12] in terminal.types("release", "list")[1]
    assert terminal.json("release", "show", one["digest"])["workflow"] == "lead_intake"
    same = terminal.json("release", "diff", one["digest"][:8], "lead_intake")
    assert same == {"prompt": [], "values": []}
    assert "No difference." in terminal.types("release", "diff", one["digest"], "lead_intake")[1]
    becomes(terminal, "probation")
    found = terminal.json("release", "diff", one["digest"], "lead_intake")["values"]
    assert found == [
        {"name": "limits.lists.release.state", "before": "shadow", "after": "probation"}
    ]
    assert "release.state" in terminal.types("release", "diff", one["digest"], "lead_intake")[1]
    code, _, why = terminal.types("release", "show", "beef")
    assert (code, "0 releases begin with beef" in why) == (1, True)


def test_a_release_that_is_gone_is_listed_as_such(terminal: Terminal) -> None:
    """Retention took it, or other code wrote it: its jobs are still counted."""
    terminal.world.payloads.forgets()
    (one,) = terminal.json("release", "list")["releases"]
    assert (one["state"], one["jobs"]) == (None, 1)
    assert "gone" in terminal.types("release", "list")[1]
    assert leads(terminal)["runs"] is None


def test_a_draft_that_no_job_has_had_is_found_by_its_beginning(
    terminal: Terminal, tmp_path: Path
) -> None:
    """As the list shows it: to show, to compare, and beside live jobs while it is in shadow."""
    (one,) = terminal.json("release", "list")["releases"]
    prompt = tmp_path / "new.md"
    prompt.write_text("Answer in one word.")
    said = ("--by", "ben", "--told", "kim", "--reason", "too long", "--better", "fewer edits")
    words = ("release", "new", "lead_intake", "--prompt", str(prompt), *said)
    draft = terminal.json(*words)["digest"][:12]
    assert terminal.json("release", "show", draft)["prompt"] == "Answer in one word."
    found = terminal.json("release", "diff", one["digest"][:8], draft)["prompt"]
    assert "+Answer in one word." in found
    assert terminal.json("release", "shadowed", draft)["jobs"] == 0
