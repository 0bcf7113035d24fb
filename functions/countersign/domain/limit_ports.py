"""What limits the use of outside systems needs from outside, as a Protocol."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from countersign.domain.breaker import Breaker
from countersign.domain.slots import Slot


class Limits(Protocol):
    """What holds across all functions that use a connector. All of it in the machine's own time:
    outside systems do not know of a moved clock."""

    def slots(self, connector: str) -> Sequence[Slot]:
        """The slots that were ever taken, as they stand."""

    def free(self, slot: Slot) -> None:
        """Give a slot back as it stands, unless somebody else has it."""

    def breaker(self, connector: str) -> Breaker:
        """The connector's breaker; a new one when it never failed."""

    def replace(self, before: Breaker, after: Breaker) -> bool:
        """Store `after` if the stored one still is `before`; whether it was."""
