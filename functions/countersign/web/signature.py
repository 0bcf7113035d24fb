"""Who sent this delivery: a Standard Webhooks signature over the raw bytes.

The library `standardwebhooks` is the oracle of its test.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

TOLERANCE_SECONDS = 300  # either side, inclusive
NO_MATCH = "No v1 signature matches a secret of this sender."
_PREFIX = "whsec_"
_MIN_KEY_BYTES = 24  # the specification asks for 24 to 64 random bytes
_MAX_SIGNATURES = 16
# The signed text is `id.timestamp.body`: a full stop inside the id would make it ambiguous, and a
# comma is what two headers of one name look like after a proxy has joined them.
_ID = re.compile(r"[!-+\-/-~]{1,256}")
_TIMESTAMP = re.compile(r"[1-9][0-9]{0,11}")
_VERSIONED = re.compile(r"(v[0-9a-z]{1,8}),([A-Za-z0-9+/]{1,512}={0,2})")
_V1_LENGTH = 44  # base64 of the 32 bytes of a SHA-256


class BadSignature(ValueError):  # noqa: N818 - it is the outcome that the door answers with 401
    """The delivery is not proven to come from the sender; the sentence says what is wrong."""


@dataclass(frozen=True)
class VerifiedDelivery:
    """A delivery whose id, time and bytes are signed by a holder of one of the secrets."""

    id: str
    timestamp: datetime


def verify(
    secrets: Sequence[str], headers: Mapping[str, str], body: bytes, now: datetime
) -> VerifiedDelivery:
    """Check a Standard Webhooks delivery against every live secret.

    `secrets` are `whsec_<base64>` (several during a rotation), `body` the bytes as received, `now`
    an aware time. Ages from -300 to +300 whole seconds pass. Header names are case-insensitive.
    Raises BadSignature for every header that is missing, repeated, malformed, stale or wrong, and
    ValueError for a secret of ours that is malformed.
    Source: the Standard Webhooks specification, "Webhook signatures".
    """
    delivery_id = _matching(_ID, _header(headers, "webhook-id"), "webhook-id")
    stamp = _matching(_TIMESTAMP, _header(headers, "webhook-timestamp"), "webhook-timestamp")
    given = _v1_signatures(_header(headers, "webhook-signature"))
    seconds = int(stamp)
    if abs(int(now.timestamp()) - seconds) > TOLERANCE_SECONDS:
        raise BadSignature("The webhook-timestamp is more than 300 seconds away from our clock.")
    wanted = [sign(secret, delivery_id, seconds, body).partition(",")[2] for secret in secrets]
    if not _any_equal(wanted, given):
        raise BadSignature(NO_MATCH)
    return VerifiedDelivery(delivery_id, datetime.fromtimestamp(seconds, UTC))


def sign(secret: str, delivery_id: str, timestamp: int, body: bytes) -> str:
    """Return the `v1,<base64>` signature of a delivery sent at `timestamp` (Unix seconds)."""
    signed = f"{delivery_id}.{timestamp}.".encode() + body
    digest = hmac.new(_key(secret), signed, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode("ascii")


def _header(headers: Mapping[str, str], name: str) -> str:
    values = [value for key, value in headers.items() if key.lower() == name]
    if not values:
        raise BadSignature(f"The header {name} is missing.")
    if len(values) > 1:
        raise BadSignature(f"The header {name} is given more than once.")
    return values[0]


def _matching(pattern: re.Pattern[str], value: str, name: str) -> str:
    if not pattern.fullmatch(value):
        raise BadSignature(f"The header {name} is malformed.")
    return value


def _v1_signatures(value: str) -> list[str]:
    pieces = value.split(" ", _MAX_SIGNATURES)
    found = [_VERSIONED.fullmatch(piece) for piece in pieces]
    if len(pieces) > _MAX_SIGNATURES or not all(found):
        raise BadSignature("The header webhook-signature is malformed.")
    # Compared as text: base64 decoders ignore spare bits, so two texts can decode alike.
    given = [match[2] for match in found if match and match[1] == "v1"]
    if not given or any(len(signature) != _V1_LENGTH for signature in given):
        raise BadSignature("The header webhook-signature holds no v1 signature of 32 bytes.")
    return given


def _any_equal(wanted: Sequence[str], given: Sequence[str]) -> bool:
    # Counted, not searched: every pair is compared whatever the first ones say.
    pairs = [(one.encode(), other.encode()) for one in wanted for other in given]
    return sum(hmac.compare_digest(one, other) for one, other in pairs) > 0


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith(_PREFIX) or len(key) < _MIN_KEY_BYTES:
        raise ValueError(
            "A webhook secret of ours is malformed: set it to whsec_ and the base64 of 24 to 64 "
            "random bytes."
        )
    return key
