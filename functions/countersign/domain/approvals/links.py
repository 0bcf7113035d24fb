"""Links: secrets that are only ever stored hashed, compared in constant time, and page nonces."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from countersign.domain.contract import Value

LINK_BITS, SECRET_BITS = 128, 192
"""Random bits of a link's id and of its secret."""
NONCE_FOR = timedelta(hours=12)
CODE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""No I, O, 0 or 1: a person types this from a phone's screen."""
CODE_LENGTH = 5


def hashed(secret: str) -> str:
    """What is stored of a link's secret. Secrets are random, ≥ 128 bits: a plain hash is enough."""
    return hashlib.sha256(_bytes(secret)).hexdigest()


def matches(secret: str, secret_hash: str) -> bool:
    """Whether `secret` is the one behind `secret_hash`, in constant time."""
    return hmac.compare_digest(hashed(secret), secret_hash)


def nonce(key: str, link_id: str, opened_at: datetime, salt: str) -> str:
    """The page's cookie: when the page was opened, signed for this link."""
    stamp = f"{int(opened_at.timestamp())}.{salt}"
    return f"{stamp}.{_mac(key, 'nonce', link_id, stamp)}"


def opened_at(key: str, link_id: str, cookie: str, now: datetime) -> datetime | None:
    """When the page with this cookie was opened; None for a forged, foreign or old cookie."""
    stamp, _, mac = cookie.rpartition(".")
    if not hmac.compare_digest(_bytes(mac), _bytes(_mac(key, "nonce", link_id, stamp))):
        return None
    opened = datetime.fromtimestamp(int(stamp.partition(".")[0]), UTC)
    return opened if opened <= now <= opened + NONCE_FOR else None


def code(key: str, cookie: str) -> str:
    """The short value that the page shows and a person types; bound to the page's cookie."""
    number = int.from_bytes(bytes.fromhex(_mac(key, "code", cookie)))
    letters = []
    for _ in range(CODE_LENGTH):
        number, at = divmod(number, len(CODE_ALPHABET))
        letters.append(CODE_ALPHABET[at])
    return "".join(letters)


def well_formed(typed: str) -> bool:
    """Whether it could be a page's code at all: what could not is no guess."""
    plain = "".join(typed.split())
    return len(plain) == CODE_LENGTH and plain.isascii() and plain.isalnum()


def same_code(typed: str, expected: str) -> bool:
    """Whether a person typed the value: case and spaces do not matter."""
    return hmac.compare_digest(_bytes("".join(typed.split()).upper()), _bytes(expected))


def seal(key: str, *parts: str) -> str:
    """A seal over `parts`; the first one says what for, so that no seal passes for another."""
    return _mac(key, *parts)


def _mac(key: str, *parts: str) -> str:
    return hmac.new(_bytes(key), _bytes("\x00".join(parts)), hashlib.sha256).hexdigest()


def _bytes(text: str) -> bytes:
    # Paths and cookies are hostile: a lone surrogate must compare as different, not raise.
    return text.encode("utf-8", "surrogatepass")


MOST_NEW, NEW_WITHIN = 3, timedelta(days=1)
"""New links for one person and request within that time: whoever plays with a link that is not
theirs fills nobody's mailbox."""


class ClosedLink(Value):
    """A link that was closed after too many wrong codes, and for which a new one is mailed."""

    person_id: str
    at: datetime


def may_have_new(closed: Iterable[ClosedLink], person_id: str, now: datetime) -> bool:
    """Whether one more closed link of this person brings them a new one."""
    recent = (one for one in closed if one.person_id == person_id and one.at > now - NEW_WITHIN)
    return sum(1 for _ in recent) < MOST_NEW


def times_closed(closed: Iterable[ClosedLink], person_id: str) -> int:
    """How many new links this person is owed in all, mailed or not."""
    return sum(one.person_id == person_id for one in closed)
