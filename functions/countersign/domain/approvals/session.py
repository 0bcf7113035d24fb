"""Sessions: who is signed in, sealed into a cookie; and the mailed links that sign in."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from countersign.domain.approvals import links
from countersign.domain.approvals.codes import TRIES
from countersign.domain.contract import Contract

SESSION_FOR = timedelta(hours=8)
LINK_FOR = timedelta(minutes=15)
MOST_MAILS = 5
"""Sign-in mails to one address within MAILS_WITHIN."""
MAILS_WITHIN = timedelta(hours=1)


@dataclass(frozen=True)
class Session:
    """Somebody signed in. `id` binds pages and their codes to this session."""

    person_id: str
    since: datetime
    id: str


class SignIn(Contract):
    """A mailed link that signs one person in, once. `person_id` is empty when the address that was
    typed is nobody's: such a row only makes the work the same."""

    CONTRACT: ClassVar[str] = "sign_in"
    VERSION: ClassVar[int] = 1

    link_id: str
    secret_hash: str
    person_id: str
    expires_at: datetime
    tries: int = 0
    used: str = ""
    """Id of the session that it opened."""

    def live(self, now: datetime) -> bool:
        """Whether it can still sign somebody in."""
        fresh = now < self.expires_at and self.tries < TRIES
        return fresh and not self.used and bool(self.person_id)


def sealed(key: str, person_id: str, now: datetime, salt: str) -> str:
    """The cookie of a new session."""
    person = base64.urlsafe_b64encode(person_id.encode()).decode().rstrip("=")
    body = f"{person}.{int(now.timestamp())}.{salt}"
    return f"{body}.{links.seal(key, 'session', body)}"


def unsealed(key: str, cookie: str, now: datetime) -> Session | None:
    """The session in a cookie; None for a forged, foreign, future or expired one."""
    body, _, seal = cookie.rpartition(".")
    expected = links.seal(key, "session", body)
    if not hmac.compare_digest(seal.encode("utf-8", "surrogatepass"), expected.encode()):
        return None
    person, stamp, salt = body.split(".")
    since = datetime.fromtimestamp(int(stamp), UTC)
    if not since <= now < since + SESSION_FOR:
        return None
    return Session(base64.urlsafe_b64decode(person + "==").decode(), since, salt)


def recent(sent: Sequence[datetime], now: datetime) -> tuple[datetime, ...]:
    """The mails of the last hour."""
    return tuple(at for at in sent if now - at < MAILS_WITHIN)
