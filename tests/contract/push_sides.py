"""The two sides of the contract on channels: the fake, and the adapter with the demo server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeAlias

from starlette.applications import Starlette

from countersign.actions.notify import Pushes
from countersign.connectors.slack import WebhookPushes
from infra.local.slack import FINANCE, hook, push_app
from tests.fakes.channels import FakeChannels, Message
from tests.fakes.serving import served

TOKEN = "token-of-the-tests"


class FakeSide:
    """The fake."""

    def __init__(self) -> None:
        self.fake = FakeChannels()
        self.channels: Pushes = self.fake

    def throttles(self) -> None:
        """The next call is asked to come back in 3 seconds."""
        self.fake.throttles()

    def is_archived(self) -> None:
        """The next call is refused."""
        self.fake.is_archived()

    def loses_the_answer(self) -> None:
        """The next message is posted, and its answer lost."""
        self.fake.loses_the_answer()

    def breaks_after_posting(self) -> None:
        """The next message is posted, and the answer is a 500."""
        self.fake.breaks_after_posting()

    def messages(self) -> list[Message]:
        """What the channels show."""
        return self.fake.messages


class ServerSide:
    """The adapter, against the demo server on loopback."""

    def __init__(self, app: Starlette, base: str) -> None:
        self.app = app
        self.url = hook(base, FINANCE, TOKEN)
        self.adapter = WebhookPushes(json.dumps({FINANCE: self.url}), timeout=lambda: 5.0)
        self.channels: Pushes = self.adapter
        self._seen = 0

    def empty(self) -> None:
        """Forget the messages so far, and planned faults."""
        self.app.state.faults.clear()
        self._seen = len(self.app.state.store.journal())

    def throttles(self) -> None:
        """The next call is answered 429, to come back in 3 seconds."""
        self.app.state.faults.next("throttle", seconds=3.0)

    def is_archived(self) -> None:
        """The next call is answered 410."""
        self.app.state.faults.next("archived")

    def loses_the_answer(self) -> None:
        """The next message is posted and the connection cut."""
        self.app.state.faults.next("drop_after")

    def breaks_after_posting(self) -> None:
        """The next message is posted and answered 500."""
        self.app.state.faults.next("error_after")

    def messages(self) -> list[Message]:
        """What the channels show: Slack's three entities are the characters again."""
        entries = self.app.state.store.journal()[self._seen :]
        return [Message(one["channel"], _shown(one["text"])) for one in entries]


Side: TypeAlias = FakeSide | ServerSide


def _shown(text: str) -> str:
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(entity, sign)
    return text


@contextmanager
def server_side() -> Iterator[ServerSide]:
    """The demo server under uvicorn on a free port of 127.0.0.1."""
    app = push_app({FINANCE: TOKEN}, key="key-of-the-tests", clock=lambda: 1_772_355_600.0)
    with served(app) as address:
        side = ServerSide(app, address)
        yield side
        side.adapter.close()
