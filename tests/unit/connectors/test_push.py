"""The webhook adapter: what each answer means, what it sends, and what it never says."""

from __future__ import annotations

import json
from collections.abc import Callable

import httpx
import pytest

from countersign.connectors.slack import WebhookPushes
from countersign.domain.errors import (
    Ambiguous,
    CountersignError,
    Misconfigured,
    Refused,
    Throttled,
    Unavailable,
)

URL = "https://hooks.example.com/services/T0/B0/secret-part"
Handler = Callable[[httpx.Request], httpx.Response]


def _adapter(handler: Handler, secret: str = json.dumps({"finance": URL})) -> WebhookPushes:
    return WebhookPushes(secret, timeout=lambda: 5.0, transport=httpx.MockTransport(handler))


def _answering(status: int, text: str = "", **headers: str) -> Handler:
    return lambda _: httpx.Response(status, text=text, headers=headers)


def _raising(error: Exception) -> Handler:
    def handler(_: httpx.Request) -> httpx.Response:
        raise error

    return handler


@pytest.mark.parametrize(
    ("handler", "error"),
    [
        (_answering(400, "invalid_payload"), Refused),
        (_answering(403, "action_prohibited"), Refused),
        (_answering(404, "no_service"), Refused),
        (_answering(410, "channel_is_archived"), Refused),
        (_answering(302, Location="https://elsewhere.example.com/"), Refused),
        (_answering(429, "rate_limited"), Throttled),
        (_answering(500, "rollup_error"), Ambiguous),
        (_answering(503), Ambiguous),
        (_answering(200, "<html>sign in</html>"), Ambiguous),
        (_answering(204), Ambiguous),
        (_answering(200, "ok" * 10_000), Ambiguous),
        (_raising(httpx.ConnectError("")), Unavailable),
        (_raising(httpx.ConnectTimeout("")), Unavailable),
        (_raising(httpx.ReadTimeout("")), Ambiguous),
        (_raising(httpx.RemoteProtocolError("")), Ambiguous),
        (_raising(httpx.WriteError("")), Ambiguous),
    ],
)
def test_an_answer_means_one_error(handler: Handler, error: type[CountersignError]) -> None:
    """Only what says that nothing was posted may be tried again; doubt is doubt."""
    with pytest.raises(error) as raised:
        _adapter(handler).push("finance", "Title", "Text")
    assert type(raised.value) is error


def test_only_ok_is_an_acceptance() -> None:
    """`200` and the body `ok` end without an error, after one request."""
    sent: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, text="ok\n")

    _adapter(handler).push("finance", "Title", "Text")
    assert len(sent) == 1


def test_the_wait_is_the_one_that_was_asked_for() -> None:
    """Retry-After is handed on in seconds, and at most an hour is believed."""
    for told, seconds in (("30", 30.0), ("86400", 3600.0), ("soon", None)):
        with pytest.raises(Throttled) as raised:
            _adapter(_answering(429, **{"Retry-After": told})).push("finance", "T", "T")
        assert raised.value.retry_after == seconds


def test_nothing_in_a_message_can_mention_or_link() -> None:
    """Slack's control characters arrive as entities, and a title is one bold line."""
    sent: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, text="ok")

    _adapter(handler).push("finance", "A*b\n<!here>", "<!channel> & <https://x.example|pay>")
    (request,) = sent
    assert (request.method, str(request.url)) == ("POST", URL)
    assert json.loads(request.content) == {
        "text": "*A b &lt;!here&gt;*\n&lt;!channel&gt; &amp; &lt;https://x.example|pay&gt;"
    }


@pytest.mark.control
def test_a_text_sent_as_it_is_would_mention_everybody() -> None:
    """Control: without the entities the message holds a mention that Slack obeys."""
    sent: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        sent.append(json.loads(request.content)["text"])
        return httpx.Response(200, text="ok")

    naive, text = httpx.Client(transport=httpx.MockTransport(handler)), "<!channel> pay"
    naive.post(URL, json={"text": text})
    _adapter(handler).push("finance", "Title", text)
    assert ["<!channel>" in one for one in sent] == [True, False]


@pytest.mark.parametrize(
    "secret",
    ["not set", "[]", "null", '{"finance": 7}', '{"finance": ""}', '{"finance": "nowhere"}'],
)
def test_a_secret_of_another_shape_is_refused(secret: str) -> None:
    """Whoever filled it in is told the shape."""
    with pytest.raises(Misconfigured, match="notify-channels"):
        _adapter(_answering(200, "ok"), secret)


def test_a_url_in_clear_is_refused() -> None:
    """The URL is the credential: it goes over https, or nowhere beyond this machine."""
    with pytest.raises(Misconfigured, match="not https"):
        _adapter(_answering(200, "ok"), '{"finance": "http://hooks.example.com/x"}')
    _adapter(_answering(200, "ok"), '{"finance": "http://127.0.0.1:8400/x"}')


@pytest.mark.parametrize("status", [200, 302, 400, 500])
def test_no_error_tells_the_url_or_a_foreign_word(status: int) -> None:
    """Neither the credential nor content from outside gets into a message."""
    adapter = _adapter(_answering(status, "password of the boss"))
    with pytest.raises(CountersignError) as raised:
        adapter.push("finance", "Title", "Text")
    shown = f"{raised.value} {adapter!r}"
    assert "secret-part" not in shown
    assert "boss" not in shown


def test_without_time_nothing_is_sent() -> None:
    """A call that has no time left does not begin."""
    late = WebhookPushes(
        json.dumps({"finance": URL}),
        timeout=lambda: 0.0,
        transport=httpx.MockTransport(_raising(AssertionError("sent"))),
    )
    with pytest.raises(Unavailable, match="no time"):
        late.push("finance", "Title", "Text")
    late.close()
