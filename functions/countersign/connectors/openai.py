"""Any OpenAI-compatible model, asked once within the time that is left, answering in a schema."""

from __future__ import annotations

import re
from typing import cast

import openai
from openai.types.chat import ChatCompletion, ChatCompletionMessageParam

from countersign.domain.errors import Misconfigured, Refused, Throttled, Unavailable, Ungrounded
from countersign.domain.policy.proposal import Usage
from countersign.domain.ports import ModelAnswer, ModelRequest

OFFLINE_MARK = "offline"
"""Models of this name are the plain heuristics of a workflow, served locally."""


class OpenAIModel:
    """Chat completions with strict JSON-schema output; no retries here, one owner has them."""

    def __init__(self, base_url: str, key: str) -> None:
        self._client = openai.OpenAI(base_url=base_url or None, api_key=key, max_retries=0)

    def answer(self, request: ModelRequest, seconds: float) -> ModelAnswer:
        """Raises Throttled, Unavailable, Misconfigured, Refused, or Ungrounded for a refusal or a
        cut answer."""
        try:
            reply = self._client.chat.completions.create(
                model=request.model,
                messages=_messages(request),
                temperature=float(request.temperature),
                max_completion_tokens=request.max_output_tokens,
                response_format={
                    "type": "json_schema",
                    "json_schema": {
                        "name": request.schema_name,
                        "schema": dict(request.schema),
                        "strict": True,
                    },
                },
                timeout=seconds,
            )
        except openai.OpenAIError as error:
            raise _mapped(error) from None
        return ModelAnswer(
            content=_content(reply),
            model=reply.model,
            offline=reply.model.startswith(OFFLINE_MARK),
            usage=_usage(reply),
        )


def _messages(request: ModelRequest) -> list[ChatCompletionMessageParam]:
    return [
        cast("ChatCompletionMessageParam", {"role": role, "content": text})
        for role, text in request.messages
    ]


def _content(reply: ChatCompletion) -> str:
    if not reply.choices:
        raise Ungrounded("the model answered without a choice")
    choice = reply.choices[0]
    if choice.message.refusal:
        raise Ungrounded("the model refused to answer")
    if choice.finish_reason == "length":
        raise Ungrounded("the model's answer was cut at its length limit")
    return choice.message.content or ""


def _usage(reply: ChatCompletion) -> Usage:
    used = reply.usage
    if used is None:
        return Usage(calls=1)
    return Usage(calls=1, input_tokens=used.prompt_tokens, output_tokens=used.completion_tokens)


def _mapped(error: openai.OpenAIError) -> Exception:
    match error:
        case openai.APIStatusError() if _not_ours(error):
            what = f"{error.status_code} {_code(error)}".strip()
            return Misconfigured(f"the model's endpoint does not take our key or model ({what})")
        case openai.RateLimitError():
            after = error.response.headers.get("retry-after", "")
            return Throttled("the model asks to slow down", float(after) if _plain(after) else None)
        case openai.APIConnectionError() | openai.InternalServerError():
            return Unavailable("the model does not answer")
        case openai.APIStatusError():
            return Refused(f"the model's endpoint refuses the request: {error.status_code}")
        case _:
            return Unavailable(f"the model's client failed: {type(error).__name__}")


_NOT_OURS = frozenset({401, 402, 403, 404})
_ACCOUNT = frozenset({"insufficient_quota", "billing_not_active", "model_not_found"}) | {
    *("account_deactivated", "billing_hard_limit_reached", "invalid_api_key")
}
"""Codes about the key, the account or the model's name, whatever status they come with."""


def _not_ours(error: openai.APIStatusError) -> bool:
    return error.status_code in _NOT_OURS or _code(error) in _ACCOUNT


def _code(error: openai.APIStatusError) -> str:
    """The endpoint's code for it, where that is a plain word."""
    code = error.code or ""
    return code if re.fullmatch(r"[a-z0-9_]{3,40}", code) else ""


def _plain(text: str) -> bool:
    return text.replace(".", "", 1).isdecimal()
