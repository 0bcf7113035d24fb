"""One HTTP call to Stripe: time-outs and size, and what each of its errors means as one of ours."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import stripe

from countersign.connectors import http
from countersign.domain.errors import (
    Ambiguous,
    CountersignError,
    Misconfigured,
    NotFound,
    Refused,
    Throttled,
    Unavailable,
)

# What we read of an answer. `Stripe-Notice` is left out: the library would print it.
_HEADERS = ("request-id", "retry-after", "idempotent-replayed")
_PARAMS = frozenset({"charge", "amount", "reason", "metadata", "id", "query", "starting_after"})
_NOT_OURS = frozenset({httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN})
_ACCOUNT = frozenset({"account_invalid", "api_key_expired", "livemode_mismatch"}) | {
    *("platform_api_key_expired", "secret_key_required", "testmode_charges_only")
}
"""Codes about the key or the account, whatever is asked (docs.stripe.com/error-codes)."""
_IN_USE, _MISSING = "idempotency_key_in_use", "resource_missing"


class AnswerLost(stripe.APIConnectionError):
    """Something was sent, and no whole answer came back. `why` is the name of a class."""

    def __init__(self, why: str) -> None:
        super().__init__(why)  # type: ignore[no-untyped-call]  # the library leaves it untyped
        self.why = why


class NotSent(AnswerLost):
    """The connection was never made: nothing was asked."""


class Transport(stripe.HTTPClient):
    """Stripe's HTTP client over httpx. `timeout()` gives the seconds that one call may take."""

    name = "httpx"

    def __init__(
        self,
        base_url: str,
        timeout: Callable[[], float],
        gate: http.Gate,
        transport: httpx.BaseTransport | None,
    ) -> None:
        super().__init__()
        url = httpx.URL(base_url)
        if http.in_clear(url):
            raise Misconfigured("the payments base URL must be https: a key never travels in clear")
        # It logs URLs at INFO, and these hold order and customer numbers.
        logging.getLogger("stripe").setLevel(logging.WARNING)
        # Else the library writes an id of this machine below the home directory and sends it.
        stripe.enable_telemetry = False
        self.host = url.host
        self._seconds = timeout
        self._gate = gate
        self._client = http.Client(transport)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        """(body, status, headers). Raises NotSent, AnswerLost or NotYourTurn."""
        self._gate.before()
        seconds = self._seconds()
        if seconds <= 0:
            raise NotSent("no time is left")
        try:
            return self._send(method, url, headers, post_data, seconds)
        except http.NOT_SENT as lost:
            raise NotSent(type(lost).__name__) from None
        except (httpx.HTTPError, UnicodeDecodeError) as lost:
            raise AnswerLost(type(lost).__name__) from None

    def _send(
        self, method: str, url: str, headers: Mapping[str, str] | None, body: Any, seconds: float
    ) -> tuple[str, int, Mapping[str, str]]:
        deadline = time.monotonic() + seconds
        with self._client.asked(
            method.upper(), url, seconds, headers=headers or {}, content=body
        ) as answer:
            read = http.body(answer, deadline).decode()
            kept = {name: answer.headers[name] for name in _HEADERS if name in answer.headers}
            return read, answer.status_code, kept


def read_error(error: Exception, doing: str) -> CountersignError:
    """What an error means for a call that only reads: NotFound, Throttled, Unavailable,
    Misconfigured, Refused."""
    if _code(error) == _MISSING:
        return NotFound(f"the payments account has nothing under this id: {doing}")
    if isinstance(error, AnswerLost):
        return Unavailable(f"the payments account did not answer ({error.why}): {doing}")
    return _told(error, doing) or Unavailable(
        f"the answer is of no use ({_status(error)}): {doing}"
    )


def write_error(error: Exception, doing: str) -> CountersignError:
    """What an error means for a call that moves money.

    Unavailable, Throttled and Misconfigured: nothing was applied. Refused: nothing was, and never
    will be. Ambiguous: it may have been; look before asking again under the same key, which is of
    no use once it is settled.
    """
    if isinstance(error, NotSent):
        return Unavailable(f"the payments account was not reached ({error.why}): {doing}")
    if isinstance(error, AnswerLost):
        return Ambiguous(f"the answer was lost ({error.why}): {doing}")
    if _code(error) == _IN_USE:
        return Ambiguous(f"another attempt under this key is still running: {doing}")
    if isinstance(error, stripe.IdempotencyError):
        return Refused(
            f"our key was used with other parameters before: {doing}. This is a defect of ours;"
            " look at the refunds of the charge, do not repeat it under another key."
        )
    return _told(error, doing) or _unknown(error, doing)


def _told(error: Exception, doing: str) -> CountersignError | None:
    """The errors by which Stripe says that it did nothing."""
    if not isinstance(error, stripe.StripeError):
        return None
    if _status(error) == httpx.codes.TOO_MANY_REQUESTS:
        wait = http.pause((error.headers or {}).get("retry-after", ""))
        return Throttled(f"the payments account asked to wait before: {doing}", wait)
    if _status(error) in _NOT_OURS or _code(error) in _ACCOUNT:
        code = _code(error) or type(error).__name__
        return Misconfigured(
            f"the payments account does not take our key ({_status(error)} {code})"
        )
    if httpx.codes.is_client_error(_status(error)):
        return None if _status(error) == httpx.codes.CONFLICT else _refused(error, doing)
    return None


def _refused(error: stripe.StripeError, doing: str) -> Refused:
    # Only codes and names that are Stripe's own words: the message is content from outside.
    param = _object(error).get("param")
    parts = [
        str(_status(error)),
        _code(error) or type(error).__name__,
        param if param in _PARAMS else "",
    ]
    why = " ".join(filter(None, parts))
    return Refused(f"refused: {why}, {doing}. Correct the data.")


def _unknown(error: Exception, doing: str) -> Ambiguous:
    saved = isinstance(error, stripe.StripeError) and "idempotent-replayed" in (error.headers or {})
    again = "; it is the saved one, and this key gives it for 24 hours" if saved else ""
    why = f"the answer ({_status(error)}) does not tell the outcome{again}: {doing}"
    return Ambiguous(why, settled=saved)


def _status(error: Exception) -> int:
    return (isinstance(error, stripe.StripeError) and error.http_status) or 0


def _code(error: Exception) -> str:
    code = _object(error).get("code")
    return code if isinstance(code, str) and re.fullmatch(r"[a-z_]{3,80}", code) else ""


def _object(error: Exception) -> Mapping[str, Any]:
    body = error.json_body if isinstance(error, stripe.StripeError) else None
    inner = body.get("error") if isinstance(body, dict) else None
    return inner if isinstance(inner, dict) else {}
