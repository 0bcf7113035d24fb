"""Other companies' systems, told what happened: a signed POST to an address that they named.

Such an address is content from outside: where it leads is judged when the connection is made.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

import httpx

from countersign.connectors import http
from countersign.connectors.judged import JudgedTransport, NotPublic
from countersign.domain.errors import Refused, Throttled, Unavailable

SECONDS = 5.0
"""For one delivery: others wait behind it."""
_MOST = 4_096  # bytes of an answer, which nobody reads


class HttpCallbacks:
    """The port Callbacks. One attempt, no redirects. `transport` is for tests."""

    def __init__(self, transport: httpx.BaseTransport | None = None) -> None:
        self._client = http.Client(transport or JudgedTransport())
        self._here = http.Client(transport or JudgedTransport(loopback=True))

    def deliver(self, url: str, headers: Mapping[str, str], body: bytes) -> None:
        """As the port: any 2xx is an acceptance, 410 the wish to hear no more."""
        to = httpx.URL(url)
        if http.in_clear(to):
            raise Unavailable("the address is not https: what is told would travel in clear")
        try:
            status, wait = self._post(to, headers, body)
        except (httpx.HTTPError, OSError) as lost:
            raise Unavailable(_unanswered(lost)) from None
        if status == httpx.codes.GONE:
            raise Refused("the receiver wants to hear no more (410)")
        if status == httpx.codes.TOO_MANY_REQUESTS:
            raise Throttled("the receiver asked to wait", wait)
        if not httpx.codes.is_success(status):
            raise Unavailable(f"the receiver answered {status}")

    def _post(
        self, url: httpx.URL, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, float | None]:
        deadline = time.monotonic() + SECONDS
        client = self._client if url.scheme == "https" else self._here
        with client.asked("POST", url, SECONDS, headers=headers, content=body) as answer:
            http.body(answer, deadline, _MOST)
            return answer.status_code, http.retry_after(answer)


def _unanswered(lost: Exception) -> str:
    if isinstance(lost, NotPublic):
        return f"nothing was sent: {lost}"
    return f"the receiver did not answer ({type(lost).__name__})"
