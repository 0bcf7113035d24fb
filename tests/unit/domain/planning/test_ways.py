"""A case offers to go on only where another execution may end otherwise, and says why not."""

from __future__ import annotations

import pytest

from countersign.domain.contract import Contract, Stored
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.handing import HANDED, Handed
from countersign.domain.jobs.unread import UNREAD, Unread
from countersign.domain.ledger.entry import ActionStatus as A
from countersign.domain.planning.ways import why_no_resume
from tests.builders import held, record


def holding(name: str, value: Contract) -> JobRecord:
    """A job with this result."""
    return record(results={name: Stored.of(value)})


def handed(to: str) -> Handed:
    """What a desk gave to a destination."""
    return Handed(parent="j-1", number=1, key="k", to=to, about=(), quotes=())


@pytest.mark.parametrize(
    ("seen", "told"),
    [
        (holding(HANDED, handed("team:support")), "it is for support"),
        (holding(UNREAD, Unread(text="?", problems=())), "send it again"),
        (record([held(status=A.KEPT)]), "was to be undone"),
        (record([held(status=A.UNKNOWN)]), "find out at the target"),
        (record([held(status=A.VERIFIED), held(1, status=A.REJECTED)]), "is settled"),
    ],
)
def test_what_would_end_in_the_same_place_is_not_offered(seen: JobRecord, told: str) -> None:
    """Each with the reason, in words."""
    assert told in why_no_resume(seen)


@pytest.mark.parametrize(
    "seen",
    [
        record(),
        holding(HANDED, handed("lead_intake")),
        record([held(status=A.VERIFIED), held(1, status=A.FAILED)]),
        record([held(status=A.REJECTED)]),
    ],
)
def test_what_may_end_otherwise_is_offered(seen: JobRecord) -> None:
    """Nothing was planned yet, something failed, or nothing took effect."""
    assert why_no_resume(seen) == ""
