"""Both ends of the wire: AWS's and the demo servers', with the faults that it has between."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import botocore.endpoint
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ReadTimeoutError
from moto.core.models import botocore_stubber
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from countersign.connectors.aws.signed import Answer, Request
from countersign.domain.errors import Unavailable
from infra.local.demo.answer import Cut
from tests.guarantees.wire import Line

SAID = {"message": "later", "error": {"type": "api_error", "message": "later"}}
"""The body of a refusal, in the shape of each system at once."""
Said = tuple[int, dict[str, str], bytes]
LOST = Unavailable("lost")


class AwsWire:
    """Requests to AWS, ours and boto3's; the other end is moto."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def __call__(self, url: str, request: Request) -> Answer:
        """As our own calls are sent. Raises Unavailable for an answer that is lost."""
        whole = f"{url}{request.path}?{request.query}"
        sent = AWSPreparedRequest(
            request.method, whole, HTTPHeaders.from_dict(request.headers), request.body, False
        )
        status, headers, body = self.answer(_service(url), sent, LOST)
        return Answer(status, body, {name.lower(): text for name, text in headers.items()})

    def answer(self, service: str, request: AWSPreparedRequest, lost: Exception) -> Said:
        """The answer, as a socket would give it. Raises `lost`."""
        call, body = _operation(service, request), _body(request)
        fault = self._line.meets(service, call)
        if fault in ("throttled", "away"):
            return _refusal(service, fault)
        answer = self._line.takes(call, body)
        if answer is None:
            answer = _through(request, body)
            self._line.applied(call, body, answer)
        if fault == "lost":
            raise lost
        return _refusal(service, "error") if fault else answer


class BotoWire:
    """botocore's HTTP session."""

    def __init__(self, line: Line, service: str) -> None:
        self._wire, self._service = AwsWire(line), service

    def close(self) -> None:
        """Nothing to close."""

    def send(self, request: AWSPreparedRequest) -> AWSResponse:
        """As botocore's calls are sent. Raises botocore's error."""
        lost = ReadTimeoutError(endpoint_url=request.url)
        return _aws(request, *self._wire.answer(self._service, request, lost))


class HttpWire:
    """An ASGI application in front of the demo servers; `servers` by the first part of the path."""

    def __init__(self, line: Line, servers: Mapping[str, ASGIApp]) -> None:
        self._line, self._servers = line, servers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The answer of the server, or what befell it."""
        to, send = scope["path"].split("/")[1], _once(send)
        fault = self._line.meets(to, f"{scope['method']} {_route(scope['path'])}")
        if fault == "throttled":
            wait = {"Retry-After": str(self._line.defers(to))}
            await JSONResponse(SAID, 429, wait)(scope, receive, send)
        elif fault == "away":
            await JSONResponse(SAID, 503)(scope, receive, send)
        else:
            await self._servers[to](scope, receive, _swallowed if fault else send)
            if fault:
                end = Cut() if fault == "lost" else JSONResponse({}, 500)
                await end(scope, receive, send)


def _once(send: Send) -> Send:
    """Each answer closes its connection: a process that is forgotten leaves none open."""

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), (b"connection", b"close")]
        await send(message)

    return sent


async def _swallowed(_: object) -> None:
    """Where an answer goes that nobody hears."""


def on_the_wire(client: Any, line: Line) -> Any:
    """The client of botocore, its requests sent over `line`."""
    service = str(client.meta.service_model.service_name)
    client.meta.events.unregister("before-send", botocore_stubber)
    client._endpoint.http_session = BotoWire(line, service)
    return client


@contextmanager
def waiting_costs_nothing(passes: Callable[[float], None]) -> Iterator[None]:
    """botocore's pauses between its tries move the virtual clock instead of the test's."""
    module = vars(botocore.endpoint)
    real = module["time"]
    module["time"] = SimpleNamespace(sleep=passes)
    try:
        yield
    finally:
        module["time"] = real


def _service(url: str) -> str:
    """By boto3's name for it."""
    name = url.partition("://")[2].partition(".")[0]
    return {"states": "stepfunctions"}.get(name, name)


def _operation(service: str, request: AWSPreparedRequest) -> str:
    target = request.headers.get("X-Amz-Target", b"")
    text = target.decode() if isinstance(target, bytes) else str(target)
    if text:
        return text.rpartition(".")[2]
    if service == "sesv2":
        return "SendEmail"
    return f"{request.method.title()}Object"


def _body(request: AWSPreparedRequest) -> bytes:
    body: Any = request.body
    if hasattr(body, "read"):
        body.seek(0)
        body = body.read()
    return body.encode() if isinstance(body, str) else bytes(body or b"")


def _through(request: AWSPreparedRequest, body: bytes) -> Said:
    request.body = body
    answer = botocore_stubber.process_request(request)
    assert answer, f"moto does not serve {request.url}"
    status, headers, said = answer
    said = said.encode() if isinstance(said, str) else bytes(said)
    return status, dict(headers), said


def _aws(
    request: AWSPreparedRequest, status: int, headers: dict[str, str], body: bytes
) -> AWSResponse:
    return AWSResponse(request.url, status, HTTPHeaders.from_dict(headers), _Raw(body))


class _Raw(io.BytesIO):
    def stream(self, **_: Any) -> Iterator[bytes]:
        """What botocore asks of urllib3's answer."""
        yield self.read()


def _refusal(service: str, fault: str) -> Said:
    """AWS's error, in the service's own spelling."""
    slow = "ProvisionedThroughputExceededException" if service == "dynamodb" else "Throttling"
    code = {"throttled": slow, "away": "ServiceUnavailable"}.get(fault, "InternalServerError")
    code = "TooManyRequestsException" if (service, fault) == ("sesv2", "throttled") else code
    status = {"throttled": 400, "away": 503}.get(fault, 500)
    if service == "s3":
        status, code = (503, "SlowDown") if fault == "throttled" else (status, code)
        xml = f"<Error><Code>{code}</Code><Message>made up</Message></Error>"
        return status, {"content-type": "application/xml"}, xml.encode()
    status = 429 if service == "sesv2" and fault == "throttled" else status
    headers = {"x-amzn-errortype": code, "content-type": "application/x-amz-json-1.0"}
    return status, headers, json.dumps({"__type": code, "message": "made up"}).encode()


def _route(path: str) -> str:
    """The path without ids and addresses, so that the same call has the same name in each run."""
    parts = path.strip("/").split("/")
    plain = re.compile(r"[a-z_]+|v\d")
    return "/".join(part if plain.fullmatch(part) else "-" for part in parts)
