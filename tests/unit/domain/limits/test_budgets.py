"""Budgets of the model: reserved at their worst, settled once, never beyond what was given."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from countersign.domain.errors import BudgetSpent
from countersign.domain.limits.budgets import (
    ACCOUNT,
    ALL,
    HOLDS_FOR,
    NOTHING,
    Amount,
    Budgets,
    Counter,
    Hold,
    Most,
    Raise,
    Reserving,
    day_end,
    fitting,
    full,
    name_of,
    nearly_spent,
    needs_of,
    raised,
    reserved,
    settled,
    share,
    total,
    waiting_workflow,
    waits_for,
)

NOW = datetime(2026, 3, 2, 23, 50, tzinfo=UTC)
EMPTY = Counter(day="2026-03-02")
LEADS = "lead_intake"


def tokens(count: int) -> Amount:
    return Amount(tokens=count)


def hold(count: int, workflow: str = LEADS) -> Hold:
    return Hold(workflow=workflow, amount=tokens(count), until=NOW + HOLDS_FOR)


def wanted(attempt: str, count: int, seen: Counter = EMPTY, **most: int) -> Reserving:
    """A call that may use so many tokens, within so many for the account and the workflow."""
    named = {"account": ACCOUNT, "leads": LEADS}
    within = {named[name]: Most(tokens=bound) for name, bound in most.items()}
    return Reserving(attempt, hold(count), within, seen)


def with_calls(*counts: int) -> Counter:
    """A day in which such calls have ended."""
    row = EMPTY
    for number, count in enumerate(counts):
        held = reserved(row, wanted(str(number), count, row))
        assert held is not None
        row = settled(held, str(number), tokens(count)) or row
    return row


def test_a_part_of_a_billionth_counts_as_a_whole_one() -> None:
    """What is counted is never less than what is paid; and it comes back as USD."""
    assert Amount.of(Decimal("0.0000000001"), 3) == Amount(nano_usd=1, tokens=3)
    assert Amount.of(Decimal("1.5"), 0).usd == Decimal("1.5")
    assert str(Amount(nano_usd=1, tokens=3)) == "0.000000001 USD and 3 tokens"
    assert total([tokens(1), Amount(nano_usd=2)]) == Amount(nano_usd=2, tokens=1)


def test_a_budget_says_itself() -> None:
    """In the words of who reads why a job waits."""
    assert str(Most(usd=Decimal(20), tokens=5)) == "20 USD and 5 tokens"
    assert not str(Most())


def test_only_what_is_bounded_is_counted() -> None:
    """A stage that bounds no day writes no counter."""
    assert Budgets().scopes(LEADS) == {}
    day, account = Most(tokens=5), Most(usd=Decimal(1))
    assert Budgets(day=day, account=account).scopes(LEADS) == {ACCOUNT: account, LEADS: day}


def test_a_call_is_held_in_both_counters_or_in_none() -> None:
    """The account is full: the workflow's own room is of no use; and nothing changed."""
    row = reserved(EMPTY, wanted("a", 60, account=100, leads=80))
    assert row is not None
    assert row.taken(ACCOUNT) == row.taken(LEADS) == row.holds(LEADS) == tokens(60)
    assert row.spent(ACCOUNT) == NOTHING
    assert reserved(row, wanted("b", 21, row, account=1000, leads=80)) is None
    assert full(row, wanted("b", 21, row, account=1000, leads=80)) == LEADS
    assert full(row, wanted("b", 41, row, account=100)) == ACCOUNT
    assert reserved(row, wanted("b", 40, row, account=100)) is not None
    assert row.holds("another") == NOTHING


def test_an_attempt_holds_once() -> None:
    """A repeat finds its own hold, and changes nothing."""
    row = reserved(EMPTY, wanted("a", 60, account=100))
    assert row is not None
    assert reserved(row, wanted("a", 20, row, account=100)) is None


def test_an_attempt_settles_once() -> None:
    """What is over is free again; a repeat changes nothing."""
    held = reserved(EMPTY, wanted("a", 60, account=100))
    assert held is not None
    row = settled(held, "a", tokens(25))
    assert row is not None
    assert row.spent(ACCOUNT) == row.taken(LEADS) == tokens(25)
    assert row.calls == {ACCOUNT: 1, LEADS: 1}
    assert settled(row, "a", tokens(25)) is None


def test_a_call_that_cost_nothing_is_freed_and_is_no_call() -> None:
    """Turned away, or dead: the hold goes and nothing stays."""
    held = reserved(EMPTY, wanted("a", 60, account=100))
    assert held is not None
    row = settled(held, "a", None)
    assert row is not None
    assert row.taken(ACCOUNT) == NOTHING
    assert row.calls == {ACCOUNT: 0, LEADS: 0}


def test_a_dead_calls_hold_is_known_by_its_time() -> None:
    """Nobody doubts it before; at its end it may be freed."""
    row = reserved(EMPTY, wanted("a", 60))
    assert row is not None
    assert not list(row.left_behind(NOW))
    assert [name for name, _ in row.left_behind(NOW + HOLDS_FOR)] == ["a"]


def test_what_an_operator_adds_counts_once_it_was_seen() -> None:
    """The limit in the condition is that of the row which was seen; another row is read first."""
    row = with_calls(90)
    more = Raise(scope=ACCOUNT, by="kim", reason="a campaign", at=NOW, amount=tokens(50))
    higher = raised(row, more)
    assert higher.raises == (more,)
    assert reserved(higher, wanted("b", 30, row, account=100)) is None
    assert full(higher, wanted("b", 30, row, account=100)) is None
    assert reserved(higher, wanted("b", 30, higher, account=100)) is not None
    assert reserved(higher, wanted("b", 61, higher, account=100)) is None


def test_operators_are_told_by_the_call_that_crosses() -> None:
    """From below four fifths to above, of money or tokens; not by the calls before and after."""
    within = {ACCOUNT: Most(tokens=100, usd=Decimal(1000))}
    assert share(with_calls(79), ACCOUNT, within[ACCOUNT]) == Decimal("0.79")
    assert nearly_spent(with_calls(70, 9), tokens(9), within) == ()
    assert nearly_spent(with_calls(70, 10), tokens(10), within) == (ACCOUNT,)
    assert nearly_spent(with_calls(85, 5), tokens(5), within) == ()
    assert share(EMPTY, ACCOUNT, Most()) == 0


@pytest.mark.parametrize(
    ("needs", "fit"),
    [((60, 20, 20), "ab"), ((90, 20, 20, 30), "bcd"), ((81,), ""), ((), "")],
)
def test_who_waits_is_woken_as_far_as_there_is_room(needs: tuple[int, ...], fit: str) -> None:
    """Beside each other and in their order; one that is too large keeps no smaller one waiting."""
    row = reserved(with_calls(10), wanted("x", 20, with_calls(10)))
    assert row is not None
    within = {ACCOUNT: Most(tokens=110), LEADS: Most(tokens=1000)}
    waiting = [(name, tokens(need)) for name, need in zip("abcd", needs, strict=False)]
    assert "".join(fitting(row, within, waiting)) == fit


def test_the_row_of_a_wish_is_the_one_that_was_seen() -> None:
    """The rooms that the condition states are those beside the wish, with what was added."""
    asked = replace(wanted("a", 30, account=100), seen=raised(EMPTY, _raise(5)))
    assert list(asked.rooms()) == [(ACCOUNT, "tokens", 75)]


def _raise(count: int) -> Raise:
    at = NOW + timedelta(minutes=1)
    return Raise(scope=ACCOUNT, by="kim", reason="more", at=at, amount=tokens(count))


def test_a_day_ends_at_midnight_utc() -> None:
    """Whatever the zone of the moment that is asked about."""
    ends = datetime(2026, 3, 3, tzinfo=UTC)
    assert day_end(NOW) == ends
    assert day_end(NOW.astimezone(timezone(timedelta(hours=9)))) == ends


def test_a_waiting_job_says_for_whose_budget_and_for_how_much() -> None:
    """The names of the two lead back to the workflow, and the error's own message to the amount."""
    assert waiting_workflow(waits_for("letters")) == "letters"
    assert waiting_workflow("crm") == ""
    assert (name_of(ACCOUNT), name_of("letters")) == (ALL, "letters")
    needs = Amount.of(Decimal("0.0125"), 900)
    assert needs_of(str(BudgetSpent("letters", "2026-03-02", "1 USD", str(needs)))) == needs
    assert needs_of("its turn at crm comes later") is None
