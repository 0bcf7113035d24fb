"""Closed links: how many new ones wrong codes bring somebody, and for how long they count."""

from __future__ import annotations

from datetime import timedelta

import pytest

from countersign.domain.approvals.links import (
    MOST_NEW,
    NEW_WITHIN,
    ClosedLink,
    may_have_new,
    times_closed,
)
from tests.builders import ANA, AT, BEN


def closed(times: int, ago: timedelta = timedelta(), person_id: str = ANA.id) -> list[ClosedLink]:
    """So many links of a person, all closed so long ago."""
    return [ClosedLink(person_id=person_id, at=AT - ago)] * times


@pytest.mark.parametrize(("times", "more"), [(0, True), (MOST_NEW - 1, True), (MOST_NEW, False)])
def test_wrong_codes_fill_nobodys_mailbox(times: int, more: bool) -> None:
    """Three new links a day are mailed for one request, and then no more."""
    assert may_have_new(closed(times), ANA.id, AT) is more


def test_what_closed_a_day_ago_counts_no_more() -> None:
    """Exactly a day later the person may have a new link again; a second earlier not."""
    assert may_have_new(closed(MOST_NEW, NEW_WITHIN), ANA.id, AT)
    assert not may_have_new(closed(MOST_NEW, NEW_WITHIN - timedelta(seconds=1)), ANA.id, AT)


@pytest.mark.control
def test_a_colleagues_closed_links_are_not_counted() -> None:
    """Control: one count for the whole request would let one link shut out everybody asked."""
    links = closed(MOST_NEW, person_id=BEN.id)
    assert may_have_new(links, ANA.id, AT)
    assert not may_have_new(links, BEN.id, AT)


def test_every_closed_link_is_owed_a_new_one_however_old() -> None:
    """The number of new links is that person's own, over the whole life of the request."""
    links = [*closed(2), *closed(1, timedelta(days=9)), *closed(1, person_id=BEN.id)]
    assert times_closed(links, ANA.id) == 3
    assert times_closed(links, "cleo") == 0
