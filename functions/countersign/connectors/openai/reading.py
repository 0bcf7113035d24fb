"""The bytes of a Chat Completions answer, read without belief in who sent them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from countersign.connectors.answers import OFFLINE_MARK, is_count, mapping, object_of, text_of
from countersign.domain.errors import Misconfigured, Unavailable
from countersign.domain.policy.proposal import Ended, Usage
from countersign.domain.ports import ModelAnswer, ModelRequest

_ENDS: Mapping[object, Ended] = {
    "length": "truncated",
    "content_filter": "filtered",
    "tool_calls": "tool_call",
    "function_call": "tool_call",
}
_ACCOUNT = frozenset({"insufficient_quota", "billing_not_active", "model_not_found"}) | {
    *("account_deactivated", "billing_hard_limit_reached", "invalid_api_key")
}
"""Codes about the key, the account or the model's name, whatever status they come with."""


def answer_of(raw: bytes, asked: ModelRequest) -> ModelAnswer:
    """What the model said. Raises Unavailable for anything that is no completion, which is the
    server's fault and passes; Misconfigured for an error about our account under status 200."""
    body = object_of(raw)
    if body.get("error"):
        raise _error(body)
    choice = _first(body.get("choices"))
    message = mapping(choice.get("message"))
    name = body.get("model")
    model = name[:100] if isinstance(name, str) and name.strip() else asked.model
    content, refusal = text_of(message.get("content")), text_of(message.get("refusal"))
    return ModelAnswer(
        content=content or refusal,
        model=model,
        # A server that was asked for a model does not become the heuristics by its name for it.
        offline=all(one.startswith(OFFLINE_MARK) for one in (asked.model, model)),
        usage=_usage(body.get("usage"), asked),
        ended=_ended(choice, message, refused=bool(refusal), empty=not content.strip()),
    )


def is_ours(code: str) -> bool:
    """Whether an error's code is about our key, account or model's name."""
    return code in _ACCOUNT


def code_of(raw: bytes) -> str:
    """The code of an error's body, where that is a plain word."""
    try:
        error = object_of(raw).get("error")
    except Unavailable:
        return ""
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, str) and re.fullmatch(r"[a-z0-9_]{3,40}", code) else ""


def _error(body: Mapping[str, Any]) -> Exception:
    error = body["error"]
    code = error.get("code") if isinstance(error, dict) else None
    if isinstance(code, str) and is_ours(code):
        return Misconfigured(f"the model's endpoint does not take our key or model ({code})")
    return Unavailable("the model's server answered with an error under status 200")


def _first(choices: object) -> Mapping[str, Any]:
    return mapping(choices[0] if isinstance(choices, list) and choices else None)


def _ended(
    choice: Mapping[str, Any], message: Mapping[str, Any], *, refused: bool, empty: bool
) -> Ended:
    """How the answer ended. No tool was offered, so a call of one is no answer."""
    if refused:
        return "refused"
    if message.get("tool_calls") or message.get("function_call"):
        return "tool_call"
    reason = choice.get("finish_reason")
    known = _ENDS.get(reason) if isinstance(reason, str) else None
    return known or ("empty" if empty else "completed")


def _usage(used: object, asked: ModelRequest) -> Usage:
    """The tokens that were used; the most that it can have been where the server does not say so in
    numbers that can be believed."""
    told: Mapping[str, Any] = used if isinstance(used, dict) else {}
    sent, received = told.get("prompt_tokens"), told.get("completion_tokens")
    if not (is_count(sent) and is_count(received)):
        return asked.most
    details = told.get("prompt_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, dict) else 0
    return Usage(
        calls=1,
        input_tokens=sent,
        output_tokens=received,
        cached_tokens=cached if is_count(cached) and cached <= sent else 0,
    )
