"""Links that wrong codes closed: how many new ones somebody is mailed for them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from countersign.domain.contract import Value

MOST_NEW, NEW_WITHIN = 3, timedelta(days=1)
"""New links for one person and request within that time: whoever plays with a link that is not
theirs fills nobody's mailbox."""


class ClosedLink(Value):
    """A link that was closed after too many wrong codes, and for which a new one is mailed."""

    person_id: str
    at: datetime


def may_have_new(closed: Iterable[ClosedLink], person_id: str, now: datetime) -> bool:
    """Whether one more closed link of this person brings them a new one."""
    recent = (one for one in closed if one.person_id == person_id and one.at > now - NEW_WITHIN)
    return sum(1 for _ in recent) < MOST_NEW


def times_closed(closed: Iterable[ClosedLink], person_id: str) -> int:
    """How many new links this person is owed in all, mailed or not."""
    return sum(one.person_id == person_id for one in closed)
