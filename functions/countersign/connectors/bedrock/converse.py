"""A question in the words of Converse, and the bytes of its answer, read without belief in them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from itertools import groupby
from typing import Any

from countersign.connectors.answers import OFFLINE_MARK, is_count, mapping, object_of, text_of
from countersign.domain.policy.proposal import Ended, Usage
from countersign.domain.ports import ModelAnswer, ModelRequest

_WITHOUT_SCHEMA = re.compile(r"(?:^|\.)amazon\.")
"""Families that take no schema for their answer: they are made to call one tool, whose input is
it."""
_ENDS: Mapping[object, Ended] = {
    "max_tokens": "truncated",
    "model_context_window_exceeded": "truncated",
    "guardrail_intervened": "filtered",
    "content_filtered": "filtered",
    "refusal": "refused",
}


def body_of(asked: ModelRequest) -> dict[str, Any]:
    """The request's body. Turns of one speaker that follow each other are one turn, and blank texts
    are left out: Converse takes neither."""
    spoken = [(role, text) for role, text in asked.messages if text.strip()]
    turns = groupby(((r, t) for r, t in spoken if r != "system"), key=lambda turn: turn[0])
    limits: dict[str, Any] = {"maxTokens": asked.max_output_tokens}
    if asked.temperature:
        limits["temperature"] = float(asked.temperature)
    return {
        "system": [{"text": text} for role, text in spoken if role == "system"],
        "messages": [
            {"role": role, "content": [{"text": text} for _, text in texts]}
            for role, texts in turns
        ],
        "inferenceConfig": limits,
        **(_tool(asked) if _by_tool(asked) else _schema(asked)),
    }


def answer_of(raw: bytes, asked: ModelRequest) -> ModelAnswer:
    """What the model said. Raises Unavailable for anything that is no answer. Converse names no
    model, so it is the one that was asked."""
    body = object_of(raw)
    parts = mapping(mapping(body.get("output")).get("message")).get("content")
    called = [one["toolUse"] for one in _list(parts) if isinstance(one, dict) and "toolUse" in one]
    wanted = _by_tool(asked) and len(called) == 1 and _is_ours(called[0], asked)
    content = json.dumps(called[0]["input"], ensure_ascii=False) if wanted else text_of(parts)
    return ModelAnswer(
        content=content,
        model=asked.model,
        offline=asked.model.startswith(OFFLINE_MARK),
        usage=_usage(body.get("usage"), asked),
        ended=_ended(body.get("stopReason"), content, unasked=bool(called) and not wanted),
    )


def _by_tool(asked: ModelRequest) -> bool:
    return bool(_WITHOUT_SCHEMA.search(asked.model))


def _schema(asked: ModelRequest) -> dict[str, Any]:
    told = {"name": asked.schema_name, "schema": json.dumps(asked.schema, ensure_ascii=False)}
    shape = {"type": "json_schema", "structure": {"jsonSchema": told}}
    return {
        "outputConfig": {
            "textFormat": shape,
            **({"effort": asked.effort} if asked.effort else {}),
        }
    }


def _tool(asked: ModelRequest) -> dict[str, Any]:
    tool = {"name": asked.schema_name, "inputSchema": {"json": asked.schema}}
    chosen = {"tool": {"name": asked.schema_name}}
    return {"toolConfig": {"tools": [{"toolSpec": tool}], "toolChoice": chosen}}


def _is_ours(called: object, asked: ModelRequest) -> bool:
    """Whether it is a call of the one tool that was offered."""
    held = called if isinstance(called, dict) else {}
    return held.get("name") == asked.schema_name and isinstance(held.get("input"), dict)


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _ended(reason: object, content: str, *, unasked: bool) -> Ended:
    """How the answer ended. A call of a tool that nobody offered is no answer."""
    known = _ENDS.get(reason) if isinstance(reason, str) else None
    if known:
        return known
    if unasked:
        return "tool_call"
    return "completed" if content.strip() else "empty"


def _usage(used: object, asked: ModelRequest) -> Usage:
    """The tokens that were used, those of the cache among the input; the most that it can have been
    where the numbers cannot be believed."""
    told: Mapping[str, Any] = used if isinstance(used, dict) else {}
    plain, received = told.get("inputTokens"), told.get("outputTokens")
    cached, written = (
        count if is_count(count := told.get(name)) else 0
        for name in ("cacheReadInputTokens", "cacheWriteInputTokens")
    )
    if not (is_count(plain) and is_count(received)):
        return asked.most
    return Usage(
        calls=1,
        input_tokens=plain + cached + written,
        output_tokens=received,
        cached_tokens=cached,
        written_tokens=written,
    )
