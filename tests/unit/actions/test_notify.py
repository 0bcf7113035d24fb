"""`notify.push`: a name and no address, bounded, accepted once and never sent twice."""

from __future__ import annotations

import pytest

from countersign.actions.notify import PUSH, Push
from countersign.domain.errors import ContractBroken
from tests.fakes.channels import FakeChannels, Message

GOOD = {"channel": "finance", "title": "Refund of order 1042", "text": "It was made."}


@pytest.mark.parametrize(
    "change",
    [
        {"channel": "https://hooks.example.com/services/x"},
        {"channel": "#finance"},
        {"channel": "finance@example.com"},
        {"channel": "Finance"},
        {"channel": "finance\n"},
        {"channel": ""},
        {"channel": "f" * 41},
        {"title": ""},
        {"title": "t" * 151},
        {"text": ""},
        {"text": "t" * 2001},
    ],
)
def test_a_push_is_a_name_and_bounded_words(change: dict[str, str]) -> None:
    """An address is no channel's name, and nothing is longer than a person reads before signing."""
    Push.read(GOOD)
    with pytest.raises(ContractBroken):
        Push.read({**GOOD, **change})


def test_a_push_says_what_it_is_before_it_is_signed() -> None:
    """Irreversible, without a way to find or read it back, and its target cannot be edited."""
    assert not PUSH.reversible
    assert (PUSH.find, PUSH.read_back, PUSH.editable) == (None, None, ())
    said = PUSH.words(Push.read(GOOD))
    assert said == "Tell the channel finance: “Refund of order 1042”."


def test_acceptance_is_the_receipt() -> None:
    """Nothing is expected of a target that shows nothing."""
    channels, params = FakeChannels(), Push.read(GOOD)
    assert PUSH.do(channels, params, "cs-1").id == "accepted"
    assert channels.messages == [Message("finance", "*Refund of order 1042*\nIt was made.")]
    assert PUSH.expected(params) == {}
