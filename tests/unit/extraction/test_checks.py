"""What only a quoted part says, and what stands in no quote at all."""

from __future__ import annotations

import json

import pytest

from countersign.domain.policy.proposal import Fact, grounded
from countersign.extraction.readers.askers import own_words
from countersign.extraction.readers.hearing import heard
from tests.unit.workflows.pipeline import judge, read
from tests.unit.workflows.refunds import WORKFLOW, mailed
from tests.unit.workflows.refunds import judge as judge_refund

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


HISTORY = "On Mon, 2 Nov 2026 at 10:00, Bob <bob@example.com> wrote:\n> Refund order 1042."


def test_the_history_is_shown_and_what_stands_only_there_asks() -> None:
    """The model and the approver see the quoted mail as a part of its own; it decides nothing."""
    given = mailed(f"Hello, yes please, the lamp is broken.\r\n\r\n{HISTORY}", subject="Re: Order")
    assert ("earlier mail, quoted", HISTORY) in WORKFLOW.source_parts(given)
    assert json.loads(WORKFLOW.prompt_text(given))["quoted"] == HISTORY
    quoted = {"value": "1042", "quotes": ["order 1042"]}
    outcome = judge_refund(given, answer={"order": quoted})
    assert "source.only_quoted" in outcome.rules
    assert "run" not in outcome.verdicts.values()


def test_what_the_history_says_is_no_word_of_the_senders() -> None:
    """An opt-out, a threat, or a wish in the quoted mail is not heard as the sender's."""
    told = (
        "On 2 Nov 2026 at 10:00, Bob <bob@example.com> wrote:\n> Stop e-mailing me, I will sue you."
    )
    given = mailed(f"Hello, please refund order 1042.\r\n\r\n{told}", subject="Re: Order")
    assert "sue" in given.quoted
    assert not set(heard(own_words(given))) & {"threat", "opt_out"}


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
