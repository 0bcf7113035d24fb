"""Any OpenAI-compatible model, asked once within the time that is left, answering in a schema.

One POST, over the client of all connectors: OpenAI's own library loads 420 ms of CPU for it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from typing import Any

import httpx
from pydantic import BaseModel, ValidationError

from countersign.connectors import http
from countersign.domain.errors import Refused, Throttled, Unavailable, Ungrounded
from countersign.domain.policy.proposal import Usage
from countersign.domain.ports import ModelAnswer, ModelRequest

OFFLINE_MARK = "offline"
"""Models of this name are the plain heuristics of a workflow, served locally."""
BASE_URL = "https://api.openai.com/v1"


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Used(BaseModel):
    prompt_tokens: int = 0
    completion_tokens: int = 0


class _Completion(BaseModel):
    """What we read of a chat completion; servers add what they like."""

    model: str
    choices: tuple[_Choice, ...] = ()
    usage: _Used | None = None


class OpenAIModel:
    """Chat completions with strict JSON-schema output; no retries here, one owner has them.
    `transport` is for tests."""

    def __init__(
        self, base_url: str, key: str, *, transport: httpx.BaseTransport | None = None
    ) -> None:
        # httpx logs each URL at INFO; whose model server it is concerns nobody's log.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        self._url = f"{(base_url or BASE_URL).rstrip('/')}/chat/completions"
        self._client = http.client(transport)
        self._headers = {"Authorization": f"Bearer {key}", "Accept-Encoding": "identity"}

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def answer(self, request: ModelRequest, seconds: float) -> ModelAnswer:
        """Raises Throttled, Unavailable, Refused, or Ungrounded for a refusal or a cut answer."""
        try:
            reply = _Completion.model_validate_json(self._asked(_body(request), seconds))
        except httpx.HTTPError:
            raise Unavailable("the model does not answer") from None
        except ValidationError:
            raise Unavailable("the model's endpoint answers with something else") from None
        return ModelAnswer(
            content=_content(reply),
            model=reply.model,
            offline=reply.model.startswith(OFFLINE_MARK),
            usage=_usage(reply),
        )

    def _asked(self, body: Mapping[str, Any], seconds: float) -> bytes:
        """The body of a good answer. A model thinks as long as it may: only the whole is limited.
        Raises httpx.HTTPError."""
        deadline, limit = time.monotonic() + seconds, httpx.Timeout(seconds)
        with self._client.stream(
            "POST", self._url, json=body, headers=self._headers, timeout=limit
        ) as reply:
            _check(reply)
            return http.body(reply, deadline)


def _body(request: ModelRequest) -> Mapping[str, Any]:
    schema = {"name": request.schema_name, "schema": dict(request.schema), "strict": True}
    return {
        "model": request.model,
        "messages": [{"role": role, "content": text} for role, text in request.messages],
        "temperature": float(request.temperature),
        "max_completion_tokens": request.max_output_tokens,
        "response_format": {"type": "json_schema", "json_schema": schema},
    }


def _check(reply: httpx.Response) -> None:
    """Raises Throttled, Unavailable or Refused for what is no answer of a model."""
    if reply.status_code == httpx.codes.TOO_MANY_REQUESTS:
        raise Throttled("the model asks to slow down", http.retry_after(reply))
    if reply.is_server_error:
        raise Unavailable("the model does not answer")
    if not reply.is_success:
        raise Refused(f"the model's endpoint refuses the request: {reply.status_code}")


def _content(reply: _Completion) -> str:
    if not reply.choices:
        raise Ungrounded("the model answered without a choice")
    choice = reply.choices[0]
    if choice.message.refusal:
        raise Ungrounded("the model refused to answer")
    if choice.finish_reason == "length":
        raise Ungrounded("the model's answer was cut at its length limit")
    return choice.message.content or ""


def _usage(reply: _Completion) -> Usage:
    used = reply.usage or _Used()
    return Usage(calls=1, input_tokens=used.prompt_tokens, output_tokens=used.completion_tokens)
