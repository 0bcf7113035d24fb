"""Verdicts: what people or policy allow a caller to do by itself, as a signed token over the exact
parameters. The caller does what stands in it and reports; a silent one is a case.

A token is a JWT (RFC 7519) signed with ES256 (RFC 7518): any language has a library for it.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, Protocol

from countersign.domain.canonical import canonical
from countersign.domain.contract import Contract, Value
from countersign.domain.jobs.change import JobRecord
from countersign.domain.ledger.entry import ActionStatus, LedgerEntry

VERDICT = ".verdict"
"""How the id of an action ends that its caller does."""
LIVES = timedelta(minutes=5)
"""How long one token is good; another one is made for whoever asks in time."""
REPORT_WITHIN = timedelta(hours=1)
"""After so long without a report a person gets the job."""
REPORTED = "reported"
"""The name of the result that says what a caller did."""
REPORT: Final = "report"
"""The kind of the due row that waits for it."""
_NUMBER = 32
"""Bytes of one of the two numbers of a signature, and of a point of the curve P-256."""


class PublicKeySigner(Protocol):
    """A key whose public half anybody may have."""

    def sign(self, message: bytes) -> bytes:
        """The signature: ECDSA over P-256 with SHA-256, DER."""

    def public(self) -> bytes:
        """The public half, DER (SubjectPublicKeyInfo)."""


class ReportedAction(Value):
    """What a caller did of one action."""

    number: int
    done: bool
    receipt: str = ""
    words: str = ""


class Reported(Contract):
    """What a caller did of a proposal."""

    CONTRACT: ClassVar[str] = "agent.reported"
    VERSION: ClassVar[int] = 1

    actions: tuple[ReportedAction, ...]


def by_caller(record: JobRecord) -> tuple[LedgerEntry, ...]:
    """The actions that the caller may do by now."""
    given = (one for one in record.ledger if one.action.endswith(VERDICT))
    return tuple(one for one in given if one.status is ActionStatus.VERIFIED)


def report_of(record: JobRecord, number: int) -> ReportedAction | None:
    """What the caller reported of an action; None while it did not."""
    if REPORTED not in record.results:
        return None
    found = record.result(REPORTED, Reported).actions
    return next((one for one in found if one.number == number), None)


def claims(record: JobRecord, issuer: str, caller: str, now: datetime) -> Iterator[dict[str, Any]]:
    """What each token says, as long as the report is awaited: whose it is, what may be done, the
    canonical bytes of its parameters as text, and until when. `jti` is the same each time: who has
    done it once does it no more."""
    waits = record.due.get(REPORT)
    if waits is None or now >= waits.at or REPORTED in record.results:
        return
    until = min(now + LIVES, waits.at)
    for held in by_caller(record):
        yield {
            "iss": issuer,
            "aud": caller,
            "sub": record.job.job_id,
            "jti": held.key,
            "iat": int(now.timestamp()),
            "exp": int(until.timestamp()),
            "number": held.index,
            "action": held.action.removesuffix(VERDICT),
            "params": canonical(held.content()["params"]).decode(),
        }


def token(said: Mapping[str, Any], spki: bytes, sign: Callable[[bytes], bytes]) -> str:
    """The signed token. `spki` is the key's public half, DER; `sign` gives a signature, DER."""
    head = {"alg": "ES256", "typ": "JWT", "kid": jwk(spki)["kid"]}
    text = ".".join(_coded(json.dumps(part).encode()) for part in (head, dict(said)))
    return f"{text}.{_coded(_raw(sign(text.encode())))}"


def jwk(spki: bytes) -> Mapping[str, str]:
    """The public half as a JSON Web Key (RFC 7517): of P-256 the DER ends with the point."""
    x, y = spki[-2 * _NUMBER : -_NUMBER], spki[-_NUMBER:]
    name = hashlib.sha256(x + y).hexdigest()[:16]
    known = {"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": name}
    return {**known, "x": _coded(x), "y": _coded(y)}


def _raw(der: bytes) -> bytes:
    """Two numbers of 32 bytes each, as JOSE wants them, out of the DER of a signature (SEC 1)."""
    size = der[3]
    first, second = der[4 : 4 + size], der[6 + size :]
    return b"".join(one.lstrip(b"\0").rjust(_NUMBER, b"\0") for one in (first, second))


def _coded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
