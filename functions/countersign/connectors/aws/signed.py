"""Signed requests to AWS over kept connections, each tried three times: what a function's own calls
are made of. What is signed, and what an error says, is compared with botocore's own in tests."""

from __future__ import annotations

import hashlib
import hmac
import random
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from http import HTTPStatus
from typing import Any, Protocol

import urllib3
from botocore.exceptions import ClientError

from countersign.connectors.aws.client import Credentials, Place, passes
from countersign.domain.canonical import digest
from countersign.domain.errors import Unavailable

_PAUSES = (1.0, 2.0)
"""The most seconds before the second try and the third."""
_CONNECTIONS = 8
"""Kept to one endpoint: as many as the threads of a function."""
Wait = Callable[[float], None]
Refusal = Callable[[int, bytes], Any]
"""An answer that says no, as botocore's errors hold it."""


class Send(Protocol):
    """Sends one request; the status and the body of its answer. Raises urllib3's HTTPError."""

    def __call__(self, url: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]: ...


def sent(url: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
    """Send it on a connection that the process keeps."""
    answer = _pool(url).urlopen("POST", "/", body, headers, retries=False, redirect=False)
    return answer.status, answer.data


@lru_cache(maxsize=8)
def _pool(url: str) -> urllib3.HTTPConnectionPool:
    phases = urllib3.Timeout(connect=3, read=10)
    return urllib3.connection_from_url(url, maxsize=_CONNECTIONS, timeout=phases)


class Signed:
    """One service as its callers reach it, by its name in hosts and signatures.

    Raises ClientError for an answer that says no, Unavailable without one; trouble that passes is
    tried again first.
    """

    def __init__(
        self,
        name: str,
        place: Place,
        by: Credentials | None = None,
        send: Send = sent,
        wait: Wait = time.sleep,
    ) -> None:
        self._name, self._region, self._url = name, place.region, place.url(name)
        self._by, self._send, self._wait = by or place.own, send, wait

    def asked(
        self, operation: str, headers: Mapping[str, str], body: bytes, refused: Refusal
    ) -> bytes:
        """The body of the answer to `operation`."""
        for longest in _PAUSES:
            try:
                return self._once(operation, headers, body, refused)
            except (ClientError, Unavailable) as error:
                if isinstance(error, ClientError) and not passes(error):
                    raise
            self._wait(random.uniform(0, longest))  # noqa: S311 - many shall not come at once
        return self._once(operation, headers, body, refused)

    def _once(
        self, operation: str, headers: Mapping[str, str], body: bytes, refused: Refusal
    ) -> bytes:
        try:
            status, text = self._send(self._url, self._signed(headers, body), body)
        except urllib3.exceptions.HTTPError as error:
            raise Unavailable(f"AWS gave no answer: {type(error).__name__}") from None
        if status != HTTPStatus.OK:
            raise ClientError(refused(status, text), operation)
        return text

    def _signed(self, headers: Mapping[str, str], body: bytes) -> dict[str, str]:
        now = datetime.now(UTC)  # AWS's time, which no stage moves
        whole = {
            **headers,
            "host": self._url.partition("://")[2],
            "x-amz-date": f"{now:%Y%m%dT%H%M%SZ}",
            **({"x-amz-security-token": self._by.token} if self._by.token else {}),
        }
        whole = dict(sorted(whole.items()))
        return whole | {"authorization": self._authorization(whole, body, now)}

    def _authorization(self, headers: Mapping[str, str], body: bytes, now: datetime) -> str:
        """Signature Version 4 over all headers."""
        names = ";".join(headers)
        lines = "".join(f"{name}:{text}\n" for name, text in headers.items())
        request = f"POST\n/\n\n{lines}\n{names}\n{digest(body)}"
        scope = (f"{now:%Y%m%d}", self._region, self._name, "aws4_request")
        place, key = "/".join(scope), f"AWS4{self._by.secret}".encode()
        told = f"AWS4-HMAC-SHA256\n{headers['x-amz-date']}\n{place}\n{digest(request.encode())}"
        for part in scope:
            key = hmac.digest(key, part.encode(), hashlib.sha256)
        signature = hmac.digest(key, told.encode(), hashlib.sha256).hex()
        by = f"Credential={self._by.key}/{place}, SignedHeaders={names}"
        return f"AWS4-HMAC-SHA256 {by}, Signature={signature}"
