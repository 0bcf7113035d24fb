"""One HTTP call to HubSpot: time-outs, size, and what each answer means as our errors."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

import httpx

from countersign.connectors import http
from countersign.domain.errors import (
    Ambiguous,
    CountersignError,
    Misconfigured,
    Refused,
    Throttled,
    Unavailable,
)
from countersign.domain.limits.pace import LONG, RateLimit, Told

_LIMIT = ("max", "remaining", "interval-milliseconds")
_NOT_OURS = frozenset({httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN})
_LATER = frozenset({423, 477, 503})  # locked, account in migration, unavailable: nothing applied


@dataclass(frozen=True)
class HubSpotAnswer:
    """An answer as it came. `body` is None when it was not a JSON object."""

    status: int
    body: Mapping[str, Any] | None
    retry_after: float | None

    @property
    def ok(self) -> bool:
        """Whether the status is 2xx."""
        return httpx.codes.is_success(self.status)


class Http:
    """A client for one base URL and token. `timeout()` gives the seconds that a call may take."""

    def __init__(
        self,
        base_url: str,
        token: str,
        timeout: Callable[[], float],
        gate: http.Gate,
        transport: httpx.BaseTransport | None,
    ) -> None:
        url = httpx.URL(base_url)
        if http.in_clear(url):
            raise Misconfigured("the CRM's base URL must be https: a token never travels in clear")
        self.host = url.host
        self._timeout = timeout
        self._gate = gate
        self._base = str(url).rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"}
        self._client = http.Client(transport)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def read(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Mapping[str, Any] | None:
        """The JSON object, or None for 404. Raises Throttled, Unavailable, Misconfigured or
        Refused."""
        try:
            reply = self._send(method, path, query, body)
        except httpx.HTTPError as lost:
            raise Unavailable(f"the CRM did not answer ({type(lost).__name__})") from None
        if reply.status == httpx.codes.NOT_FOUND:
            return None
        return accepted(reply, "read", (), lost=Unavailable)

    def write(self, method: str, path: str, body: Mapping[str, Any] | None) -> HubSpotAnswer:
        """The answer, whatever its status.

        Raises Unavailable when nothing was sent, Ambiguous when the answer was lost.
        """
        try:
            return self._send(method, path, None, body)
        except http.NOT_SENT as lost:
            raise Unavailable(f"the CRM was not reached ({type(lost).__name__})") from None
        except httpx.HTTPError as lost:
            raise Ambiguous(f"the CRM's answer was lost ({type(lost).__name__})") from None

    def _send(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None,
        body: Mapping[str, Any] | None,
    ) -> HubSpotAnswer:
        self._gate.before()
        seconds = self._timeout()
        if seconds <= 0:
            raise Unavailable("no time is left to ask the CRM")
        deadline = time.monotonic() + seconds
        url = f"{self._base}{path}{_query(tuple(query.items())) if query else ''}"
        with self._client.asked(method, url, seconds, headers=self._headers, json=body) as answer:
            self._gate.after(told(answer))
            return HubSpotAnswer(
                status=answer.status_code,
                body=_object(http.body(answer, deadline)),
                retry_after=http.retry_after(answer),
            )


@lru_cache(maxsize=64)
def _query(pairs: tuple[tuple[str, str], ...]) -> str:
    """The same few hundred properties are asked for again and again."""
    return f"?{urlencode(pairs)}"


def told(answer: http.Answer) -> Told | None:
    """What the headers say of the limit: so many requests in so many milliseconds, so many left."""
    most, left, span = (answer.headers.get(f"x-hubspot-ratelimit-{one}", "") for one in _LIMIT)
    if not all(re.fullmatch(r"[0-9]{1,9}", text) for text in (most, left, span)):
        return None
    seconds = int(span) // 1000
    if not (int(most) and 1 <= seconds <= LONG):
        return None
    return Told(RateLimit(requests=int(most), seconds=seconds), int(left))


def accepted(
    reply: HubSpotAnswer, doing: str, names: Collection[str], *, lost: type[CountersignError]
) -> Mapping[str, Any]:
    """The body of a 2xx. `names` are properties that a
    message may name; `lost` is what a lost answer means.

    Raises Throttled (429), Unavailable (nothing applied), `lost` (5xx, unreadable), Misconfigured
    (401, 403) or Refused.
    """
    if reply.ok and reply.body is not None:
        return reply.body
    if reply.status == httpx.codes.TOO_MANY_REQUESTS:
        raise Throttled(f"the CRM asked to wait before: {doing}", reply.retry_after)
    if reply.status in _LATER:
        raise Unavailable(f"the CRM is not available ({reply.status}) for: {doing}")
    if reply.ok or httpx.codes.is_server_error(reply.status):
        raise lost(f"the CRM's answer ({reply.status}) does not tell the outcome of: {doing}")
    if reply.status in _NOT_OURS:
        raise Misconfigured(f"the CRM does not take our key ({reply.status} {_category(reply)})")
    # Only names that are ours: whatever else stands there is content from outside.
    known = {name: code for name, code in faults(reply).items() if name in names}
    raise Refused(_refusal(reply, doing, known), known)


def faults(reply: HubSpotAnswer) -> dict[str, str]:
    """Property name → HubSpot's error code, out of any of its three shapes of error body."""
    body = reply.body or {}
    found = {str(name): "MISSING" for name in _list(_dict(body.get("context")).get("properties"))}
    for fault in (*_list(body.get("errors")), *_embedded(body.get("message"))):
        fault = _dict(fault)  # noqa: PLW2901 - a fault that is no object tells nothing
        names = _list(_dict(fault.get("context")).get("propertyName")) or [fault.get("name")]
        code = fault.get("code") or fault.get("error")
        found.update({str(name): _code(code) for name in names if name})
    return found


def _refusal(reply: HubSpotAnswer, doing: str, known: Mapping[str, str]) -> str:
    named = (f"{name} {code}" for name, code in known.items())
    parts = ", ".join([f"{reply.status} {_category(reply)}".strip(), *named])
    return f"the CRM refused to {doing}: {parts}. Correct the data."


def _category(reply: HubSpotAnswer) -> str:
    return _code((reply.body or {}).get("category"))


def _code(value: object) -> str:
    return value if isinstance(value, str) and re.fullmatch(r"[A-Z_]{3,40}", value) else ""


def _embedded(message: object) -> list[Any]:
    text = message if isinstance(message, str) else ""
    try:
        return _list(json.loads(text.partition("Property values were not valid: ")[2] or "[]"))
    except (ValueError, RecursionError):
        return []


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _object(raw: bytes) -> Mapping[str, Any] | None:
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None
