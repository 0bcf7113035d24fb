"""The player counts messages to channels both ways: each is one of a verified action."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from infra.cli.job_view import as_dict
from infra.local.front.samples import Expectation
from infra.local.player import checks
from tests.unit.steps.refunds import asks_for, signs, world
from workflows import WORKFLOWS

EXPECT = Expectation(
    door="webhook",
    workflow="refund_request",
    deliveries=1,
    answer=202,
    after=(),
    decision="approve",
    status="COMPLETED",
    actions={
        "payments.refund": "verified",
        "email.send_reply": "verified",
        "notify.push": "verified",
    },
    mails_to_sender=1,
    crm_writes=0,
    refunds=1,
    pushes=1,
    reason="it is signed",
)


class Told:
    """One signed refund, and what the channels hold of it. Tests bend it."""

    def __init__(self) -> None:
        made = world()
        journey = asks_for(made, "1043", 20_000)
        signs(made, journey, "robin")
        journey.answered()
        self.job: dict[str, Any] = copy.deepcopy(as_dict(journey.record, WORKFLOWS))
        self._payments = [vars(one) for one in made.payments.journal]
        self._mails = [
            {"to": [sent.to], "subject": sent.subject, "text": sent.text}
            for sent in made.mail.to("ada.quill@example.com")
        ]
        self.pushes = [vars(one) for one in made.channels.messages]

    def faults(self) -> list[str]:
        """Everything that the player says of it."""
        outside = checks.Journals([], self._payments, self._mails, self.pushes)
        outcome = checks.outcome(EXPECT, self.job, outside)
        return outcome + checks.strays([self.job], outside, frozenset())


def test_a_message_that_was_posted_once_has_no_fault() -> None:
    """The channel holds exactly what was signed."""
    assert Told().faults() == []


def _twice(it: Told) -> None:
    it.pushes.append(it.pushes[0])


def _lost(it: Told) -> None:
    it.pushes.clear()


def _other_words(it: Told) -> None:
    it.pushes[0] = {**it.pushes[0], "text": it.pushes[0]["text"] + "!"}


def _other_channel(it: Told) -> None:
    it.pushes[0] = {**it.pushes[0], "channel": "everybody"}


def _not_verified(it: Told) -> None:
    next(a for a in it.job["actions"] if a["connector"] == "notify")["status"] = "unknown"


@pytest.mark.control
@pytest.mark.parametrize("bend", [_twice, _lost, _other_words, _other_channel, _not_verified])
def test_each_difference_is_seen(bend: Callable[[Told], None]) -> None:
    """Whatever is more, less or other than what was signed is a fault."""
    it = Told()
    bend(it)
    assert it.faults()
