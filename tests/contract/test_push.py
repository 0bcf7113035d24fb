"""The contract on channels, the same for the fake and for the adapter with the demo server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from countersign.actions.notify import PUSH, Push
from countersign.domain.errors import Ambiguous, Refused, Throttled
from tests.contract.push_sides import FakeSide, ServerSide, Side, server_side
from tests.fakes.channels import Message

pytestmark = pytest.mark.enable_socket


@pytest.fixture(scope="module")
def server() -> Iterator[ServerSide]:
    """One demo server for all tests of this module."""
    with server_side() as running:
        yield running


@pytest.fixture(params=["fake", "server"])
def side(request: pytest.FixtureRequest) -> Side:
    """Each test runs on both sides, on empty channels."""
    if request.param == "fake":
        return FakeSide()
    running: ServerSide = request.getfixturevalue("server")
    running.empty()
    return running


def test_an_accepted_message_is_in_the_channel_once(side: Side) -> None:
    """The action's receipt is the acceptance; nobody asks the channel for more."""
    params = Push(channel="finance", title="Refund of order 1042", text="It was made.\nJob j-1.")
    receipt = PUSH.do(side.channels, params, "cs-1")
    assert (receipt.id, receipt.evidence) == ("accepted", {"channel": "finance"})
    assert side.messages() == [Message("finance", "*Refund of order 1042*\nIt was made.\nJob j-1.")]


@pytest.mark.parametrize(
    "text", ["<!channel> a & b", "<https://a.example|b>", "&amp; <@U1>", "\U0001f642 ש"]
)
def test_a_text_is_shown_as_it_was_signed(side: Side, text: str) -> None:
    """Whatever stands in a text is shown as those characters."""
    side.channels.push("finance", "Title", text)
    assert side.messages() == [Message("finance", f"*Title*\n{text}")]


def test_a_channel_that_nobody_set_up_is_refused(side: Side) -> None:
    """Nothing is posted anywhere for a name that leads nowhere."""
    with pytest.raises(Refused, match="no URL for the channel attic"):
        side.channels.push("attic", "Title", "Text")
    assert side.messages() == []


def test_a_wait_is_told_with_its_seconds(side: Side) -> None:
    """429 posts nothing, and says when to come back."""
    side.throttles()
    with pytest.raises(Throttled) as told:
        side.channels.push("finance", "Title", "Text")
    assert told.value.retry_after == 3.0
    assert side.messages() == []


def test_an_archived_channel_refuses_for_good(side: Side) -> None:
    """A 4xx posts nothing and will not the next time."""
    side.is_archived()
    with pytest.raises(Refused, match="channel_is_archived"):
        side.channels.push("finance", "Title", "Text")
    assert side.messages() == []


def test_a_lost_answer_and_a_500_do_not_tell_the_outcome(side: Side) -> None:
    """Both may have been posted, and here both were: that is never an Unavailable."""
    for fails in (side.loses_the_answer, side.breaks_after_posting):
        fails()
        with pytest.raises(Ambiguous):
            side.channels.push("finance", "Title", "Text")
    assert len(side.messages()) == 2
