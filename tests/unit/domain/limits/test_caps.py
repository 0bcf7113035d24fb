"""Caps: what counts, on which day, and what becomes of what was reserved."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from countersign.domain.contract import Stored
from countersign.domain.jobs.job import Status
from countersign.domain.ledger.action import Receipt
from countersign.domain.ledger.entry import ActionStatus, LedgerEntry
from countersign.domain.limits.caps import (
    REACHED,
    Cap,
    Reservation,
    action_key,
    day_of,
    reached,
    reserving,
    runs_alone,
)
from countersign.domain.money import Money
from countersign.domain.planning.reservations import (
    CHECK_AFTER,
    Fate,
    capped_before,
    check,
    fate,
    spent,
)
from countersign.domain.policy.policy import Answer
from countersign.domain.policy.rules import Finding, Findings
from tests.builders import AT, JOB_ID, held, job, record

LATER = AT + CHECK_AFTER
S = ActionStatus


def eur(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="EUR")


def cap(most: str, key: str = "refunds", day: str = "2026-03-02") -> Cap:
    return Cap(key=key, day=day, most=eur(most), sentence="the day's sum is reached")


def reserved(entry: LedgerEntry, amount: str = "20") -> Reservation:
    return reserving(entry, [cap("100")], eur(amount), "a-1", AT)


def fate_of(entry: LedgerEntry | None, status: Status = Status.ESCALATED, **when: Any) -> Fate:
    """What becomes of the reservation of an action that has come to `entry`."""
    ledger = [entry] if entry else []
    now = when.get("now", LATER)
    return fate(record(ledger, job=job(status)), reserved(held()), now)


def test_there_is_room_up_to_the_cap_and_not_a_cent_beyond() -> None:
    """Equal to the cap is within it; the finding tells what the total would have been."""
    assert reached([cap("100.00")], {"refunds/2026-03-02": 5_000}, eur("50.00")) is None
    assert reached([cap("100.00")], {"refunds/2026-03-02": 5_001}, eur("50.00")) == Finding(
        rule=REACHED,
        sentence="the day's sum is reached",
        value="100.01 EUR",
        threshold="100.00 EUR",
    )


def test_every_cap_must_have_room_and_each_day_begins_at_nothing() -> None:
    """The first that is full is named; yesterday's counter is another one."""
    caps = [cap("100"), cap("10", key="customer")]
    full = reached(caps, {}, eur("20"))
    assert full is not None
    assert full.threshold == "10.00 EUR"
    assert reached([cap("100", day="2026-03-03")], {"refunds/2026-03-02": 9_999}, eur("20")) is None
    assert reached([], {}, eur("20")) is None


def test_a_day_is_one_of_utc() -> None:
    """Wherever the clock stands, the same instant is on the same day."""
    east = timezone(timedelta(hours=9))
    assert day_of(datetime(2026, 3, 3, 8, 59, tzinfo=east)) == "2026-03-02"
    assert day_of(datetime(2026, 3, 3, 0, 0, tzinfo=UTC)) == "2026-03-03"


def test_a_reservation_is_in_the_currency_of_its_caps_and_never_negative() -> None:
    """A sum in another currency cannot be counted; a negative one would make room."""
    yen = Cap("refunds", "2026-03-02", Money(amount=Decimal(9), currency="JPY"), "")
    with pytest.raises(ValueError, match="currency"):
        reserving(held(), [yen], eur("20"), "a-1", AT)
    with pytest.raises(ValueError, match="negative"):
        reserving(held(), [cap("100")], eur("-1"), "a-1", AT)


def test_the_same_action_planned_again_has_the_same_key() -> None:
    """Policy and expiry may differ, for a killed Decide plans later; nothing else may."""
    other = {"expires_at": "2027-01-01T00:00:00.000000Z", "policy": "letters/2"}
    again = {**held().content(), **other}
    later = held(body=json.dumps(again))
    assert action_key(later) == action_key(held())
    assert action_key(held(text="another")) != action_key(held())
    assert action_key(held(1)) != action_key(held())
    assert reserved(held()).job_id == JOB_ID
    assert reserved(held()).counters == ("refunds/2026-03-02",)


def test_caps_bind_what_policy_alone_lets_run() -> None:
    """What a person signed, and what has run, is not for them."""
    assert runs_alone(held())
    assert not runs_alone(held(0, "crm.memo", Answer.ASK, status=S.AUTHORISED))
    assert not runs_alone(held(status=S.VERIFIED))


@pytest.mark.parametrize(
    ("status", "while_open", "when_over"),
    [
        (S.AUTHORISED, Fate.KEEP, Fate.FREE),
        (S.CLAIMED, Fate.KEEP, Fate.SETTLE),
        (S.UNKNOWN, Fate.KEEP, Fate.SETTLE),
        (S.VERIFIED, Fate.SETTLE, Fate.SETTLE),
        (S.FAILED, Fate.FREE, Fate.FREE),
        (S.REJECTED, Fate.FREE, Fate.FREE),
        (S.EXPIRED, Fate.FREE, Fate.FREE),
        (S.FORBIDDEN, Fate.FREE, Fate.FREE),
    ],
)
def test_what_may_have_moved_money_stays_counted_and_the_rest_is_freed(
    status: ActionStatus, while_open: Fate, when_over: Fate
) -> None:
    """As long as the job may be resumed, what may still run keeps its part of the cap."""
    assert fate_of(held(status=status)) is while_open
    assert fate_of(held(status=status), Status.COMPLETED) is when_over


def test_a_failed_action_with_a_receipt_stays_counted() -> None:
    """The target said that it did it: that the read-back differs does not bring money back."""
    failed = held(status=S.FAILED, receipt=Receipt(id="re_1"))
    assert fate_of(failed) is Fate.SETTLE


def test_a_reservation_without_its_action_is_freed() -> None:
    """Decide died before it stored the plan, the plan is another one now, or a person is asked."""
    assert fate_of(None) is Fate.FREE
    assert fate_of(held(text="another")) is Fate.FREE
    assert fate_of(held(0, "crm.memo", Answer.ASK)) is Fate.FREE


def test_a_young_reservation_is_left_alone_unless_its_job_is_over() -> None:
    """Its Decide may be about to store the plan."""
    young = AT + CHECK_AFTER - timedelta(seconds=1)
    assert fate_of(None, now=young) is Fate.KEEP
    assert fate_of(None, Status.REJECTED, now=young) is Fate.FREE


def test_a_past_day_is_settled_as_it_is() -> None:
    """Nobody asks its counter any more."""
    assert fate_of(None, now=AT + timedelta(days=1)) is Fate.SETTLE


def test_a_new_reservation_is_looked_at_in_time() -> None:
    """The due row is later than any live Decide, and of the reservations' kind."""
    due = check(reserved(held()))
    assert (due.kind, due.at) == ("reservation", LATER)


def test_a_job_has_spent_what_took_effect() -> None:
    """One reservation whose action did not run, and there is something to free."""
    one = reserved(held())
    done = held(status=S.VERIFIED)
    assert spent(record([done]))
    assert spent(record([done], reservations={one.key: one}))
    assert not spent(record([held()], reservations={one.key: one}))


def test_what_a_cap_said_is_kept_while_an_action_waits_because_of_it() -> None:
    """A later visit judges the same plan by the same finding; a new plan reserves anew."""
    full = Finding(rule=REACHED, sentence="full")
    stored = {"findings": Stored.of(Findings(found=(Finding(rule="x", sentence="y"), full)))}
    asked = held(0, "crm.memo", Answer.ASK, REACHED)
    assert capped_before(record([asked], results=stored)) == (full,)
    assert capped_before(record([held()], results=stored)) == ()
    assert capped_before(record([])) == ()
