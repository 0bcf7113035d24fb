"""The demo channels keep what was posted, refuse as Slack does, and fail on demand."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from infra.local.slack import LONGEST, hook, push_app

HERE = ("127.0.0.1", 50000)
HOOK = hook("", "finance", "token")
KEY = {"Authorization": "Bearer key"}


@pytest.fixture
def demo() -> TestClient:
    """One channel, empty."""
    app = push_app({"finance": "token"}, key="key", clock=lambda: 1_772_355_600.0)
    return TestClient(app, client=HERE, raise_server_exceptions=False)


def _posted(demo: TestClient, text: str = "Hello") -> tuple[int, str]:
    answer = demo.post(HOOK, json={"text": text})
    return answer.status_code, answer.text


def _journal(demo: TestClient) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = demo.get("/push/journal.json").json()["entries"]
    return entries


def _plan(demo: TestClient, **plan: object) -> int:
    return demo.post("/push/_faults", json=plan, headers=KEY).status_code


def test_a_message_is_answered_ok_and_kept(demo: TestClient) -> None:
    """The journal has number, time, channel and text as it was sent; the page shows it."""
    assert _posted(demo, "a &amp; <b>") == (200, "ok")
    entry = {"n": 1, "at": "2026-03-01T09:00:00.000Z", "channel": "finance", "text": "a &amp; <b>"}
    assert _journal(demo) == [entry]
    page = demo.get("/push")
    assert "a &amp;amp; &lt;b&gt;" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("path", "body", "refusal"),
    [
        (hook("", "finance", "other"), '{"text": "x"}', (404, "no_service")),
        (hook("", "sales", "token"), '{"text": "x"}', (404, "no_service")),
        (HOOK, "{", (400, "invalid_payload")),
        (HOOK, "[]", (400, "invalid_payload")),
        (HOOK, "{}", (400, "no_text")),
        (HOOK, '{"text": " "}', (400, "no_text")),
        (HOOK, '{"text": 7}', (400, "no_text")),
        (HOOK, json.dumps({"text": "x" * (LONGEST + 1)}), (400, "invalid_payload")),
        (HOOK, "x" * 1_100_000, (413, "invalid_payload")),
    ],
)
def test_what_is_not_a_message_is_refused_in_a_word(
    demo: TestClient, path: str, body: str, refusal: tuple[int, str]
) -> None:
    """Slack's words, as plain text, and nothing is kept."""
    answer = demo.post(path, content=body)
    assert (answer.status_code, answer.text) == refusal
    assert _journal(demo) == []


@pytest.mark.parametrize(
    ("fault", "answer", "posted"),
    [
        ("unavailable", (503, "service_unavailable"), 0),
        ("throttle", (429, "rate_limited"), 0),
        ("archived", (410, "channel_is_archived"), 0),
        ("error_after", (500, "rollup_error"), 1),
        ("slow", (200, "ok"), 1),
        ("lie", (200, "ok"), 0),
    ],
)
def test_a_planned_fault_befalls_the_next_message(
    demo: TestClient, fault: str, answer: tuple[int, str], posted: int
) -> None:
    """Once, and then all is well again."""
    assert _plan(demo, fault=fault, seconds=0.0) == 204
    assert _posted(demo) == answer
    assert len(_journal(demo)) == posted
    assert _posted(demo) == (200, "ok")


def test_a_wait_is_told_in_whole_seconds(demo: TestClient) -> None:
    """Retry-After is rounded up, and at least one."""
    for seconds, told in ((0.2, "1"), (2.5, "3")):
        _plan(demo, fault="throttle", seconds=seconds)
        assert demo.post(HOOK, json={"text": "x"}).headers["retry-after"] == told


def test_faults_can_be_cleared_and_are_for_the_key_on_this_machine(demo: TestClient) -> None:
    """Nobody else makes the channels fail."""
    _plan(demo, fault="lie", times=5)
    assert _plan(demo, fault="none") == 204
    assert _posted(demo) == (200, "ok")
    assert len(_journal(demo)) == 1
    assert demo.post("/push/_faults", json={"fault": "lie"}).status_code == 403
    assert _plan(demo, fault="unheard of") == 400
    elsewhere = TestClient(demo.app, client=("203.0.113.7", 5), headers=KEY)
    assert elsewhere.post("/push/_faults", json={"fault": "lie"}).status_code == 404
