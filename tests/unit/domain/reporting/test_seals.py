"""Many heads under one root: every way leads there, and no other one does."""

from __future__ import annotations

from datetime import timedelta

import pytest

from countersign.domain.reporting.seals import (
    AFTER,
    HOUR,
    LONGEST,
    Beside,
    Head,
    Seal,
    SealedHead,
    climbed,
    due,
    proof_of,
    root_of,
)
from tests.builders import AT

ON = AT.replace(minute=0, second=0, microsecond=0)


def heads(count: int) -> list[Head]:
    return [Head(job_id=f"j-{n}", length=n + 1, head=f"{n:064x}") for n in range(count)]


def test_every_leaf_has_a_way_to_the_root_and_a_changed_one_has_none() -> None:
    """Of one leaf and of many, whatever their number; a longer trail, another head or job leads
    elsewhere, and so does a way with one hash changed."""
    for count in (1, 2, 3, 5, 8, 13):
        found = heads(count)
        leaves = [one.leaf for one in found]
        root = root_of(leaves)
        seal = Seal(since=ON - HOUR, to=ON, count=count, root=root)
        for one in found:
            way = proof_of(leaves, one.leaf)
            assert SealedHead(head=one, proof=way, seal=seal).holds
            for changed in ({"length": 99}, {"head": "f" * 64}, {"job_id": "j-x"}):
                other = one.model_copy(update=changed)
                assert not SealedHead(head=other, proof=way, seal=seal).holds
            for at, step in enumerate(way):
                wrong = Beside(hash="0" * 64, left=step.left)
                assert climbed(one.leaf, (*way[:at], wrong, *way[at + 1 :])) != root
    with pytest.raises(ValueError, match="not in list"):
        proof_of([one.leaf for one in heads(2)], heads(3)[2].leaf)


def test_what_is_signed_is_the_root_with_its_hour() -> None:
    """The same root of another hour is another thing to sign."""
    one = Seal(since=ON - HOUR, to=ON, count=1, root="a" * 64)
    assert one.signed != one.model_copy(update={"to": ON + HOUR}).signed
    assert one.signed == one.model_copy(update={"signature": "x", "key": "k"}).signed


def test_an_hour_is_due_once_it_is_over_and_what_was_missed_is_made_up_for() -> None:
    """Five minutes after its end, once; after a silence all of it, two days at most."""
    assert due(None, ON + AFTER) == (ON - HOUR, ON)
    assert due(None, ON) == (ON - 2 * HOUR, ON - HOUR)
    last = Seal(since=ON - HOUR, to=ON, count=0)
    assert due(last, ON + HOUR) is None
    assert due(last, ON + HOUR + AFTER) == (ON, ON + HOUR)
    late = ON + timedelta(days=5) + AFTER
    assert due(last, late) == (late - AFTER - LONGEST, late - AFTER)
