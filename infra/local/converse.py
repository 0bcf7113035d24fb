"""Bedrock's Converse in front of a Chat Completions double: the same answers, and the same trouble,
in the other format. No key is asked for: the emulator has judged the signature."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from countersign.connectors.answers import object_of
from countersign.domain.errors import Unavailable
from infra.local.bad_model import Trouble
from infra.local.demo.system import json_object
from infra.local.offline_model import Answer

_STOPS = {
    "stop": "end_turn",
    "length": "max_tokens",
    "content_filter": "content_filtered",
    "tool_calls": "tool_use",
}
_ERRORS = {
    400: "ValidationException",
    401: "UnrecognizedClientException",
    403: "AccessDeniedException",
    404: "ResourceNotFoundException",
    408: "ModelTimeoutException",
    429: "ThrottlingException",
    503: "ServiceUnavailableException",
}
_USED = {
    "prompt_tokens": "inputTokens",
    "completion_tokens": "outputTokens",
    "total_tokens": "totalTokens",
}


def path_of(model: str) -> str:
    """Where a model is asked."""
    return f"/model/{quote(model, safe='')}/converse"


def routes(answer: Answer, trouble: Trouble | None = None) -> list[Route]:
    """Converse over what answers Chat Completions."""
    said = trouble or Trouble()

    async def converse(request: Request) -> Response:
        asked = json_object(await request.body()) or {}
        status, body = await run_in_threadpool(answer, chat(request.path_params["model"], asked))
        return spoken(said.answered(status, body))

    return [Route("/model/{model}/converse", converse, methods=["POST"])]


def chat(model: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """A question of Converse as one of Chat Completions."""
    turns = [{"role": "system", "content": asked.get("system", [])}, *asked.get("messages", [])]
    return {
        "model": model,
        "messages": turns,
        "max_completion_tokens": asked.get("inferenceConfig", {}).get("maxTokens"),
        "response_format": {"type": "json_schema", "json_schema": _schema(asked)},
    }


def _schema(asked: Mapping[str, Any]) -> dict[str, Any]:
    """By its own field, or by the one tool that has to be called."""
    told = asked.get("outputConfig", {}).get("textFormat")
    if told:
        held = told["structure"]["jsonSchema"]
        return {"name": held["name"], "schema": json.loads(held["schema"])}
    tool = asked["toolConfig"]["tools"][0]["toolSpec"]
    return {"name": tool["name"], "schema": tool["inputSchema"]["json"]}


def spoken(response: Response) -> Response:
    """An answer of Chat Completions in Converse's words; one that is none stays as it is."""
    if isinstance(response, StreamingResponse):
        return response
    if response.status_code >= 400:  # noqa: PLR2004 - refusals
        return _refusal(response)
    try:
        raw = bytes(response.body)
        object_of(raw)
    except Unavailable:
        return response
    body = json_object(raw) or {}
    return JSONResponse(_completion(body)) if "choices" in body else response


def _refusal(response: Response) -> Response:
    name = _ERRORS.get(response.status_code, "InternalServerException")
    kept = {n: v for n, v in response.headers.items() if n in {"retry-after", "date"}}
    headers = {**kept, "x-amzn-errortype": f"{name}:http://internal.amazon.com/"}
    return JSONResponse({"message": "made up"}, response.status_code, headers)


def _completion(body: Mapping[str, Any]) -> dict[str, Any]:
    choice = (body["choices"] or [{}])[0]
    said = choice.get("message")
    used = body.get("usage")
    named = {_USED[n]: v for n, v in used.items() if n in _USED} if used else used
    more = {name: held for name, held in body.items() if name in {"padding", "error"}}
    return {
        "output": {"message": _message(said) if said else None},
        "stopReason": "refusal" if (said or {}).get("refusal") else _stop(choice),
        "usage": named,
        "metrics": {"latencyMs": 1},
        **more,
    }


def _stop(choice: Mapping[str, Any]) -> str:
    return _STOPS.get(choice.get("finish_reason", ""), "end_turn")


def _message(said: Mapping[str, Any]) -> dict[str, Any]:
    text = said.get("content") or said.get("refusal")
    tools = [{"toolUse": {"name": "look_up", "input": {}}} for _ in said.get("tool_calls", ())]
    return {"role": "assistant", "content": [*([{"text": text}] if text else []), *tools]}
