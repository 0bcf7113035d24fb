"""The rulebook as data: what is refused, what its examples prove, what a new version changes."""

from __future__ import annotations

import pytest
import yaml

from countersign.domain.errors import DefinitionBroken
from countersign.parsing.annotations.item import Annotation, Item, Span
from countersign.rulebook.diff import differences, unraised
from countersign.rulebook.judging import judge
from countersign.rulebook.proving import faults, unproven
from countersign.rulebook.report import inert
from countersign.rulebook.schema import Rulebook, read

BOOK = """
id: small
version: 2
title: A small rulebook
labels: {yes: "The text says yes", no: "The text says no"}
rules:
  - id: one.answer
    text: Everybody gives one answer
    severity: major
    check: {kind: label_count, least: 1, most: 1}
    examples:
      keeps: [{annotations: [{label: no}]}]
      breaks: [{annotators: [kim]}]
  - id: asked.tone
    text: The answer is what is meant
    severity: critical
    question: {ask: "Is it meant ironically?"}
"""


def book(text: str = BOOK) -> Rulebook:
    return read(text.encode())


def test_labels_are_what_is_written() -> None:
    """`no` is a label and not false."""
    assert list(book().labels) == ["yes", "no"]
    assert not [*faults(book()), *unproven(book())]


@pytest.mark.control
def test_a_plain_yaml_reader_makes_false_of_it() -> None:
    """So the sample holds the trap."""
    assert list(yaml.safe_load(BOOK)["labels"]) == [True, False]


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("version: 2", "version: 2\nversion: 3", "a key stands here twice"),
        ("id: small", "id: &a small\nowner: *a", "an alias"),
        ("id: small", "id: [small", "line"),
        ("title:", "titel:", "title"),
        ("version: 2", "version: zero", "version"),
        ("kind: label_count", "kind: label_cuont", "label_cuont"),
        ("severity: major", "severity: fatal", "severity"),
        ("least: 1", "least: -1", "least"),
        ("    check: {kind: label_count, least: 1, most: 1}\n", "", "check or a question"),
        ("labels:", "offsets: bytes\nlabels:", "offsets"),
        ("id: small", "id: !!python/object/apply:os.getcwd []", "id"),
        ("kind: label_count, least: 1, most: 1", "kind: span_pattern, must: '('", "regular"),
    ],
)
def test_what_is_no_rulebook_is_refused_with_its_place(old: str, new: str, why: str) -> None:
    """In words that lead to it."""
    with pytest.raises(DefinitionBroken, match=why):
        book(BOOK.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("keeps: [{annotations: [{label: no}]}]", "keeps: [{annotators: [kim]}]", "found broken"),
        (
            "breaks: [{annotators: [kim]}]",
            "breaks: [{annotations: [{label: no}]}]",
            "breaks nothing",
        ),
        ("severity: major", "severity: major\n    scope: {labels: [maybe]}", "maybe is no label"),
        ("id: asked.tone", "id: one.answer", "2 rules have this id"),
        ('yes: "The text says yes"', 'yes: {text: "Says yes", also: [no]}', "stands twice"),
        ("kind: label_count, least: 1, most: 1", "kind: label_apart, never: [x]", "x is no label"),
    ],
)
def test_what_cannot_be_meant_is_named(old: str, new: str, why: str) -> None:
    """Examples are run, labels looked up."""
    assert any(why in one for one in faults(book(BOOK.replace(old, new, 1))))


def test_a_change_must_raise_the_version() -> None:
    """Each difference once, with both sides; a comment or an order of keys is none."""
    changed = book(BOOK.replace("most: 1", "most: 2").replace("says no", "says no, or nay"))
    found = [(one.what, one.field) for one in differences(book(), changed)]
    assert found == [("label no", "text"), ("rule one.answer", "check")]
    assert unraised(book(), changed)
    assert not unraised(book(), book(BOOK.replace("version: 2", "version: 3")))
    assert not list(differences(book(), book("# the same\n" + BOOK)))
    gone = book(BOOK[: BOOK.index("  - id: asked.tone")])
    assert [one.after for one in differences(book(), gone)] == [""]


def test_points_are_taken_from_whom_a_finding_is_about() -> None:
    """An open question costs nothing and is counted."""
    said = Annotation("1", "kim", "yes", span=Span(0, 1))
    found = judge(book(), Item("1", annotators=("kim", "lee"), annotations=(said,)))
    assert (found.scores, str(found.score)) == ({"kim": 100, "lee": 95}, "97.5")
    assert found.unanswered == 1


def test_no_cell_is_a_formula() -> None:
    """Also behind spaces and in wide signs; numbers and words stay."""
    for cell in ("=1+1", " =1", "+x", "-x", "@a", "\t=1", "\uff1d1", "-1+2"):
        assert inert(cell) == f"'{cell}"
    for cell in ("-1", "+2.5", "a=b", "", "1", "x"):
        assert inert(cell) == cell
