"""What only a quoted part says, and what stands in no quote at all."""

from __future__ import annotations

import json

import pytest

from countersign.domain.policy.proposal import Fact, grounded
from tests.unit.workflows.pipeline import judge, read
from tests.unit.workflows.refunds import judge as judge_refund
from tests.unit.workflows.refunds import mailed

QUOTED = "> We need a quote for 5 licences with pricing, please.\n> Budget 9,000 EUR."


def test_what_stands_only_in_a_quoted_line_asks() -> None:
    """A form's message that passes on what somebody else wrote runs nothing by itself."""
    form = {"name": "Ines Alder", "email": "ines.alder@kornfeld.example", "message": QUOTED}
    outcome = judge(read(json.dumps(form).encode()))
    assert "source.only_quoted" in outcome.rules
    assert set(outcome.verdicts.values()) == {"ask"}


@pytest.mark.control
def test_control_the_same_words_of_the_senders_own_do_not() -> None:
    """Control: without the marks it is what the sender wants."""
    form = {
        "name": "Ines Alder",
        "email": "ines.alder@kornfeld.example",
        "message": QUOTED.replace("> ", ""),
    }
    assert "source.only_quoted" not in judge(read(json.dumps(form).encode())).rules


def test_a_mail_that_only_quotes_asks() -> None:
    """Nothing new stands in the mail: its history was read instead, and a person looks."""
    text = "On Mon, 2 Nov 2026, Ada Quill <ada.quill@example.com> wrote:\n> Please refund 49.90 EUR"
    outcome = judge_refund(mailed(f"{text} of order 1042, the lamp is broken."))
    assert outcome.verdicts["payments.refund"] == "ask"
    assert "source.only_quoted" in outcome.rules


def test_a_quote_across_two_parts_grounds_nothing() -> None:
    """The sign between parts is in no quote, whatever a model joins."""
    joined = "Quotation \u241e our budget"
    facts = {
        "budget": Fact(value="9", quotes=(joined,)),
        "city": Fact(value="x", quotes=("Leeds",)),
    }
    assert set(grounded(facts, "Quotation\n\u241e\nour budget is 9 EUR in Leeds")) == {"city"}
