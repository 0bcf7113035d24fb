"""What signing in needs from outside, as Protocols."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from countersign.domain.codes import Code
from countersign.domain.session import SignIn


class SignIns(Protocol):
    """Mailed links that sign people in."""

    def ask(self, link: SignIn, address: str, now: datetime) -> bool:
        """Store `link` and count it for `address` (an opaque digest), in one write. False, and
        nothing stored, when the address had `MOST_MAILS` within the hour."""

    def link(self, link_id: str) -> SignIn:
        """A link. Raises NotFound."""

    def change(self, before: SignIn, after: SignIn) -> None:
        """Replace a link. Raises StoreConflict when it is not `before` any more."""


class Codes(Protocol):
    """Codes that somebody types, and how often they were wrong."""

    def held(self, key: str) -> Code | None:
        """The code, read consistently."""

    def change(self, before: Code | None, after: Code) -> None:
        """Store `after`. Raises StoreConflict when what is stored is not `before` any more: of two
        who count a try of the same code at the same time, one counts."""


class Pause(Protocol):
    """Waiting on purpose."""

    def __call__(self, seconds: float) -> None:
        """Come back after `seconds`; at once when they are not positive."""
