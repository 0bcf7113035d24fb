"""The port Requests: one system of the business over HTTP, asked by the rows of its actions.

Where it is and what opens it are the stage's; what is asked, the rows'. No redirect is followed,
no answer is longer than a row could need, none takes longer than the visit has.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

import httpx

from countersign.actions.http_request import Asked
from countersign.connectors import http
from countersign.connectors.judged import JudgedTransport, NotPublic
from countersign.domain.errors import (
    Ambiguous,
    CountersignError,
    Misconfigured,
    NotFound,
    Refused,
    Throttled,
    Unavailable,
)
from countersign.domain.ledger.targets import HttpTarget
from countersign.parsing.json import NotJson, loads

MOST = 1_048_576
"""Bytes of one answer."""
_NOT_OURS = frozenset({httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN})
_GONE = frozenset({httpx.codes.NOT_FOUND, httpx.codes.GONE})
_LATER = frozenset({httpx.codes.REQUEST_TIMEOUT, httpx.codes.LOCKED, httpx.codes.TOO_EARLY})
"""A client error that says nothing of the request itself."""


class HttpRequests:
    """`target` with its `secret`; `timeout()` gives the seconds that a call may take, and each
    request passes `gate`. `transport` is for tests. Raises Misconfigured for a secret that is no
    header's value."""

    def __init__(
        self,
        target: HttpTarget,
        secret: str,
        *,
        timeout: Callable[[], float],
        gate: http.Gate | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        if not (secret.isascii() and secret.isprintable()):
            raise Misconfigured(f"the secret {target.connector} cannot stand in a header")
        self._target = target
        self._base = httpx.URL(target.url)
        self._opens = {target.header: f"{target.prefix}{secret}"}
        self._seconds = timeout
        self._gate = gate or http.OpenGate()
        self._client = http.Client(transport or JudgedTransport(loopback=target.loopback))

    def __repr__(self) -> str:
        """The system's address, never the secret."""
        return f"HttpRequests({self._base.host})"

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def read(self, asked: Asked) -> Any:
        """As the port."""
        try:
            status, raw, wait = self._answered(asked)
        except httpx.HTTPError as lost:
            raise Unavailable(f"{self._name} did not answer ({type(lost).__name__})") from None
        if self._accepts(asked, status):
            return self._json(raw, Unavailable)
        if status == httpx.codes.TOO_MANY_REQUESTS:
            raise Throttled(f"{self._name} asked to wait", wait)
        if httpx.codes.is_client_error(status) and status not in _LATER:
            raise self._turned_away(status)
        raise self._moved(status) or Unavailable(f"{self._name} answered {status}")

    def write(self, asked: Asked) -> Any:
        """As the port."""
        try:
            status, raw, wait = self._answered(asked)
        except http.NOT_SENT as lost:
            raise Unavailable(f"{self._name} was not reached ({type(lost).__name__})") from None
        except httpx.HTTPError as lost:
            raise Ambiguous(
                f"the answer of {self._name} was lost ({type(lost).__name__})"
            ) from None
        if self._accepts(asked, status):
            return self._json(raw, Ambiguous)
        if status == httpx.codes.TOO_MANY_REQUESTS:
            raise Throttled(f"{self._name} asked to wait", wait)
        still = asked.busy and status == asked.busy
        if httpx.codes.is_client_error(status) and status not in _LATER and not still:
            raise self._turned_away(status)
        raise self._moved(status) or Ambiguous(
            f"the answer of {self._name} ({status}) does not tell the outcome"
        )

    @property
    def _name(self) -> str:
        return self._target.id

    def _answered(self, asked: Asked) -> tuple[int, bytes, float | None]:
        """Status, body, and the seconds that it asks to wait. Raises httpx.HTTPError."""
        self._gate.before()
        seconds = self._seconds()
        if seconds <= 0:
            raise httpx.ConnectTimeout("no time is left")
        deadline = time.monotonic() + seconds
        content = None if asked.body is None else json.dumps(asked.body).encode()
        try:
            with self._client.asked(
                asked.method,
                self._url(asked),
                seconds,
                headers=self._headers(asked),
                content=content,
            ) as answer:
                raw = http.body(answer, deadline, MOST)
                return answer.status_code, raw, http.retry_after(answer)
        except NotPublic as inside:
            raise Misconfigured(
                f"{inside}: correct `http_targets` in cdk.json, or its DNS"
            ) from None
        except OSError as unknown:
            raise httpx.ConnectError(type(unknown).__name__) from None

    def _url(self, asked: Asked) -> httpx.URL:
        """Below the target's own path; no value can make it another host's."""
        query = f"?{urlencode(asked.query)}" if asked.query else ""
        path = f"{self._base.path.rstrip('/')}{asked.path}{query}"
        return self._base.copy_with(raw_path=path.encode("ascii"))

    def _headers(self, asked: Asked) -> Mapping[str, str]:
        typed = {} if asked.body is None else {"content-type": "application/json"}
        keyed = dict([asked.keyed]) if asked.keyed else {}
        return {"accept": "application/json", **typed, **keyed, **self._opens}

    def _accepts(self, asked: Asked, status: int) -> bool:
        return status in asked.accepts if asked.accepts else httpx.codes.is_success(status)

    def _json(self, raw: bytes, lost: type[CountersignError]) -> Any:
        """The answer; None where it has no body. `lost`: what it is when it is no JSON."""
        if not raw:
            return None
        try:
            return loads(raw)
        except NotJson:
            raise lost(f"the answer of {self._name} is no JSON") from None

    def _turned_away(self, status: int) -> CountersignError:
        """Why, by its status alone: the words are content from outside."""
        if status in _NOT_OURS:
            return Misconfigured(f"{self._name} does not take our key ({status})")
        if status in _GONE:
            return NotFound(f"{self._name} has nothing at this address ({status})")
        return Refused(f"{self._name} refused it ({status}). Correct the data.")

    def _moved(self, status: int) -> Misconfigured | None:
        """A redirect leads where nobody has judged, and no secret is sent there. 303 is none of
        these: what was asked has been done, and its answer is elsewhere."""
        if not httpx.codes.is_redirect(status) or status == httpx.codes.SEE_OTHER:
            return None
        return Misconfigured(
            f"{self._name} answers with a redirect ({status}), which is not followed:"
            " write the address that it leads to into `http_targets` in cdk.json"
        )
