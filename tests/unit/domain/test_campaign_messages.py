"""What is known of a campaign's message follows from what happened to it, in any order."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from countersign.domain.campaigns.sent import UNHEARD, Event, Intent, MessageState, Sent
from countersign.domain.lane.items import Item

AT = datetime(2026, 11, 30, 9, tzinfo=UTC)
INTENT = Intent("job", 1, Item(number=3, entry=1, tries=1), "who", "hash", AT, timedelta(days=7))


@pytest.mark.parametrize(
    ("heard", "state"),
    [
        ((Event.SENT, Event.DELIVERED, Event.COMPLAINED), MessageState.COMPLAINED),
        ((Event.SENT, Event.BOUNCED), MessageState.BOUNCED),
        ((Event.SENT, Event.REJECTED), MessageState.REJECTED),
        ((Event.SENT, Event.DELIVERED), MessageState.DELIVERED),
        ((Event.SENT,), MessageState.SENT),
        ((Event.OPTED_OUT,), MessageState.DELIVERED),
        ((), MessageState.INTENDED),
    ],
)
def test_the_state_does_not_depend_on_the_order_of_events(
    heard: tuple[Event, ...], state: MessageState
) -> None:
    """Of what happened to a message, what says most counts, in whatever order it was heard."""
    for order in permutations(heard):
        message = INTENT.message
        for event in order:
            message = message.heard(event, AT, "m-1")
        assert message.state is state
        assert message.is_known == (state is not MessageState.INTENDED)


def test_the_first_time_and_the_first_id_count() -> None:
    """What is heard twice happened once."""
    message = INTENT.message.heard(Event.SENT, AT, "m-1")
    again = message.heard(Event.SENT, AT + timedelta(minutes=1), "m-2")
    assert again == message


def test_an_id_alone_says_that_the_provider_took_it() -> None:
    """A message with the provider's id is sent, though no event came."""
    assert Sent(contact="w", token="t", intended_at=AT, message_id="m").state is MessageState.SENT


def test_an_intent_that_nobody_heard_of_is_for_people_after_an_hour() -> None:
    """Without an answer and without an event for an hour, people look after it."""
    message = INTENT.message
    assert not message.unheard(AT + UNHEARD - timedelta(seconds=1))
    assert message.unheard(AT + UNHEARD)
    assert not message.heard(Event.SENT, AT).unheard(AT + UNHEARD)
