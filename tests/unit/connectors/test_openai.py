"""The model over HTTP: what is asked, and what each answer means."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from countersign.connectors.openai import OpenAIModel
from countersign.domain.errors import Refused, Throttled, Unavailable, Ungrounded
from countersign.domain.policy.proposal import Usage
from countersign.domain.ports import ModelRequest

REQUEST = ModelRequest(
    model="small-1",
    messages=(("system", "Read."), ("user", "Hello")),
    schema_name="lead_intake",
    schema={"type": "object"},
    temperature="0.2",
    max_output_tokens=500,
)
USED = {"prompt_tokens": 12, "completion_tokens": 3, "total_tokens": 15}
Answers = Callable[[httpx.Request], httpx.Response]


def said(*, usage: Any = USED, **choice: Any) -> dict[str, Any]:
    """A completion whose one choice has these entries."""
    told = {"index": 0, "finish_reason": "stop", "message": {"content": "{}"}} | choice
    return {"id": "c-1", "model": "small-1-2026", "choices": [told], "usage": usage}


def model(answers: Answers, base_url: str = "https://models.test/v1/") -> OpenAIModel:
    return OpenAIModel(base_url, "key", transport=httpx.MockTransport(answers))


def answering(status: int = 200, body: Any = None, **headers: str) -> OpenAIModel:
    """A model server with one answer."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return model(lambda _: httpx.Response(status, content=content, headers=headers))


def test_it_asks_once_for_an_answer_in_the_schema() -> None:
    """Model, messages, bounds, schema and key, at the address that was given."""
    seen: list[httpx.Request] = []

    def answers(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=said())

    answer = model(answers).answer(REQUEST, 5.0)
    assert (answer.content, answer.model, answer.offline) == ("{}", "small-1-2026", False)
    assert answer.usage == Usage(calls=1, input_tokens=12, output_tokens=3)
    (request,) = seen
    assert str(request.url) == "https://models.test/v1/chat/completions"
    assert request.headers["authorization"] == "Bearer key"
    schema = {"name": "lead_intake", "schema": {"type": "object"}, "strict": True}
    assert json.loads(request.content) == {
        "model": "small-1",
        "messages": [
            {"role": "system", "content": "Read."},
            {"role": "user", "content": "Hello"},
        ],
        "temperature": 0.2,
        "max_completion_tokens": 500,
        "response_format": {"type": "json_schema", "json_schema": schema},
    }


def test_without_an_address_it_is_openai_s() -> None:
    """As every client of it does."""
    asked: list[str] = []

    def answers(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(200, json=said(usage=None))

    assert model(answers, base_url="").answer(REQUEST, 5.0).usage == Usage(calls=1)
    assert asked == ["https://api.openai.com/v1/chat/completions"]


@pytest.mark.parametrize(
    ("choice", "why"),
    [
        ({"message": {"content": None, "refusal": "no"}}, "refused"),
        ({"finish_reason": "length"}, "cut at its length"),
    ],
)
def test_a_refusal_and_a_cut_answer_are_no_ground(choice: dict[str, Any], why: str) -> None:
    """Nothing of them is read."""
    with pytest.raises(Ungrounded, match=why):
        answering(body=said(**choice)).answer(REQUEST, 5.0)
    with pytest.raises(Ungrounded, match="without a choice"):
        answering(body={"model": "small-1", "choices": []}).answer(REQUEST, 5.0)


@pytest.mark.parametrize(
    ("status", "body", "meaning"),
    [
        (429, {}, Throttled),
        (500, {}, Unavailable),
        (529, {}, Unavailable),
        (200, b"<html>", Unavailable),
        (200, {"choices": []}, Unavailable),
        (401, {"error": {"message": "sk-secret"}}, Refused),
        (400, {}, Refused),
        (302, {}, Refused),
    ],
)
def test_each_status_means_what_the_machine_can_do_about_it(
    status: int, body: Any, meaning: type[Exception]
) -> None:
    """And nothing that the server says is repeated."""
    with pytest.raises(meaning) as met:
        answering(status, body).answer(REQUEST, 5.0)
    assert "secret" not in str(met.value)


def test_it_says_how_long_to_wait() -> None:
    """The answer's own Retry-After, in seconds."""
    with pytest.raises(Throttled) as met:
        answering(429, {}, **{"retry-after": "7"}).answer(REQUEST, 5.0)
    assert met.value.retry_after == 7.0


@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ReadTimeout, httpx.ReadError])
def test_no_answer_is_unavailable(error: type[httpx.TransportError]) -> None:
    """The state machine tries again."""

    def breaks(_: httpx.Request) -> httpx.Response:
        raise error("made up")

    with pytest.raises(Unavailable):
        model(breaks).answer(REQUEST, 5.0)


def test_the_offline_model_is_known_by_its_name() -> None:
    """Served by our own heuristics, and it says so everywhere."""
    assert answering(body=said() | {"model": "offline"}).answer(REQUEST, 5.0).offline
