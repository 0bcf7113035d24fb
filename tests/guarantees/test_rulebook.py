"""A rulebook of fifty rules finds every fault that was made, nothing else, and says so in the same
bytes each time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from countersign.parsing.annotations.formats import opened
from countersign.parsing.annotations.item import Item
from countersign.rulebook.judging import Asked, Verdict
from countersign.rulebook.report import Tally, findings_csv, items_csv, report_json
from countersign.rulebook.schema import Rulebook, read
from countersign.rulebook.scoring import score
from infra.settings import ROOT
from tests.guarantees.receipts import ALSO, FAULTS, Receipt, honest
from tests.seeds import dice

Figure = Callable[[str, int], None]
FILE = ROOT / "functions/workflows/annotation_qa/rulebooks/receipts.yaml"
BOOK = read(FILE.read_bytes())
QUESTIONS = tuple(rule.id for rule in BOOK.rules if rule.question)


def receipts(count: int) -> list[Receipt]:
    """As many as asked, each second one with a fault, of each rule about as many."""
    drawn = dice()
    made = [honest(n) for n in range(count)]
    kinds = [*FAULTS, *QUESTIONS, "item.once"]
    for at in range(1, count, 2):
        rule, one = kinds[at // 2 % len(kinds)], made[at]
        one.rules = {rule, *ALSO.get(rule, ())}
        if rule == "item.once":
            made[at] = Receipt(one.id, made[at - 1].text, made[at - 1].records, {rule})
        elif rule in FAULTS:
            FAULTS[rule](one)
    later = [one for one in made if one.rules != {"item.once"}]
    drawn.shuffle(later)
    return later + [one for one in made if one.rules == {"item.once"}]


def judged(made: Sequence[Receipt], book: Rulebook = BOOK) -> Tally:
    """By the rulebook; the model answers what was meant."""
    rules = {one.id: one.rules for one in made}

    def answer(item: Item, asked: Asked) -> Verdict:
        return Verdict(broken=asked.rule.id in rules[item.id])

    raw = b"".join(line for one in made for line in one.lines())
    tally, _ = score(book, opened(raw), answer)
    assert not tally.unread
    return tally


def missed(made: Sequence[Receipt], tally: Tally) -> tuple[set[tuple[str, str]], ...]:
    """(item, rule) that was made and not found, and that was found and not made."""
    meant = {(one.id, rule) for one in made for rule in one.rules}
    found = {(item, one.rule) for item, one in tally.findings}
    return meant - found, found - meant


def told(tally: Tally) -> bytes:
    """All that is written of it."""
    parts = (report_json(tally, tally.data("kim")), findings_csv(tally), items_csv(tally))
    return b"".join(chunk for part in parts for chunk in part)


@pytest.mark.parametrize("count", [104, pytest.param(10_000, marks=pytest.mark.soak)])
def test_every_fault_is_found_and_nothing_else(count: int, figure: Figure) -> None:
    """Recall and precision of each of the fifty rules are 1, over what was made on purpose."""
    made = receipts(count)
    assert {rule for one in made for rule in one.rules} == {rule.id for rule in BOOK.rules}
    tally = judged(made)
    overlooked, invented = missed(made, tally)
    figure("faults made", sum(len(one.rules) for one in made))
    figure("overlooked", len(overlooked))
    figure("invented", len(invented))
    assert (overlooked, invented) == (set(), set())
    assert told(tally) == told(judged(made))


@pytest.mark.control
def test_a_rule_that_is_too_lenient_is_seen() -> None:
    """One tolerance is wider, one label another: what that misses is listed, and no more."""
    text = FILE.read_text().replace("tolerance: 1, cut: 5", "tolerance: 50")
    text = text.replace("never: [unpaid]", "never: [unreadable]")
    made = receipts(104)
    overlooked, invented = missed(made, judged(made, read(text.encode())))
    assert {rule for _, rule in overlooked} == {"box.inside", "label.stamp-not-unpaid"}
    assert {rule for _, rule in invented} == {"label.stamp-not-unpaid"}


@pytest.mark.control
def test_another_order_of_the_same_items_is_other_bytes() -> None:
    """So equal bytes are no accident of a report that says nothing."""
    made = receipts(12)
    assert told(judged(made)) != told(judged(made[::-1]))
