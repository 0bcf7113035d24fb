"""Slack-compatible incoming webhooks as the port Pushes. One attempt, no retries."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping

import httpx

from countersign.connectors import http
from countersign.domain.errors import Ambiguous, Misconfigured, Refused, Throttled, Unavailable

_MOST = 4_096  # bytes of an answer; Slack's are one word

# Slack's own words for a refusal (its guide to incoming webhooks, and its changelog of 2016-05-17);
# any other answer is content from outside and is not repeated.
_REFUSALS = frozenset(
    (  # noqa: SIM905 - as a list it takes twenty lines
        "action_prohibited channel_is_archived channel_not_found invalid_payload invalid_token"
        " no_active_hooks no_service no_service_id no_team no_text team_disabled"
        " posting_to_general_channel_denied too_many_attachments user_not_found"
    ).split()
)


class WebhookPushes:
    """The channels of `secret`, JSON `{"channel": "webhook URL"}`: whoever knows a URL can post.

    `timeout()` gives the seconds for a call, and each passes `gate`. `transport` is for tests.
    """

    def __init__(
        self,
        secret: str,
        *,
        timeout: Callable[[], float],
        gate: http.Gate | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._urls = _parsed(secret)
        self._timeout = timeout
        self._gate = gate or http.OpenGate()
        self._client = http.Client(transport)

    def __repr__(self) -> str:
        """How many channels, and none of their URLs."""
        return f"WebhookPushes({len(self._urls)} channels)"

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def push(self, channel: str, title: str, text: str) -> None:
        """As the port. Only `200` with `ok` is an acceptance."""
        url = self._urls.get(channel)
        if url is None:
            raise Refused(
                f"the secret notify-channels has no URL for the channel {channel}: add it"
            )
        told = {"text": f"*{escaped(_flat(title))}*\n{escaped(text)}"}
        try:
            status, said, wait = self._post(url, told)
        except http.NOT_SENT as lost:
            raise Unavailable(f"the channel was not reached ({type(lost).__name__})") from None
        except httpx.HTTPError as lost:
            raise Ambiguous(f"the channel's answer was lost ({type(lost).__name__})") from None
        _judge(channel, status, said, wait)

    def _post(self, url: httpx.URL, told: Mapping[str, str]) -> tuple[int, str, float | None]:
        self._gate.before()
        seconds = self._timeout()
        if seconds <= 0:
            raise Unavailable("no time is left to tell the channel")
        deadline = time.monotonic() + seconds
        with self._client.asked("POST", url, seconds, json=told) as answer:
            said = http.body(answer, deadline, _MOST).decode(errors="replace").strip()
            return answer.status_code, said, http.retry_after(answer)


def escaped(text: str) -> str:
    """`text` with Slack's three control characters as it wants them, so that nothing in it becomes
    a mention or a link with a label (docs.slack.dev/messaging/formatting-message-text)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _flat(text: str) -> str:
    return re.sub(r"[\s*]+", " ", text).strip()


def _judge(channel: str, status: int, said: str, wait: float | None) -> None:
    if status == httpx.codes.OK and said == "ok":
        return
    if status == httpx.codes.TOO_MANY_REQUESTS:
        raise Throttled(f"the channel {channel} asked to wait", wait)
    if httpx.codes.is_client_error(status) or httpx.codes.is_redirect(status):
        why = said if said in _REFUSALS else ""
        reason = f"{status} {why}".strip()
        raise Refused(f"the channel {channel} refused: {reason}. Correct its webhook, then resume.")
    raise Ambiguous(f"the answer of the channel {channel} ({status}) does not tell the outcome")


def _parsed(secret: str) -> Mapping[str, httpx.URL]:
    try:
        urls = {name: httpx.URL(url) for name, url in json.loads(secret).items()}
    except (ValueError, TypeError, AttributeError, httpx.InvalidURL, RecursionError):
        # The parser's own error would quote what it could not parse: here a credential.
        raise Misconfigured(
            'the secret notify-channels must be JSON: {"channel": "https://…"}'
        ) from None
    if any(not url.host or http.in_clear(url) for url in urls.values()):
        raise Misconfigured(
            "a URL in the secret notify-channels is not https: it would travel in clear"
        )
    return urls
