"""The demo channels: a small real HTTP server in the shape of Slack's incoming webhooks."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request

from infra.local.demo.answer import DemoAnswer, Refusal
from infra.local.demo.database import IN_MEMORY, Database
from infra.local.demo.page import Table
from infra.local.demo.system import DemoCall, DemoSystem, json_object, same, wait_header

FINANCE = "finance"
LONGEST = 40_000
"""Characters of a message; Slack cuts longer ones, which here would hide a defect of ours."""

_WORDS = {
    410: "channel_is_archived",
    413: "invalid_payload",
    500: "rollup_error",
    503: "service_unavailable",
}


class SlackRefusal(Refusal):
    """A refusal in Slack's one word, as plain text."""

    def __init__(self, status: int, word: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(word, DemoAnswer(status, word, headers))


class DemoChannels(DemoSystem[Database]):
    """The channels in `tokens`, each with the token of its webhook; `key` may plan faults."""

    root = "/push"
    title = "Demo channels"
    about = "A stand-in for a chat's incoming webhooks on this machine."
    own_faults = ("archived",)

    def __init__(self, store: Database, mark: str, tokens: Mapping[str, str], key: str) -> None:
        super().__init__(store, mark)
        self._tokens = tokens
        self._key = key

    def admit(self, request: Request, *, writes: bool) -> Mapping[str, str]:  # noqa: ARG002 - to know a webhook is to write
        """As the frame."""
        channel, token = request.path_params["channel"], request.path_params["token"]
        if channel not in self._tokens or not same(token, self._tokens[channel]):
            raise SlackRefusal(404, "no_service")
        return {}

    def may_plan(self, request: Request) -> None:
        """As the frame."""
        if not same(request.headers.get("authorization", ""), f"Bearer {self._key}"):
            raise SlackRefusal(403, "invalid_token")

    def params(self, request: Request, raw: bytes) -> Mapping[str, Any]:  # noqa: ARG002 - the frame's signature
        """As the frame: a JSON object."""
        body = json_object(raw)
        if body is None:
            raise SlackRefusal(400, "invalid_payload")
        return body

    def refusal(self, status: int, message: str) -> SlackRefusal:
        """As the frame."""
        return SlackRefusal(status, _WORDS.get(status, message))

    def too_many(self, seconds: float) -> SlackRefusal:
        """As the frame."""
        return SlackRefusal(429, "rate_limited", wait_header(seconds))

    def tables(self) -> Sequence[Table]:
        """As the frame."""
        posted = [(e["channel"], e["text"], e["at"]) for e in reversed(self.store.journal())]
        return [Table("Messages", ("Channel", "Text as it was sent", "When"), posted)]


def hook(base: str, channel: str, token: str) -> str:
    """The webhook of a channel: whoever knows it can post."""
    return f"{base}/push/services/{channel}/{token}"


def push_app(
    tokens: Mapping[str, str],
    *,
    key: str,
    clock: Callable[[], float] = time.time,
    mark: str = "demo",
) -> Starlette:
    """The channels in `tokens`, each with the token of its webhook, all paths below `/push`, as
    `DemoSystem.app` says; `app.state.store` has the messages in its journal, in memory.

    `key` is the bearer that may plan faults.
    """
    channels = DemoChannels(Database(IN_MEMORY, clock), mark, tokens, key)
    return channels.app(reads=(), writes=(("POST", "/services/{channel}/{token}", post),))


def post(store: Database, call: DemoCall) -> DemoAnswer:
    """`POST /services/{channel}/{token}`: the message is in its channel."""
    text = call.params.get("text")
    if not isinstance(text, str) or not text.strip():
        raise SlackRefusal(400, "no_text")
    if len(text) > LONGEST:
        raise SlackRefusal(400, "invalid_payload")
    store.record(channel=call.path["channel"], text=text)
    return DemoAnswer(200, "ok")
