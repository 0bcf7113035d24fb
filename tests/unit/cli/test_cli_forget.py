"""`countersign forget`: it plans, counts and asks, and says what it could not reach."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from countersign.domain.jobs.job import Status
from tests.fakes.kept import Kept, kept
from tests.unit.cli.terminal import Terminal

BO, CY = "bo@b.example", "cy@c.example"
WIDTH = 80


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str]) -> Iterator[Terminal]:
    """A terminal on a stage with a job of Bo and one of Cy that is under way."""
    made = Terminal(capsys)
    with kept() as stage:
        stage.keeps(BO)
        stage.keeps(CY, Status.PROCESSING)
        stage.stores()
        made.hands = stage.hands
        made.settings = made.settings.model_copy(update={"payloads_bucket": "payloads"})
        made.given = _of(stage)
        made.forgets()
        yield made


def _of(stage: Kept) -> dict[str, object]:
    names = ("store", "payloads", "people", "clock", "ids", "suppression", "rollouts", "workflows")
    return {name: getattr(stage.deps, name) for name in names}


def test_it_plans_counts_asks_and_says_what_it_cannot_reach(terminal: Terminal) -> None:
    """A plan alone changes nothing; JSON asks nothing and wants --yes; afterwards nobody
    is found. Each line has room in 80 columns."""
    order = ("forget", BO, "--by", "kim")
    code, out, _ = terminal.types(*order, "--plan")
    assert (code, "1 jobs of theirs" in out) == (0, True)
    assert terminal.types(*order, "--json")[0] == 2
    told = terminal.json(*order, "--plan")
    assert (len(told["jobs"]), told["versions"], told["erased"]) == (1, 1, False)
    code, out, err = terminal.types(*order, "--yes")
    assert (code, "Erased: 1 jobs" in out, "backups" in out, "1 of 1 jobs" in err) == (
        0,
        *[True] * 3,
    )
    assert max(map(len, out.splitlines())) <= WIDTH
    assert terminal.json(*order, "--yes")["jobs"] == []


def test_it_refuses_what_is_under_way_whom_nobody_knows_and_no_address(terminal: Terminal) -> None:
    """Each with 1, and a word that helps."""
    for words, helps in (
        ((CY, "--by", "kim", "--yes"), "cancel it"),
        ((BO, "--by", "ana", "--yes"), "operations"),
        (("bo", "--by", "kim", "--yes"), "no mail address"),
    ):
        code, out, err = terminal.types("forget", *words)
        assert (code, helps in " ".join((out + err).split())) == (1, True)
