"""Expiry: what time decides when nobody does, and when a request is given up before its time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from countersign.domain.approvals.approval import EXPIRY, Approval, Choice, decide, expire, give_up
from countersign.domain.errors import AlreadyDecided, NotAuthorised
from countersign.domain.policy.policy import Quorum
from tests.builders import ANA, AT, BEN, approval, decision, held

FIRST, SECOND = held(), held(1)
ASKED = approval(FIRST, SECOND)


def lost(*gone: str, quorum: Quorum = Quorum.ONE) -> Approval:
    """The request, these people out of reach."""
    return approval(FIRST, SECOND, unreachable=gone, quorum=quorum)


@pytest.mark.parametrize(
    "request_",
    [lost(ANA.id, BEN.id), lost(ANA.id, quorum=Quorum.TWO), lost(BEN.id, quorum=Quorum.ALL)],
    ids=["nobody of one", "one of two", "one of all"],
)
def test_a_request_that_reaches_too_few_is_given_up_before_its_time(request_: Approval) -> None:
    """It ends as a rejection of everything, taken by the system, with why in words."""
    ended = give_up(request_, AT).decision
    assert ended
    assert (ended.by, ended.via, ended.at) == (EXPIRY, "expiry", AT)
    assert dict(ended.choices) == dict.fromkeys(ASKED.digests, Choice.REJECT)
    assert "mail reaches too few" in ended.reason


@pytest.mark.control
@pytest.mark.parametrize("request_", [ASKED, lost(ANA.id), lost(ANA.id, "cleo")])
def test_nothing_is_given_up_while_enough_can_be_reached(request_: Approval) -> None:
    """Control: one lost mail, or one of somebody who was not asked, must not end a request."""
    with pytest.raises(NotAuthorised, match="can be reached"):
        give_up(request_, AT)


def test_who_has_signed_need_not_be_reached_any_more() -> None:
    """A signature counts although the signer's mail came back since."""
    signed = decide(approval(FIRST, SECOND, quorum=Quorum.TWO), decision(ASKED))
    reached = signed.model_copy(update={"unreachable": (ANA.id,)})
    with pytest.raises(NotAuthorised, match="can be reached"):
        give_up(reached, AT)


def test_a_decision_stands_against_time_and_lost_mail() -> None:
    """Whoever comes after it, before or after the deadline, learns who decided."""
    over = ASKED.deadline + timedelta(seconds=1)
    for asked in (ASKED, lost(ANA.id, BEN.id)):
        decided = decide(asked, decision(asked))
        for late in (AT, over):
            with pytest.raises(AlreadyDecided, match="ana decided"):
                give_up(decided, late)
            with pytest.raises(AlreadyDecided, match="ana decided"):
                expire(decided, late)
