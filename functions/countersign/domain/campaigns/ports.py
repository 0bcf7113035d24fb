"""What campaigns need from outside, as Protocols."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from countersign.domain.campaigns.sent import Event, Intent, Sent
    from countersign.domain.lane.items import Item


class CampaignEvents(Protocol):
    """What is heard of messages. Twice is once, in any order."""

    def event(
        self, where: tuple[str, int, int], event: Event, at: datetime, message_id: str = ""
    ) -> bool:
        """Something was heard of the message of a job, batch and item; whether for the first time.
        A bounce or complaint puts its contact on the suppression list, and all is counted, in the
        same write. False for a message that nobody knows."""

    def opt_out(self, token: str, at: datetime) -> bool:
        """Whoever holds the link with the token of this hash wants no more mail; whether anybody
        does. Twice is once."""

    def counts(self, job_id: str) -> Mapping[Event, int]:
        """How many messages of a job each thing was heard of."""

    def stopped_at(self, job_id: str) -> Mapping[Event, int]:
        """The counts when the breaker paused it last; none where it never did."""

    def keep_stop(self, job_id: str, counts: Mapping[Event, int], at: datetime) -> None:
        """Remember them."""


class CampaignStore(CampaignEvents, Protocol):
    """The messages of campaigns. All of it is read consistently."""

    def intend(self, intent: Intent) -> str:
        """Claim the item and say that its message is about to be handed over, in one write with a
        look at the batch's head, the suppression list, and when the person was last written to.
        Empty: it is written; else the rule that forbids it, and nothing is written. Raises
        BatchTaken as Lanes.claim, StoreConflict while somebody else's write on a row may fail."""

    def withdraw(self, intent: Intent, item: Item) -> None:
        """The message was certainly not handed over: take the intent back, and leave the item as
        `item` says. Raises BatchTaken."""

    def sent(self, job_id: str, batch: int, item: Item, message_id: str) -> None:
        """The item's message was taken by the provider, under this id (empty where only its event
        says so); the item ends as `item` says. Raises BatchTaken."""

    def messages(self, job_id: str, batch: int) -> Mapping[int, Sent]:
        """The messages of a batch, by their items' numbers."""

    def standing(self, contacts: Iterable[str], since: datetime) -> Mapping[str, str]:
        """Of these contacts, those whom a rule of `intend` forbids now, with the rule; whoever was
        written to after `since` was so lately."""
