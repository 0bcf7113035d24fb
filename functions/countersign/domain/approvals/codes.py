"""Codes that somebody types, and how often they may be wrong: mailed ones, and those of pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import ClassVar, Protocol, TypeVar

from countersign.domain.approvals import links
from countersign.domain.approvals.approval import Approval, Decision
from countersign.domain.canonical import canonical, digest
from countersign.domain.contract import Contract
from countersign.domain.errors import StoreConflict
from countersign.domain.money import Money
from countersign.domain.policy.release import Limits

ABOVE = "code.above"
"""The limit, per currency, above which an approval needs a mailed code as well."""
DIGITS = 6
CODE_FOR = timedelta(minutes=10)
TRIES = 5
"""How often a code may be typed, the right time included; after that it, the link or the session is
dead."""
MOST_CODES = 3
"""Codes mailed to one person for one request within CODES_WITHIN."""
CODES_WITHIN = timedelta(hours=1)

_CODE = re.compile(rf"[0-9]{{{DIGITS}}}")


class Code(Contract):
    """What is stored of a code. A code that a page shows has no seal: only its tries count."""

    CONTRACT: ClassVar[str] = "code"
    VERSION: ClassVar[int] = 1

    key: str
    """Whose code, and for what."""
    expires_at: datetime
    tries: int = 0
    about: str = ""
    """Digest of the request, the person, and their choice for each action."""
    salt: str = ""
    seal: str = ""
    """HMAC over `about`, salt and code: of the code itself nothing else is stored."""
    sent: tuple[datetime, ...] = ()
    """When codes of this key were mailed within the hour."""

    def live(self, about: str, now: datetime) -> bool:
        """Whether the mailed code can still confirm exactly this."""
        return self.about == about and now < self.expires_at and self.tries < TRIES

    def recent(self, now: datetime) -> tuple[datetime, ...]:
        """The mails that count against the next one."""
        return tuple(at for at in self.sent if now - at < CODES_WITHIN)


class Tried(Protocol):
    """Something that is closed by too many wrong codes."""

    @property
    def tries(self) -> int:
        """How many there were."""


TriedT = TypeVar("TriedT", bound=Tried)


def count_wrong(held: TriedT, count: Callable[[TriedT], None], again: Callable[[], TriedT]) -> int:
    """Count a wrong code; how many there were. Guesses of the same moment are counted one by one.

    `count` stores one try more than `held` has, and raises StoreConflict when another guess was
    first; `again` reads it then.
    """
    for _ in range(TRIES):
        try:
            count(held)
        except StoreConflict:
            held = again()
        else:
            return held.tries + 1
    return held.tries


def mailed_key(approval: Approval, person_id: str) -> str:
    """The key of a person's mailed code for a request."""
    return f"{approval.approval_id} {person_id}"


def above(approval: Approval, decision: Decision, limits: Limits | None) -> tuple[Money, ...]:
    """What the decision approves above the limit: none of it counts without a mailed code.

    A currency without a limit, and a job without limits, have none that could spare the code. A
    rejection needs no code.
    """
    approved = (m for one, m in approval.amounts.items() if decision.approves(one))
    return tuple(amount for amount in approved if not _spared(amount, limits))


def about(approval: Approval, decision: Decision) -> str:
    """What a code is for: this person, this request, these choices and no others."""
    choices = [[one, str(decision.choices[one])] for one in sorted(decision.choices)]
    return digest(canonical([approval.approval_id, decision.by, choices]))


def well_formed(typed: str) -> bool:
    """Whether it could be a code at all; what could not is no guess."""
    return _CODE.fullmatch(_plain(typed)) is not None


def seal(key: str, what: str, salt: str, code: str) -> str:
    """What is stored instead of a code."""
    return links.seal(key, "mailed code", what, salt, _plain(code))


def _spared(amount: Money, limits: Limits | None) -> bool:
    known = limits.amounts.get(ABOVE, ()) if limits else ()
    return any(m.currency == amount.currency and amount.amount <= m.amount for m in known)


def _plain(typed: str) -> str:
    return "".join(typed.split())
