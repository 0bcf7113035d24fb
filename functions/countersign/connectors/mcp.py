"""The Model Context Protocol as the official package speaks it: one POST, one answer in JSON.

No session, no stream. The package knows both roads: the handshake of 2025-11-25 and before, and the
single request of 2026-07-28. It is loaded by the first request of somebody who is signed in: that
takes seconds of CPU, which no refusal should cost.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any

NAME = "countersign"


@dataclass(frozen=True)
class Tool:
    """What a client may call. `schema` is the JSON Schema of its arguments, an object."""

    name: str
    title: str
    words: str
    schema: Mapping[str, Any]
    reads_only: bool = False
    destroys: bool = False
    """Whether what comes of it may be out of reach for an undo."""


@dataclass(frozen=True)
class Told:
    """What a call came to."""

    said: Mapping[str, Any]
    refused: bool = False
    """Whether the caller has something to mend; `said` says what."""


Call = Callable[[str, Mapping[str, Any]], Told]
"""A tool by its name, and the arguments."""


@dataclass
class Answer:
    """An answer on HTTP."""

    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


def posted(
    headers: Mapping[str, str], body: bytes, tools: Sequence[Tool], call: Call, words: str
) -> Answer:
    """The answer to one POST. `headers` in lower case; `words` say to the model what is offered."""
    return asyncio.run(_posted(headers, body, _server(tools, call, words)))


async def _posted(headers: Mapping[str, str], body: bytes, server: Any) -> Answer:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

    manager = StreamableHTTPSessionManager(app=server, json_response=True, stateless=True)
    exchange = _Exchange(body)
    named = [(n.encode(), v.encode("latin-1", "replace")) for n, v in headers.items()]
    scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": named}
    async with manager.run():
        await manager.handle_request(scope, exchange.receive, exchange.send)
    return exchange.answer


class _Exchange:
    """One request and its answer, as ASGI hands them over."""

    def __init__(self, body: bytes) -> None:
        self._given = [{"type": "http.request", "body": body, "more_body": False}]
        self.answer = Answer()

    async def receive(self) -> dict[str, Any]:
        if not self._given:
            await asyncio.Event().wait()  # nobody hangs up before there is an answer
        return self._given.pop()

    async def send(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.answer.status = message["status"]
            self.answer.headers = {n.decode(): v.decode("latin-1") for n, v in message["headers"]}
        else:
            self.answer.body += message.get("body", b"")


def _server(tools: Sequence[Tool], call: Call, words: str) -> Any:
    import mcp_types as types
    from mcp.server.lowlevel import Server

    async def listed(_context: Any, _params: Any) -> Any:
        return types.ListToolsResult(tools=[_tool(one) for one in tools])

    async def called(_context: Any, params: Any) -> Any:
        told = call(params.name, params.arguments or {})
        return types.CallToolResult(
            content=[types.TextContent(type="text", text=json.dumps(told.said))],
            structured_content=dict(told.said),
            is_error=told.refused,
        )

    schemas = {one.name: one.schema for one in tools}
    return Server(
        NAME,
        instructions=words,
        on_list_tools=listed,
        on_call_tool=called,
        get_tool_input_schema=schemas.get,
    )


def _tool(one: Tool) -> Any:
    import mcp_types as types

    return types.Tool(
        name=one.name,
        title=one.title,
        description=one.words,
        input_schema=dict(one.schema),
        annotations=types.ToolAnnotations(
            read_only_hint=one.reads_only,
            destructive_hint=one.destroys,
            # A key names what was proposed: the same call again is the same proposal.
            idempotent_hint=True,
            open_world_hint=not one.reads_only,
        ),
    )
