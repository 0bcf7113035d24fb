"""A child that sends is killed, anywhere: no contact twice, none lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from countersign.domain.campaigns.sent import MessageState
from tests.fakes.items_machine import Killed
from tests.mailing import Mailing, contact, zipped

ROWS = [contact(number) for number in range(1, 13)]
WRITES = (
    *("campaigns.intend", "campaigns.sent", "campaign_mail.send"),
    *("lanes.keep_head", "lanes.keep_run", "payloads.put"),
)
"""What a child, Split and Collect write, and the sending itself."""
SHORT, LONG = range(3, 60, 11), range(1, 60)


def killed_at(point: int, *, after: bool) -> Mailing:
    """The campaign, whose functions die once, before or after the write of this number."""
    mailing = Mailing(zipped(ROWS))
    count = 0

    def dying(real: Callable[..., Any]) -> Callable[..., Any]:
        def write(*given: Any) -> Any:
            nonlocal count
            count += 1
            mine = count == point
            if mine and not after:
                raise Killed
            done = real(*given)
            if mine:
                raise Killed
            return done

        return write

    for name in WRITES:
        adapter, method = name.split(".")
        held = getattr(mailing.world, adapter)
        setattr(held, method, dying(getattr(held, method)))
    mailing.ends()
    return mailing


def check(mailing: Mailing) -> None:
    """Nobody got two; who got one is done or unknown, and who got none is never said to be done."""
    sent = mailing.sent
    assert len(sent) == len(set(sent))
    found = {name: int(mailing.evidence[name]) for name in ("done", "unknown", "left", "failed")}
    assert found["done"] + found["unknown"] == len(ROWS)
    assert (found["left"], found["failed"]) == (0, 0)
    assert found["done"] <= len(sent) <= found["done"] + found["unknown"]
    assert found["unknown"] <= 1
    states = [
        one.state
        for batch in range(1, 9)
        for one in mailing.world.campaigns.messages(mailing.job_id, batch).values()
    ]
    assert states.count(MessageState.INTENDED) == found["unknown"]


@pytest.mark.parametrize("after", [False, True])
def test_killed_anywhere_nobody_gets_two_and_nobody_is_lost(after: bool) -> None:
    """At points spread over all writes: at most the one message that was being sent is unknown."""
    for point in SHORT:
        check(killed_at(point, after=after))


@pytest.mark.soak
@pytest.mark.parametrize("after", [False, True])
def test_killed_at_every_write_nobody_gets_two(after: bool) -> None:
    """The same before and after each of them."""
    for point in LONG:
        check(killed_at(point, after=after))
