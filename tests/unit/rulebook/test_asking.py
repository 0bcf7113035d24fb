"""What a model is asked about an item, and what counts as its answer."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from countersign.parsing.annotations.item import Annotation, Item, Span
from countersign.rulebook.asking import (
    A_PICTURE,
    MOST_CHARACTERS,
    TOO_LONG,
    TOO_MANY,
    Questioning,
    Said,
    Verdicts,
    questioning,
)
from countersign.rulebook.judging import judge
from countersign.rulebook.schema import Rulebook, read

TEXT = "Cafe Linde, card 4111 1111 1111 1111, for Mrs Amsel"
BOOK = b"""
id: small
version: 1
title: A small book
labels: {vendor: "Span: who sells", note: "Span: by hand"}
rules:
  - id: vendor.real
    text: The vendor is who sells
    severity: major
    scope: {labels: [vendor]}
    question: {ask: "Is it something else?", about: annotation}
    examples:
      keeps: [{text: "Bar Rossi", annotations: [{label: vendor, start: 0, end: 9}]}]
  - id: nobody.private
    text: No private person is named
    severity: critical
    question: {ask: "Is a private person named?"}
overruled:
  - {rule: nobody.private, by: kim, on: 2026-03-01, why: "a shop", item: {text: "Madame Claude"}}
"""


def book() -> Rulebook:
    return read(BOOK)


def item() -> Item:
    vendor = Annotation("a1", "kim", "vendor", span=Span(0, 10))
    other = Annotation("a2", "lee", "vendor", span=Span(0, 10))
    return Item("r1", TEXT, annotators=("kim", "lee"), annotations=(vendor, other))


def asked() -> Questioning:
    return questioning(book(), item())


def said(*words: tuple[int, str, str]) -> Verdicts:
    rows = (Said(question=n, broken=b, why="so", quote=q) for n, b, q in words)  # type: ignore[arg-type] # the words of a test
    return Verdicts(verdicts=tuple(rows))


def test_all_questions_about_an_item_are_one_without_ids_or_names() -> None:
    """Each annotation in its scope, the whole once; numbers of cards are masked; what people
    decided of like cases is shown with the question, what they overruled too."""
    shown = json.loads(asked().shown())
    assert [one["id"] for one in shown["questions"]] == ["vendor.real"] * 2 + ["nobody.private"]
    assert shown["questions"][0]["about"] == {
        "label": "vendor",
        "means": "Span: who sells",
        "text": "Cafe Linde",
    }
    assert "[card]" in shown["text"]
    for secret in ("kim", "lee", "r1", "a1", "4111"):
        assert secret not in asked().shown()
    assert shown["questions"][0]["examples"]["not broken"][0]["text"] == "Bar Rossi"
    assert shown["questions"][2]["examples"]["not broken"][0]["text"] == "Madame Claude"


WRONG = {
    "one is missing": said((1, "no", ""), (2, "no", "")),
    "one stands twice": said((1, "no", ""), (1, "no", ""), (3, "no", "")),
    "one more": said((1, "no", ""), (2, "no", ""), (3, "no", ""), (4, "yes", "Cafe")),
    "a quote of something else": said((1, "no", ""), (2, "no", ""), (3, "yes", "Mr Amsel")),
    "broken without a quote": said((1, "no", ""), (2, "yes", ""), (3, "no", "")),
    "the number that was masked": said((1, "no", ""), (2, "no", ""), (3, "yes", "4111 1111")),
}


@pytest.mark.parametrize("answer", WRONG.values(), ids=WRONG)
def test_an_answer_that_is_none_is_told_what_is_wrong(answer: Verdicts) -> None:
    """Each question once; what is broken with words of the text."""
    assert list(asked().faults(answer))


def test_an_answer_becomes_findings_and_what_is_unsure_stays_open() -> None:
    """With the rule's id, the annotation and the quote."""
    answer = said((3, "yes", "Mrs Amsel"), (1, "yes", "Cafe Linde"), (2, "unsure", ""))
    assert list(asked().faults(answer)) == []
    found = judge(book(), item(), answer=asked().answer(answer))
    assert [(one.rule, one.annotations, one.quote) for one in found.findings] == [
        ("vendor.real", ("a1",), "Cafe Linde"),
        ("nobody.private", (), "Mrs Amsel"),
    ]
    assert found.unanswered == 1


def test_what_the_model_cannot_read_is_not_asked() -> None:
    """A picture, a text that is too long, too many questions: each with its reason."""
    many = tuple(Annotation(str(n), "kim", "vendor", span=Span(0, 4)) for n in range(50))
    whole = item()
    assert questioning(book(), replace(whole, text=None)).barred == A_PICTURE
    assert questioning(book(), replace(whole, text="x" * (MOST_CHARACTERS + 1))).barred == TOO_LONG
    assert questioning(book(), replace(whole, annotations=many)).barred == TOO_MANY
    assert asked().barred == ""
