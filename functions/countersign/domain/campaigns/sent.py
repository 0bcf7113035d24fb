"""One message of a campaign: what is known of it. Its state follows from what happened, in whatever
order that came, so that nobody who learns something has to know what others learnt.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from countersign.domain.contract import Value
from countersign.domain.jobs.suppression import Why
from countersign.domain.lane.items import Item

UNHEARD = timedelta(hours=1)
"""An intent without an answer and without an event for so long stays unknown: people get it."""
SUPPRESSED, TOO_SOON = "on the suppression list", "was written to lately"
"""The rules that are looked at in the write of the intent."""


class Event(StrEnum):
    """What is heard of a message."""

    SENT = "sent"
    """The provider took it."""
    DELIVERED = "delivered"
    """The receiving system took it."""
    BOUNCED = "bounced"
    """It was turned away for good."""
    COMPLAINED = "complained"
    """Whoever got it called it spam."""
    REJECTED = "rejected"
    """The provider took it and did not send it."""
    DELAYED = "delayed"
    """A full mailbox, an automatic answer, a host that does not answer: it may arrive yet."""
    OPTED_OUT = "opted_out"
    """Whoever got it wants no more."""


UNWANTED: Mapping[Event, Why] = {Event.BOUNCED: "bounce", Event.COMPLAINED: "complaint"}
"""After which an address gets no mail of ours any more."""


class MessageState(StrEnum):
    """Where a message stands."""

    INTENDED = "intended"
    """It may have been sent: nobody has said so yet."""
    SENT = "sent"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    REJECTED = "rejected"


_LATEST = (
    (Event.COMPLAINED, MessageState.COMPLAINED),
    (Event.BOUNCED, MessageState.BOUNCED),
    (Event.REJECTED, MessageState.REJECTED),
    (Event.DELIVERED, MessageState.DELIVERED),
    (Event.SENT, MessageState.SENT),
    (Event.DELAYED, MessageState.SENT),
    # Nobody opts out of a mail that did not come.
    (Event.OPTED_OUT, MessageState.DELIVERED),
)
"""Of several things that happened, what says most."""


class Sent(Value):
    """What is stored of one message from its intent on."""

    contact: str
    """The digest of whom it is for."""
    token: str
    """SHA-256 of the token in its unsubscribe link."""
    intended_at: datetime
    message_id: str = ""
    """The provider's; empty until somebody said it."""
    happened: Mapping[Event, datetime] = {}
    """Each once, when it was first heard."""

    @property
    def state(self) -> MessageState:
        """As far as it is known."""
        for event, state in _LATEST:
            if event in self.happened:
                return state
        return MessageState.SENT if self.message_id else MessageState.INTENDED

    @property
    def is_known(self) -> bool:
        """Whether it is certain that it was handed over."""
        return self.state is not MessageState.INTENDED

    def unheard(self, now: datetime) -> bool:
        """Whether people are to look after it: no answer, and no event for too long."""
        return not self.is_known and now >= self.intended_at + UNHEARD

    def heard(self, event: Event, at: datetime, message_id: str = "") -> Sent:
        """After something was heard of it; the first time counts."""
        happened = {**self.happened} if event in self.happened else {**self.happened, event: at}
        return self.model_copy(
            update={"happened": happened, "message_id": self.message_id or message_id}
        )


@dataclass(frozen=True)
class Intent:
    """What is written before a message is handed over: the claim of its item, whom it is for, the
    hash of its token, and since when nobody may have written to them."""

    job_id: str
    batch: int
    item: Item
    contact: str
    token: str
    at: datetime
    apart: timedelta
    """So long one person gets no other message of any campaign."""

    @property
    def message(self) -> Sent:
        """What is stored of the message."""
        return Sent(contact=self.contact, token=self.token, intended_at=self.at)
