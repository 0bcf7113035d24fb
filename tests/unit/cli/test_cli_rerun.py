"""`countersign rerun`: seen before it is ordered, and only by who may."""

from __future__ import annotations

import pytest

from countersign.domain.approvals.approval import Choice
from tests.unit.cli.terminal import Terminal
from tests.unit.steps.test_rollback import done


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str]) -> Terminal:
    """A terminal on a world with a lead that was done."""
    terminal = Terminal(capsys)
    terminal.world, terminal.journey = done(Choice.APPROVE)
    terminal.forgets()
    return terminal


def order(terminal: Terminal, *more: str, by: str = "kim", step: str = "look") -> tuple[str, ...]:
    """The words of the command."""
    return ("rerun", terminal.job, "--from", step, "--by", by, "--reason", "mended", *more)


def test_a_preview_orders_nothing_and_an_order_links_both_jobs(terminal: Terminal) -> None:
    """What counts as done is listed; afterwards `show` of either names the other."""
    before = terminal.journey.record
    code, out, _ = terminal.types(*order(terminal, "--preview"))
    assert (code, "Counts as done:" in out, "Nothing more is wanted" in out) == (0, True, True)
    assert terminal.journey.record == before
    again = ("--again", "crm.request_callback")
    seen = terminal.json(*order(terminal, "--preview", *again))
    assert ([one["action"] for one in seen["asks"]], seen["runs"]) == ([again[1]], [])
    data = terminal.json(*order(terminal, "--yes"))
    assert terminal.world.queue.sent[-1] == data["job_id"]
    assert terminal.json("show", terminal.job)["rerun_as"] == data["job_id"]
    _, out, _ = terminal.types("show", data["job_id"])
    assert f"Runs {terminal.job} again." in out
    _, out, _ = terminal.types("show", terminal.job)
    assert f"Run again as {data['job_id']}." in out


def test_what_cannot_be_foreseen_is_said(terminal: Terminal) -> None:
    """A job that wanted nothing never read any records."""
    record = terminal.journey.record
    results = {name: held for name, held in record.results.items() if name != "records"}
    terminal.world.store.put(type(record)(record.job, results=results, ledger=record.ledger))
    _, out, _ = terminal.types(*order(terminal, "--preview", step="prepare"))
    assert "not known before it" in out


@pytest.mark.parametrize(
    ("more", "by", "code", "said"),
    [
        (("--yes",), "nobody", 1, "may not run this again"),
        (("--json",), "kim", 2, "--json asks nothing"),
    ],
)
def test_what_is_not_ordered_changes_nothing(
    terminal: Terminal, more: tuple[str, ...], by: str, code: int, said: str
) -> None:
    """Who may not, and JSON without a yes."""
    before = terminal.journey.record
    ended, _, err = terminal.types(*order(terminal, *more, by=by))
    assert (ended, terminal.journey.record) == (code, before)
    assert said in err
