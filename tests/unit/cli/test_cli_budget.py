"""`countersign budget`: how the day's budgets stand, and who raises which."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from countersign.domain.jobs.spending import raised_in
from countersign.domain.limits.budgets import Amount, Budgets, Most
from countersign.runtime.budgets import DayBudget
from tests.unit.cli.terminal import Terminal

WHY = ("--by", "kim", "--reason", "the quarter ends")


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str]) -> Terminal:
    """With a budget of 2 USD a day for lead_intake, of which 0.5 are spent and 0.25 held."""
    terminal = Terminal(capsys)
    world = terminal.world
    flow = world.workflows["lead_intake"]
    bounded = replace(flow, budgets=Budgets(day=Most(usd=Decimal(2))))
    world.workflows = {**world.workflows, flow.id: bounded}
    world.deps = world.deps_again()
    day = DayBudget(world.deps, flow.id)
    held = day.reserves(Amount.of(Decimal(1), 90))
    assert held
    held.settles(Amount.of(Decimal("0.5"), 50))
    assert day.reserves(Amount.of(Decimal("0.25"), 10))
    terminal.forgets()
    return terminal


def test_show_tells_what_is_spent_held_and_added(terminal: Terminal) -> None:
    """Exactly, by budget and what it counts; and who added what, and why."""
    shown = terminal.json("budget", "show")
    assert shown["day"] == terminal.world.clock.now().date().isoformat()
    mine = next(one for one in shown["budgets"] if one["budget"] == "lead_intake")
    assert mine == {
        "budget": "lead_intake",
        "calls": 1,
        "counts": "usd",
        "most": "2.000000000",
        "spent": "0.500000000",
        "held": "0.250000000",
        "raised": "0.000000000",
        "share": "0.25",
    }
    told = terminal.types("budget", "raise", "lead_intake", "--usd", "2", *WHY)
    assert told[:2] == (0, "today's budget of lead_intake is raised, in all by 2 USD\n")
    code, out, _ = terminal.types("budget", "show")
    assert (code, "kim added 2 USD to lead_intake: the quarter ends" in out) == (0, True)
    (line,) = (one for one in out.splitlines() if one.startswith("lead_intake"))
    assert [cell.strip() for cell in line.split("│")][3:] == ["0.5", "0.25", "2", "2"]


def test_the_account_s_is_called_all(terminal: Terminal) -> None:
    """It binds every workflow."""
    told = terminal.json("budget", "raise", "all", "--tokens", "5", *WHY)
    assert told == {
        "budget": "all",
        "more": "5 tokens",
        "by": "kim",
        "reason": "the quarter ends",
    }


def test_a_job_s_own_is_raised_by_its_id(terminal: Terminal) -> None:
    """Also by the beginning of it; who and why stand in its trail."""
    told = terminal.json("budget", "raise", terminal.job[:8], "--usd", "0.5", *WHY)
    assert told["budget"] == terminal.job
    assert raised_in(terminal.journey.record.audit) == Amount.of(Decimal("0.5"), 0)
    assert terminal.journey.record.audit[-1].actor == "person:kim"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("lead_intake", "--usd", "much", *WHY), "no sum in US$"),
        (("lead_intake", "--usd", "NaN", *WHY), "no sum in US$"),
        (("lead_intake", *WHY), "say how much more"),
        (("all", "--usd", "1", "--by", "ana", "--reason", "x"), "may not raise this budget"),
        (("j-0000000", "--usd", "1", *WHY), "see `countersign jobs`"),
    ],
)
def test_what_may_not_be_raised_is_not(
    terminal: Terminal, words: tuple[str, ...], said: str
) -> None:
    """Exit code 1 with why, and nothing is added."""
    code, _, err = terminal.types("budget", "raise", *words)
    assert (code, said in err) == (1, True)
    assert terminal.json("budget", "show")["raised"] == []


def test_without_a_budget_it_says_where_one_is_set(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is bounded, and nothing was counted."""
    terminal = Terminal(capsys)
    free = {name: replace(one, budgets=Budgets()) for name, one in terminal.world.workflows.items()}
    terminal.world.workflows = free
    terminal.world.deps = terminal.world.deps_again()
    terminal.forgets()
    assert "[budget.day]" in terminal.types("budget", "show")[1]
