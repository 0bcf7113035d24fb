"""Errors: the tree whose class names are the retry policy."""

from __future__ import annotations

from countersign.domain import errors


def test_families_name_every_class_below() -> None:
    """A family is the class itself and everything under it, each once."""
    everything = errors.family(errors.CountersignError)
    assert everything[0] == "CountersignError"
    assert len(set(everything)) == len(everything)
    assert set(errors.family(errors.Transient)) == {
        *("Transient", "Throttled", "Unavailable", "StoreConflict"),
    }
    assert errors.family(errors.Refused) == ("Refused",)
    assert set(errors.family(errors.NeedsPerson)) < set(everything)


def test_throttling_may_say_for_how_long() -> None:
    """The seconds that the other side asked for travel with the error, when it gave any."""
    assert errors.Throttled("later").retry_after is None
    assert errors.Throttled("later", 2.5).retry_after == 2.5
    assert str(errors.Throttled("later", 2.5)) == "later"


def test_a_lost_answer_may_be_settled() -> None:
    """Not settled unless said so: asking again may still tell what happened."""
    assert not errors.Ambiguous("no answer").settled
    assert errors.Ambiguous("the same answer again", settled=True).settled
    assert str(errors.Ambiguous("no answer", settled=True)) == "no answer"
