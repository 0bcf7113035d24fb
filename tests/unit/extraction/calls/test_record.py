"""The record of a call: headed in the company's language, and each item where it was said."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from countersign.domain.policy.proposal import Fact
from countersign.extraction.calls.record import HEADS, CallRecord
from countersign.extraction.calls.transcripts import KINDS, Call, Line
from countersign.extraction.replies import ACKNOWLEDGEMENTS
from tests.builders import proposal

CALL = Call(sender="", lines=tuple(Line(text=f"words {n}") for n in range(20)))
FACTS = {
    f"{kind} 1, lines {n} to {n + 2} at 0:03:1{n}": Fact(value=f"say {kind}", quotes=("words",))
    for n, kind in enumerate(KINDS, start=1)
}
SAYS = proposal(FACTS, covered=Decimal("0.95"))


@pytest.mark.parametrize("language", HEADS)
def test_a_record_is_headed_in_the_language_that_it_is_for(language: str) -> None:
    """Every heading, the word for a line, the share that was read and the missing summary; none of
    another language's."""
    heads = HEADS[language]
    text = CallRecord(CALL, SAYS, language).markdown()
    lines = text.splitlines()
    assert lines[0] == f"# {heads.call}"
    assert [one for one in lines if one.startswith("## ")] == [f"## {one}" for one in heads[:5]]
    assert f"- say topic — {heads.line} 1-3, 0:03:11: “words”" in lines
    assert heads.read.format(share="95%", count=20) in lines
    assert f"_{heads.empty}_" in lines
    assert "{" not in text


def test_every_language_that_we_answer_in_has_its_headings() -> None:
    """A company that is answered in its language gets no English record."""
    assert set(ACKNOWLEDGEMENTS) == set(HEADS)
    assert CallRecord(CALL, SAYS, "xx").heads == HEADS["en"]


def test_programs_get_the_same_in_no_language() -> None:
    """Whatever people read, the names stay."""
    told = {one: json.loads(CallRecord(CALL, SAYS, one).as_json()) for one in ("en", "ja")}
    assert told["en"] == told["ja"]
    assert told["en"]["topics"] == [
        {"text": "say topic", "place": "lines 1 to 3 at 0:03:11", "quote": "words"}
    ]


def test_plain_lines_have_the_kinds_that_are_asked_for() -> None:
    """Below the words that come first; nothing of what was not found."""
    record = CallRecord(CALL, proposal({"action 1, line 2": Fact(value="call", quotes=("x",))}))
    assert record.plain("Head", ("action", "promise")) == "Head\n\nWho does what:\n- call"
    assert record.plain("", ("promise",)) == ""
