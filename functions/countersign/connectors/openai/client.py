"""Any OpenAI-compatible model, asked once within the time that is left, answering in a schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import httpx2
import openai

from countersign.connectors.bounded import http_client, pause_of
from countersign.connectors.openai.reading import answer_of, code_of, is_ours
from countersign.domain.errors import Misconfigured, Refused, Throttled, Unavailable
from countersign.domain.ports import ModelAnswer, ModelRequest

if TYPE_CHECKING:
    from countersign.connectors.http import Gate

_NOT_OURS = frozenset({401, 402, 403, 404})
_LATER = frozenset({408, 409, 425})
"""It was too slow, or busy with something of the same kind: nothing is wrong with the request."""
_TOO_MANY, _REDIRECTS, _WRONG = 429, range(300, 400), range(400, 500)


class OpenAIModel:
    """Chat completions with strict JSON-schema output; no retries here, one owner has them."""

    def __init__(self, base_url: str, key: str, gate: Gate) -> None:
        self._gate = gate
        self._client = openai.OpenAI(
            base_url=base_url or None, api_key=key, max_retries=0, http_client=http_client()
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def answer(self, request: ModelRequest, seconds: float) -> ModelAnswer:
        """All within `seconds`. Raises Throttled, Unavailable, Misconfigured or Refused."""
        self._gate.before()
        try:
            reply = self._client.post(
                "/chat/completions",
                cast_to=httpx2.Response,
                body=body_of(request),
                options={"timeout": seconds},
            )
        except openai.APIStatusError as error:
            answer = error.response
            raise refusal(answer.status_code, answer.headers, answer.content) from None
        except openai.OpenAIError as error:
            raise Unavailable(f"the model does not answer ({type(error).__name__})") from None
        return answer_of(reply.content, request)


def body_of(request: ModelRequest) -> Mapping[str, Any]:
    """The request, handed over as it is: the SDK's method for it looks for types in every part of
    messages and schema, a fifth of what Propose takes."""
    schema = {"name": request.schema_name, "schema": dict(request.schema), "strict": True}
    body = {
        "model": request.model,
        "messages": [{"role": role, "content": text} for role, text in request.messages],
        "max_completion_tokens": request.max_output_tokens,
        "response_format": {"type": "json_schema", "json_schema": schema},
    }
    takes = {"temperature": float(request.temperature)} if request.temperature else {}
    return body | takes | ({"reasoning_effort": request.effort} if request.effort else {})


def refusal(status: int, headers: Mapping[str, Any], body: bytes) -> Exception:
    """What an answer that is no success means."""
    code = code_of(body)
    if status in _NOT_OURS or is_ours(code):
        what = f"{status} {code}".strip()
        return Misconfigured(f"the model's endpoint does not take our key or model ({what})")
    if status in _REDIRECTS:
        return Misconfigured(f"the model's endpoint is somewhere else ({status}), unfollowed")
    if status == _TOO_MANY:
        return Throttled("the model asks to slow down", pause_of(headers))
    if status in _LATER or status not in _WRONG:
        return Unavailable(f"the model's server fails ({status})")
    return Refused(f"the model's endpoint refuses the request: {f'{status} {code}'.strip()}")
