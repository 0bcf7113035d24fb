"""Where a target has no keys, what was accepted is never called unsent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from countersign.domain.errors import ConnectorResting, CountersignError, Refused, Unavailable
from countersign.domain.ledger.action import Action, Receipt
from countersign.domain.ledger.entry import ActionStatus, LedgerEntry
from countersign.runtime.step import Call
from countersign.steps.act.execute import looked
from countersign.steps.act.verify import ClaimedAction, effect
from countersign.steps.act.visit import Visit
from tests.builders import JOB_ID, action, held
from tests.fakes.world import World

RECEIPT = Receipt(id="m-1")
Read = Callable[[Any, Any, Receipt], Mapping[str, str]]


def unseen(error: CountersignError) -> Read:
    """A read-back that ends in `error`."""

    def read(_port: object, _params: object, _receipt: Receipt) -> Mapping[str, str]:
        raise error

    return read


def shows(_port: object, memo: Any, _receipt: Receipt) -> Mapping[str, str]:
    """A read-back that finds what was written."""
    return {"text": memo.text}


def keyless(read_back: Read) -> Action[Any, Any]:
    """An action that can be read back by its receipt, and not found by its key."""
    return replace(action(), read_back=read_back)


def visit() -> Visit:
    call = Call(job_id=JOB_ID, execution=JOB_ID, state="Act", input={"connector": "crm"})
    return Visit(World(lambda _: {}).deps, call, "crm")


def sent(one: Action[Any, Any]) -> LedgerEntry:
    """One attempt of it."""
    return effect(
        ClaimedAction(visit(), held(status=ActionStatus.CLAIMED, attempt="a-1"), one), None
    )


@pytest.mark.parametrize(
    "error", [Unavailable("read failed"), ConnectorResting("crm"), Refused("403")]
)
def test_what_was_accepted_and_cannot_be_read_is_unknown(error: CountersignError) -> None:
    """It was sent: putting it back would send it again. The receipt says where to look."""
    ended = sent(keyless(unseen(error)))
    assert ended.status is ActionStatus.UNKNOWN
    assert ended.receipt is not None
    assert "accepted" in ended.note


def test_where_it_can_be_found_the_next_attempt_looks() -> None:
    """A target with keys is asked again, so nothing is unknown."""
    findable = replace(keyless(unseen(Unavailable("read failed"))), find=lambda *_: RECEIPT)
    with pytest.raises(Unavailable):
        sent(findable)


@pytest.mark.parametrize(
    ("parts", "found", "doubt"),
    [
        ({"status": ActionStatus.AUTHORISED}, None, False),
        ({"status": ActionStatus.CLAIMED, "attempt": "a-1"}, None, True),
        ({"status": ActionStatus.AUTHORISED, "attempt": "a-1"}, None, False),
        ({"status": ActionStatus.AUTHORISED, "attempt": "a-1", "receipt": RECEIPT}, RECEIPT, False),
    ],
    ids=["never tried", "cut off", "put back", "failed with a receipt"],
)
def test_what_is_known_of_an_earlier_attempt(
    parts: dict[str, Any], found: Receipt | None, doubt: bool
) -> None:
    """Cut off is unknown; a receipt is read back again; only what was not sent is sent."""
    left, why = looked(visit(), held(**parts), keyless(shows))
    assert (left, bool(why)) == (found, doubt)


def test_a_receipt_that_shows_now_is_verified_and_nothing_is_sent() -> None:
    """The earlier attempt took effect after all."""
    claim = held(status=ActionStatus.CLAIMED, attempt="a-2", receipt=RECEIPT)
    ended = effect(ClaimedAction(visit(), claim, keyless(shows)), RECEIPT)
    assert (ended.status, ended.receipt) == (ActionStatus.VERIFIED, RECEIPT)
