"""Corrections: every fact of a workflow has a field of the kind that its contract gives it."""

from __future__ import annotations

from decimal import Decimal

from countersign.domain.policy.proposal import Fact, Proposal, Usage
from countersign.portal.case import changed, fact_fault, fact_fields
from workflows import WORKFLOWS


def proposal(**facts: str) -> Proposal:
    return Proposal(
        facts={name: Fact(value=value, quotes=(value,)) for name, value in facts.items()},
        wishes=(),
        drafts={},
        confidence=Decimal("0.5"),
        model="m",
        offline=False,
        usage=Usage(),
    )


def test_every_fact_of_the_answer_has_a_field() -> None:
    """Facts that the model did not find can be set too; drafts and wishes are no facts."""
    held = proposal(name="Kim", budget_amount="500", budget_currency="EUR")
    known = {one.name: one for one in fact_fields(WORKFLOWS["lead_intake"], held)}
    assert set(known) == {
        *("name", "email", "phone", "company", "country", "intent", "need", "budget"),
        *("timeline", "urgency", "call_at", "call_whom", "language", "summary"),
    }
    assert (known["name"].text, known["email"].text) == ("Kim", "")
    kinds = {name: known[name].kind for name in ("name", "intent", "budget")}
    assert kinds == {"name": "line", "intent": "choice", "budget": "money"}
    assert known["budget"].text == "500 EUR"
    assert known["urgency"].options == ("low", "normal", "high")


def test_long_facts_get_a_text_area() -> None:
    """What does not fit into a line is edited as a text."""
    (one,) = (
        field
        for field in fact_fields(WORKFLOWS["lead_intake"], proposal(summary="long " * 40))
        if field.name == "summary"
    )
    assert one.kind == "prose"
    assert fact_fault(one, "two\nlines") == ""


def test_only_changes_are_corrections() -> None:
    """White space at the ends is no change; an emptied field is one."""
    known = fact_fields(WORKFLOWS["lead_intake"], proposal(name="Kim", company="Moss"))
    assert changed(known, {"name": " Kim ", "company": "", "need": ""}) == {"company": ""}
    assert changed(known, {}) == {}
