"""The player counts refunds both ways: each under a key of ours is one of a verified action."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from infra.cli.job_view import as_dict
from infra.local.front.samples import Expectation
from infra.local.player import checks
from tests.unit.steps.refunds import begin, world
from workflows import WORKFLOWS

EXPECT = Expectation(
    door="webhook",
    workflow="refund_request",
    deliveries=1,
    answer=202,
    after=(),
    decision=None,
    status="COMPLETED",
    actions={"payments.refund": "verified", "email.send_reply": "verified"},
    mails_to_sender=1,
    crm_writes=0,
    refunds=1,
    reason="it runs alone",
)


class Refunded:
    """One small refund, and what the world outside holds of it. Tests bend it."""

    def __init__(self) -> None:
        made = world()
        self.job: dict[str, Any] = copy.deepcopy(as_dict(begin(made).record, WORKFLOWS))
        self.journal: list[dict[str, Any]] = [vars(one) for one in made.payments.journal]
        self.mails = [
            {"to": [sent.to], "subject": sent.subject, "text": sent.text} for sent in made.mail.sent
        ]

    def faults(self) -> list[str]:
        """Everything that the player says of it."""
        outside = checks.Journals(crm=[], payments=self.journal, mails=self.mails)
        outcome = checks.outcome(EXPECT, self.job, outside)
        return outcome + checks.strays([self.job], outside, frozenset())


def test_a_refund_that_was_made_once_has_no_fault() -> None:
    """The journal holds exactly the verified refund."""
    assert Refunded().faults() == []


def test_what_a_colleague_refunds_is_not_ours() -> None:
    """A refund without one of our keys belongs to nobody here."""
    it = Refunded()
    it.journal.append({**it.journal[0], "key": "colleague-1"})
    assert it.faults() == []


def _twice(it: Refunded) -> None:
    it.journal.append(it.journal[0])


def _lost(it: Refunded) -> None:
    it.journal.clear()


def _more(it: Refunded) -> None:
    it.journal[0] = {**it.journal[0], "amount": 4_991}


def _other_charge(it: Refunded) -> None:
    it.journal[0] = {**it.journal[0], "charge": "ch_other"}


def _other_currency(it: Refunded) -> None:
    it.journal[0] = {**it.journal[0], "currency": "usd"}


def _foreign(it: Refunded) -> None:
    it.journal.append({**it.journal[0], "key": "cs-of-nobody"})


def _not_verified(it: Refunded) -> None:
    it.job["actions"][0]["status"] = "failed"


@pytest.mark.control
@pytest.mark.parametrize(
    "bend", [_twice, _lost, _more, _other_charge, _other_currency, _foreign, _not_verified]
)
def test_each_difference_is_seen(bend: Callable[[Refunded], None]) -> None:
    """Whatever is more, less or other than what was verified is a fault."""
    it = Refunded()
    bend(it)
    assert it.faults()
