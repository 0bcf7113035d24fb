"""Any model of Amazon Bedrock, asked once within the time that is left, answering in a schema."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx2

from countersign.connectors.answers import object_of
from countersign.connectors.aws.signed import Request, Signer
from countersign.connectors.bedrock.converse import answer_of, body_of
from countersign.connectors.bounded import http_client, pause_of
from countersign.domain.errors import Misconfigured, Refused, Throttled, Unavailable

if TYPE_CHECKING:
    from countersign.connectors.aws.client import Credentials, Place
    from countersign.connectors.http import Gate
    from countersign.domain.ports import ModelAnswer, ModelRequest

_WELL, _REDIRECTS = range(200, 300), range(300, 400)
_WRONG, _TOO_MANY_REQUESTS = range(400, 500), 429
_NOT_OURS = frozenset({"AccessDeniedException", "ResourceNotFoundException"}) | {
    *("UnrecognizedClientException", "ExpiredTokenException", "InvalidSignatureException"),
    *("NotAuthorized", "AccessDenied"),
}
_TOO_MANY = frozenset({"ThrottlingException", "ServiceQuotaExceededException"})
_LATER = frozenset({"ModelNotReadyException", "ModelTimeoutException", "ModelErrorException"})
_PASSES = frozenset({408, 409, 425})
_DENIED = frozenset({401, 403, 404})
"""Of whoever stands before Bedrock and names no error of its own: a proxy, an endpoint's policy."""
_NO_SUCH_MODEL = re.compile(r"(?i)model identifier|on-demand throughput|inference profile")
"""A request that is wrong only in its model is the stage's fault, and no job's."""

_REMEDY = "ask for access to it in Bedrock's console of this region, or name another in [models]"


class BedrockModel:
    """Converse with strict JSON-schema output; no retries here, one owner has them.

    boto3 has no bound on an answer's bytes or whole time, and its client costs more to make than
    the question: the request is signed here.
    """

    def __init__(self, place: Place, gate: Gate, by: Credentials | None = None) -> None:
        self._gate, self._url = gate, place.url("bedrock-runtime")
        self._signer = Signer("bedrock", place.region, self._url, by or place.own)
        self._client = http_client(place.trusts)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def answer(self, request: ModelRequest, seconds: float) -> ModelAnswer:
        """All within `seconds`. Raises Throttled, Unavailable, Misconfigured or Refused."""
        self._gate.before()
        asked = self._signer.signed(asking(request))
        try:
            reply = self._client.post(
                self._url + asked.path, content=asked.body, headers=asked.headers, timeout=seconds
            )
        except httpx2.HTTPError as error:
            raise Unavailable(f"the model does not answer ({type(error).__name__})") from None
        if reply.status_code not in _WELL:
            raise refusal(reply.status_code, reply.headers, reply.content)
        return answer_of(reply.content, request)


def asking(request: ModelRequest) -> Request:
    """The question as a request to AWS, before it is signed."""
    body = json.dumps(body_of(request), ensure_ascii=False).encode()
    path = f"/model/{quote(request.model, safe='')}/converse"
    return Request({"content-type": "application/json"}, body, path=path)


def refusal(status: int, headers: Mapping[str, Any], body: bytes) -> Exception:
    """What an answer that is no success means, by the name of its error."""
    kind, message = _told(headers, body)
    if _is_not_ours(status, kind, message):
        return Misconfigured(f"Bedrock does not give us this model ({kind or status}): {_REMEDY}")
    if kind in _TOO_MANY or (not kind and status == _TOO_MANY_REQUESTS):
        return Throttled("the model asks to slow down", pause_of(headers))
    if status in _REDIRECTS:
        return Misconfigured(f"the model's endpoint is somewhere else ({status}), unfollowed")
    if kind in _LATER or status in _PASSES or status not in _WRONG:
        return Unavailable(f"the model's server fails ({kind or status})")
    return Refused(f"Bedrock refuses the request: {f'{status} {kind}'.strip()}")


def _is_not_ours(status: int, kind: str, message: str) -> bool:
    if not kind:
        return status in _DENIED
    return kind in _NOT_OURS or (
        kind == "ValidationException" and bool(_NO_SUCH_MODEL.search(message))
    )


def _told(headers: Mapping[str, Any], body: bytes) -> tuple[str, str]:
    """The error's name and its words, empty where AWS did not answer."""
    try:
        held = object_of(body)
    except Unavailable:
        held = {}
    kind = str(headers.get("x-amzn-errortype") or held.get("__type") or "")
    name = kind.rpartition("#")[2].partition(":")[0]
    message = held.get("message") or held.get("Message")
    return (name if name.isalnum() else ""), message if isinstance(message, str) else ""
