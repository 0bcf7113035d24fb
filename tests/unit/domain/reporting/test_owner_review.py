"""A workflow's month as its owner decides on it."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest

from countersign.domain.errors import AlreadyDecided, ContractBroken
from countersign.domain.jobs import audit
from countersign.domain.reporting.owner_review import (
    DECIDE_IN,
    EACH,
    OwnerReview,
    decided,
    entered,
    is_to_be_mailed,
    overdue,
)
from tests.builders import AT

NEW = OwnerReview(
    workflow="letters",
    month="2026-03",
    owner="desk",
    opened_at=AT,
    due_at=AT + DECIDE_IN,
    figures="{}",
)
_NUMBERS = count()


def salt() -> str:
    return f"{next(_NUMBERS):032x}"


def test_it_asks_until_somebody_decides_and_is_late_after_ten_days() -> None:
    """A mail at once and every five days; nothing where there was no job."""
    asked = entered(NEW, "owner asked", "t", AT, salt=salt, said={}, asked_at=AT)
    assert is_to_be_mailed(NEW, AT)
    assert [is_to_be_mailed(asked, AT + wait) for wait in (EACH / 2, EACH)] == [False, True]
    assert [overdue(asked, AT + wait) for wait in (EACH, DECIDE_IN)] == [False, True]
    idle = NEW.model_copy(update={"figures": ""})
    assert not is_to_be_mailed(idle, AT)
    assert not overdue(idle, AT + DECIDE_IN)


def test_one_of_three_is_decided_once_and_a_change_says_what() -> None:
    """Who, what and why stand in a chain that holds."""
    after = decided(NEW, "continue", AT, by="kim", words="", salt=salt)
    assert (after.course, after.by, after.version, after.asks) == ("continue", "kim", 1, False)
    assert audit.verify(after.trail, length=1, head=after.trail[-1].hash) == []
    for course, words in (("wait", "x"), ("change", " "), ("stop", "")):
        with pytest.raises(ContractBroken):
            decided(NEW, course, AT, by="kim", words=words, salt=salt)
    with pytest.raises(AlreadyDecided):
        decided(after, "stop", AT + timedelta(days=1), by="ana", words="no", salt=salt)
