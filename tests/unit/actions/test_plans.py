"""Plans: what keeps one from being whole, its critical path, its lines, and the forms it takes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise, permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from pydantic import ValidationError

from countersign.actions.plans import ics, lines
from countersign.actions.plans.delivery import DELIVER, Delivery, documents
from countersign.actions.plans.forms import digest_of
from countersign.actions.plans.plan import (
    Flaw,
    Goal,
    Milestone,
    Plan,
    Risk,
    circle,
    critical_path,
    flaws,
    span,
)
from countersign.actions.plans.printing import PRINT, Printing, place, unprintable
from countersign.domain.approvals.working_hours import Hours, works
from countersign.domain.errors import ContractBroken
from countersign.domain.money import Money
from countersign.domain.policy.records import PEOPLE, Record, Records
from tests.fakes.files import FakeFiles
from tests.fakes.press import FakePress

NOW = datetime(2026, 11, 16, 10, 0, tzinfo=UTC)
TODAY = date(2026, 11, 16)
OWNERS = frozenset({"Ada Berg", "Owen Cole"})
few = settings(max_examples=25)


def eur(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="EUR")


def found(plan: Plan, holidays: frozenset[date] = frozenset()) -> list[Flaw]:
    """The flaws of a plan whose other parts are whole."""
    held = {"goals": (Goal(text="Sell"),), **{k: v for k, v in dict(plan).items() if v}}
    return list(
        flaws(
            Plan(**held),
            owners=OWNERS,
            works=lambda day: works(day, Hours(), holidays),
            today=TODAY,
        )
    )


def step(
    name: str, on: date | None = date(2027, 3, 1), *after: str, owner: str = "Ada Berg"
) -> Milestone:
    return Milestone(name=name, on=on, owner=owner, after=after)


days = st.integers(0, 400).map(lambda at: date(2027, 1, 1) + timedelta(days=at))


@st.composite
def milestones(draw: st.DrawFn) -> list[Milestone]:
    """Up to five milestones that wait for any others, circles among them."""
    names = [f"m{at}" for at in range(draw(st.integers(1, 5)))]
    return [
        step(name, draw(days), *draw(st.sets(st.sampled_from(names), max_size=2))) for name in names
    ]


def chains(of: Sequence[Milestone]) -> list[tuple[str, ...]]:
    """Every chain of two or more, found by trying all orders: the slow way to the same answer."""
    after = {one.name: {*one.after} for one in of}
    return [
        order
        for size in range(2, len(of) + 1)
        for order in permutations(after, size)
        if all(first in after[then] for first, then in pairwise(order))
    ]


@few
@given(milestones())
def test_a_circle_is_told_exactly_where_there_is_one(of: list[Milestone]) -> None:
    """Who is reached from themselves, and nobody else."""
    after = {one.name: {*one.after} for one in of}
    reached = {name: {*held} for name, held in after.items()}
    for _ in of:
        reached = {n: held.union(*(reached[one] for one in held)) for n, held in reached.items()}
    assert {*circle(of)} == {name for name, held in reached.items() if name in held}


@few
@given(milestones())
def test_the_critical_path_is_a_longest_chain(of: list[Milestone]) -> None:
    """No chain of dependent milestones, found by trying all, spans more days."""
    if circle(of):
        assert critical_path(of) == ()
        return
    every, path = chains(of), critical_path(of)
    assert bool(path) == bool(every)
    if path:
        assert path in every
        assert span(of, path) == max(span(of, one) for one in every)


@pytest.mark.control
def test_the_chain_with_the_most_milestones_is_not_the_critical_one() -> None:
    """Control: a path by count would take the other one here."""
    of = [
        step("a", date(2027, 1, 4)),
        step("b", date(2027, 1, 5), "a"),
        step("c", date(2027, 1, 6), "b"),
        step("z", date(2027, 9, 1), "a"),
    ]
    assert critical_path(of) == ("a", "z")


@few
@given(days, days)
def test_a_date_before_what_comes_first_is_told(first: date, then: date) -> None:
    """And the same day is no contradiction."""
    plan = Plan(title="x", milestones=(step("a", first), step("b", then, "a")))
    told = [one for one in found(plan) if one.kind == "early"]
    assert told == ([Flaw("early", "b", "a")] if then < first else [])


@few
@given(days)
def test_a_day_is_idle_where_nobody_works(on: date) -> None:
    """On Saturday, on Sunday, and on a holiday of the stage."""
    plan = Plan(title="x", milestones=(step("a", on),))
    idle = [one for one in found(plan) if one.kind == "idle_day"]
    assert bool(idle) == (on.weekday() > 4)
    assert [one.kind for one in found(plan, frozenset({on}))] == ["idle_day"]


@few
@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=5), st.integers(-1, 1))
def test_a_budget_adds_up_to_the_cent(cents: list[int], off: int) -> None:
    """The sum of the costs is the total, or the difference is told; a cent is one."""
    costs = tuple(("x", eur(str(Decimal(one) / 100))) for one in cents)
    total = eur(str(Decimal(sum(cents) + off) / 100))
    plan = Plan(title="x", milestones=(step("a"),), budget=costs, total=total)
    assert [one.kind for one in found(plan)] == (["sum"] if off else [])


def test_every_other_flaw_is_told_by_its_name() -> None:
    """A table: the smallest plan that has the flaw, and the flaw."""
    dollars = Money(amount=Decimal(5), currency="USD")
    of = {
        "no_milestones": Plan(title="x"),
        "undated": Plan(title="x", milestones=(step("a", None),)),
        "unowned": Plan(title="x", milestones=(step("a", owner=""),)),
        "stranger": Plan(title="x", milestones=(step("a", owner="Mallory"),)),
        "repeated": Plan(title="x", milestones=(step("a"), step("a", date(2027, 3, 2)))),
        "unknown_step": Plan(title="x", milestones=(step("a", date(2027, 3, 1), "gone"),)),
        "past": Plan(title="x", milestones=(step("a", date(2026, 11, 13)),)),
        "currency": Plan(
            title="x", milestones=(step("a"),), budget=(("x", dollars),), total=eur("5")
        ),
    }
    assert {kind: [one.kind for one in found(plan)] for kind, plan in of.items()} == {
        kind: [kind] for kind in of
    }
    mixed = Plan(title="x", milestones=(step("a"),), budget=(("x", dollars), ("y", eur("5"))))
    assert [one.kind for one in found(mixed)] == ["currency"]
    empty = flaws(Plan(title="x"), owners=OWNERS, works=bool, today=TODAY)
    assert [one.kind for one in empty] == ["no_goals", "no_milestones"]


words = st.text("aé字\\,:-*?!7م", min_size=1, max_size=12).filter(lines.UNKNOWN.__ne__)


@few
@given(words, words, days, st.lists(words, max_size=2))
def test_a_line_is_read_back_as_it_was_written(
    name: str, more: str, on: date, after: list[str]
) -> None:
    """Of each list, with gaps in it and without."""
    milestone = Milestone(name=name, on=on, owner=more, after=tuple(after))
    gap = Milestone(name=name)
    assert lines.milestones(lines.of_milestone(milestone)) == (milestone,)
    assert lines.milestones(lines.of_milestone(gap)) == (gap,)
    for goal in (Goal(text=name, measure=more), Goal(text=name)):
        assert lines.goals(lines.of_goal(goal)) == (goal,)
    risk = Risk(text=name, mitigation=more)
    assert lines.risks(lines.of_risk(risk)) == (risk,)
    assert lines.budget(lines.of_cost(name, eur("12.50"))) == ((name, eur("12.50")),)


def refused(name: str, text: str) -> str:
    """What is said of a second line; empty when it is taken."""
    try:
        lines.READ[name](f"\n{text}")
    except lines.NotInFormError as told:
        return str(told)
    return ""


def test_a_line_in_another_form_is_refused_with_the_form() -> None:
    """A table of lines that a hurried person types; each is told by its number and its form."""
    wrong = {
        "milestones": (
            "Beta",
            "Beta | 2027-03-01",
            "Beta | 1 March 2027 | Ada",
            "Beta | 2027-02-30 | Ada",
            "Beta | ٢٠٢٧-03-01 | Ada",
            "? | 2027-03-01 | Ada",
            "Beta | 2027-03-01 | Ada | Alpha",
            "Beta | 2027-03-01 | Ada | after: Alpha;",
            "Beta |  | Ada",
        ),
        "budget": ("Ads", "Ads | 12", "Ads | 1,200.00 EUR", "Ads | 1.005 EUR", "Ads | -5 EUR"),
        "goals": ("Sell", "Sell | much | more", " | measure"),
        "risks": ("Late",),
    }
    told = {
        text: (refused(name, text), f"line 2 is not “{lines.FORMS[name]}”")
        for name, texts in wrong.items()
        for text in texts
    }
    assert [text for text, (said, form) in told.items() if form not in said] == []
    with pytest.raises(lines.NotInFormError, match="more than 100 lines"):
        lines.audience("\n".join(["x"] * 101))


PLAN = Delivery(
    title="Aurora; a *start*",
    goals="Sell 500 | seats on 30 June",
    milestones="Kit, ready | 2027-03-01 | Ada Berg\n"
    "Große Eröffnung mit vielen Gästen aus Łódź und 東京, draußen vor der Stadt | 2027-05-03 |"
    " Owen Cole | after: Kit, ready\nLater | ? | ?",
    budget="Ads | 30.50 EUR",
    total=eur("30.50"),
    language="de",
    key="0" * 32,
    number=1,
    at=NOW,
)


def events(delivery: Delivery) -> list[Any]:
    return list(Calendar.from_ical(documents(delivery)["launch-plan.ics"]).walk("VEVENT"))


def test_a_calendar_is_read_back_as_the_milestones() -> None:
    """By a kept library: names, days (the end is exclusive), numbers; lines of at most 75 octets
    that end in CRLF; no event for what has no date."""
    text = documents(PLAN)["launch-plan.ics"]
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "\n" not in text.replace("\r\n", "")
    read = events(PLAN)
    assert [(str(e["SUMMARY"]), e["DTSTART"].dt, e["DTEND"].dt) for e in read] == [
        (one.name, one.on, one.on + timedelta(days=1)) for one in PLAN.plan.milestones if one.on
    ]
    assert {(e["SEQUENCE"], e["DTSTAMP"].dt) for e in read} == {(0, NOW)}
    assert str(read[1]["DESCRIPTION"]) == "Verantwortlich: Owen Cole\nNach: Kit, ready"


def test_a_new_version_moves_the_same_events() -> None:
    """Each UID stays whatever of the milestone changed, and its SEQUENCE is one more; another plan
    has others."""
    moved = PLAN.milestones.replace("2027-05-03", "2027-05-10")
    second = PLAN.model_copy(update={"number": 2, "milestones": moved, "title": "Aurora II"})
    before, after = events(PLAN), events(second)
    assert [e["UID"] for e in before] == [e["UID"] for e in after]
    assert [e["SEQUENCE"] for e in after] == [1, 1]
    assert ics.uid("1" * 32, "Kit, ready") not in {str(e["UID"]) for e in before}


@pytest.mark.control
def test_a_line_that_cuts_a_letter_is_seen() -> None:
    """Control: pieces of 75 characters are longer than 75 octets here."""
    cut = [PLAN.milestones[at : at + 75] for at in range(0, len(PLAN.milestones), 75)]
    assert any(len(piece.encode()) > 75 for piece in cut)


def test_every_form_carries_the_digest_of_the_data() -> None:
    """Also after a round through the stored bytes, in which an amount has its minor unit; what is
    typed cannot begin a cell, a link or a tag."""
    forms = documents(PLAN)
    again = documents(Delivery.read(json.loads(PLAN.model_dump_json())))
    assert forms == again
    assert digest_of(forms["launch-plan.json"]) in forms["launch-plan.md"]
    assert "# Aurora; a \\*start\\*" in forms["launch-plan.md"]
    assert "## Meilensteine" in forms["launch-plan.md"]
    assert json.loads(forms["launch-plan.json"])["total"] == {"amount": "30.50", "currency": "EUR"}


def test_a_plan_is_kept_in_three_forms_and_taken_away() -> None:
    """Read back byte for byte, found again, and gone after its undo."""
    files = FakeFiles()
    assert DELIVER.find
    assert DELIVER.read_back
    assert DELIVER.undo
    receipt = DELIVER.do(files, PLAN, "cs-1")
    assert DELIVER.read_back(files, PLAN, receipt) == DELIVER.expected(PLAN)
    assert DELIVER.find(files, PLAN, "cs-1") == receipt
    assert {*files.held} == {f"cs-1/launch-plan.{end}" for end in ("md", "json", "ics")}
    DELIVER.undo.restore(files, PLAN, "cs-1", "cs-1", {})
    assert files.held == {}


def test_a_print_is_found_by_its_data_and_taken_away() -> None:
    """It lies under the digest of what was signed and is read back as a print of that; another hand
    in the file is seen, and its undo leaves nothing."""
    files = FakeFiles()
    press, wanted = FakePress(files), Printing(**dict(PLAN))
    assert PRINT.find
    assert PRINT.read_back
    assert PRINT.undo
    assert PRINT.prints
    assert PRINT.find(press, wanted, "cs-1") is None
    receipt = PRINT.do(press, wanted, "cs-1")
    assert [*files.held] == [f"{PLAN.digest}/launch-plan.pdf"] == [*PRINT.prints(wanted)]
    assert PRINT.find(press, wanted, "cs-1") == receipt
    assert PRINT.read_back(press, wanted, receipt) == PRINT.expected(wanted)
    before = PRINT.undo.state(press, wanted, "cs-1", "")
    files.somebody_changes(place(PLAN), b"%PDF other")
    assert PRINT.read_back(press, wanted, receipt) == {}
    assert PRINT.undo.state(press, wanted, "cs-1", receipt.id) != before
    PRINT.undo.restore(press, wanted, "cs-1", receipt.id, {})
    assert files.held == {}
    assert PRINT.undo.state(press, wanted, "cs-1", receipt.id) == {}
    assert (PRINT.words(wanted), PRINT.undo.words(wanted)) == (
        "Print version 1 of the launch plan “Aurora; a *start*”.",
        "Remove the print of version 1 of the launch plan “Aurora; a *start*”.",
    )


def test_letters_without_a_font_are_told_each_once() -> None:
    """Before anybody signs."""
    assert unprintable(PLAN) == "東京"


def test_what_is_no_plan_is_never_delivered() -> None:
    """Whoever signed it: a gap, a circle or a stranger refuses it in words that
    name nobody; a Saturday does not,
    somebody may mean it."""
    assert DELIVER.unfit
    fields = {"id": "ada", "name": "Ada Berg", "address": "ada@example.com", "roles": ""}
    held = Record(kind="member", id="1", version="1", fields=fields)
    records = Records(read_at=NOW, found={PEOPLE: (held,)})
    whole = PLAN.model_copy(update={"milestones": "Kit | 2027-03-06 | Ada Berg"})
    assert DELIVER.unfit(whole, records) == ""
    assert DELIVER.unfit(PLAN, records) == "the plan leaves open: a date, an owner"


def test_a_list_in_no_form_breaks_the_contract() -> None:
    """So an edit is refused with the line, and no stored plan is unreadable."""
    with pytest.raises(ContractBroken, match=r"milestones.*line 1"):
        Delivery.read({**json.loads(PLAN.model_dump_json()), "milestones": "soon"})
    with pytest.raises(ValidationError):
        Delivery(**{**dict(PLAN), "key": "x"})
