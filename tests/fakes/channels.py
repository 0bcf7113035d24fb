"""Channels in memory, and their webhooks' ways of failing."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from countersign.domain.errors import Ambiguous, CountersignError, Refused, Throttled, Unavailable
from infra.local.company import ours


@dataclass(frozen=True)
class Message:
    """One message as the channel shows it."""

    channel: str
    text: str


class FakeChannels:
    """Implements Pushes for the demo's channels. Failures are planned in order."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.known = ours().channels
        self._troubles: deque[tuple[CountersignError, bool]] = deque()

    def is_unavailable(self) -> None:
        """The next call does not get through."""
        self._troubles.append((Unavailable("the channel was not reached (ConnectError)"), False))

    def throttles(self) -> None:
        """The next call is asked to come back in 3 seconds."""
        self._troubles.append((Throttled("the channel finance asked to wait", 3.0), False))

    def is_archived(self) -> None:
        """The next call is refused."""
        self._troubles.append((Refused("the channel finance refused: channel_is_archived"), False))

    def loses_the_answer(self) -> None:
        """The next message is posted, and its answer lost."""
        self._troubles.append((Ambiguous("the channel's answer was lost (ReadError)"), True))

    def breaks_after_posting(self) -> None:
        """The next message is posted, and the answer is a 500."""
        self._troubles.append((Ambiguous("the answer (500) does not tell the outcome"), True))

    def push(self, channel: str, title: str, text: str) -> None:
        """As the port."""
        if channel not in self.known:
            raise Refused(f"the secret notify-channels has no URL for the channel {channel}")
        error, posted = self._troubles.popleft() if self._troubles else (None, True)
        if posted:
            self.messages.append(Message(channel, f"*{title}*\n{text}"))
        if error:
            raise error
