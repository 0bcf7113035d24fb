"""Questions: three per request, one answer each, by whom they were asked of."""

from __future__ import annotations

from datetime import timedelta

import pytest

from countersign.domain.approvals.approval import Person
from countersign.domain.approvals.questions import (
    ANSWER_LIMIT,
    QUESTION_LIMIT,
    Question,
    answered,
    asked,
    no_more,
)
from countersign.domain.errors import AlreadyDecided, ContractBroken, NotAuthorised
from tests.builders import ANA, AT, BEN, approval, decision, held

CARL = Person(id="carl", name="Carl Njoku", address="carl.njoku@example.com")
REQUEST = approval(held())


def question(*earlier: Question, text: str = "Do we know them?") -> Question:
    """Ana asks Carl."""
    return asked(REQUEST, earlier, text, by=ANA, contact=CARL, now=AT)


def test_a_question_knows_its_request_and_its_number() -> None:
    """Ids are derived: a repeated write of the same question is the same row."""
    first = question()
    second = question(first)
    assert (first.question_id, second.question_id) == ("a-1-1", "a-1-2")
    assert (first.by, first.contact, first.answered) == (ANA, CARL, False)


def test_questions_of_other_requests_do_not_count() -> None:
    """The limit is per request."""
    others = [question().model_copy(update={"approval_id": "a-0"}) for _ in range(9)]
    assert no_more(REQUEST, others, ANA, CARL, AT) == ""


@pytest.mark.parametrize(
    ("why", "parts"),
    [
        ("no internal contact", {"contact": None}),
        ("the contact yourself", {"contact": ANA}),
        ("does not wait", {"approval": REQUEST.model_copy(update={"superseded": True})}),
        ("does not wait", {"approval": REQUEST.model_copy(update={"decision": decision(REQUEST)})}),
        ("does not wait", {"now": AT + timedelta(days=1)}),
        ("have been asked", {"earlier": [question()] * 3}),
    ],
)
def test_when_nothing_can_be_asked_the_reason_is_said(why: str, parts: dict[str, object]) -> None:
    """Nobody to ask, nothing to ask about, or enough asked: refused with a sentence."""
    usual = {"approval": REQUEST, "earlier": [], "by": ANA, "contact": CARL, "now": AT}
    given = usual | parts
    assert why in no_more(**given)  # type: ignore[arg-type] # named parts of one call
    with pytest.raises(NotAuthorised, match=why):
        asked(
            given["approval"],  # type: ignore[arg-type] # as above
            given["earlier"],  # type: ignore[arg-type] # as above
            "Why?",
            by=ANA,
            contact=given["contact"],  # type: ignore[arg-type] # as above
            now=given["now"],  # type: ignore[arg-type] # as above
        )


def test_an_answer_is_given_once_by_the_contact() -> None:
    """Who was asked answers, once; line ends are plain."""
    said = answered(question(), " Yes.\r\nSince May. ", by="carl", now=AT)
    assert (said.answer, said.answered, said.answered_at) == ("Yes.\nSince May.", True, AT)
    with pytest.raises(AlreadyDecided):
        answered(said, "No.", by="carl", now=AT)
    with pytest.raises(NotAuthorised):
        answered(question(), "No.", by=BEN.id, now=AT)


@pytest.mark.parametrize("text", ["", " \r\n ", "x" * (ANSWER_LIMIT + 1)])
def test_an_answer_says_something_within_its_limit(text: str) -> None:
    """Empty and endless answers are refused; so are questions, by a limit of their own."""
    with pytest.raises(ContractBroken):
        answered(question(), text, by="carl", now=AT)
    with pytest.raises(ContractBroken, match="question"):
        question(text=text)
    assert question(text="x" * QUESTION_LIMIT)
