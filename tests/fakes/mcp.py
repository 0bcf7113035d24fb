"""The official MCP client at our door: its requests become the gateway's events."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from countersign.entrypoints.mcp import answered
from tests.fakes.world import AGENT_TOKEN, World

URL = "https://countersign.example/mcp"
ROADS = ("2026-07-28", "legacy")
"""One request for each call; and the handshake of 2025-11-25."""
Called = tuple[str, Mapping[str, Any]]


@dataclass
class Door(httpx2.AsyncBaseTransport):
    """What stands between client and function."""

    world: World
    statuses: list[int] = field(default_factory=list)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        event = {
            "requestContext": {"http": {"method": request.method}},
            "headers": dict(request.headers),
            "body": (await request.aread()).decode(),
        }
        # The function is another process: it has no loop yet.
        said = await asyncio.to_thread(answered, lambda: self.world.deps, event)
        self.statuses.append(said.status)
        return httpx2.Response(said.status, headers=dict(said.headers), content=said.body.encode())


@dataclass(frozen=True)
class Mcp:
    """A caller that speaks MCP."""

    world: World
    road: str = ROADS[0]
    token: str = AGENT_TOKEN

    def tools(self) -> Sequence[Any]:
        """What is offered to it."""
        return self._run(())[0]

    def calls(self, name: str, /, **given: Any) -> Any:
        """The result of one call."""
        return self._run(((name, given),))[1]

    def _run(self, calls: Sequence[Called]) -> tuple[Sequence[Any], Any]:
        return asyncio.run(self._there(calls))

    async def _there(self, calls: Sequence[Called]) -> tuple[Sequence[Any], Any]:
        headers = {"authorization": f"Bearer {self.token}"}
        async with (
            httpx2.AsyncClient(transport=Door(self.world), headers=headers) as http,
            Client(streamable_http_client(URL, http_client=http), mode=self.road) as there,
        ):
            tools = (await there.list_tools()).tools
            said = [await there.call_tool(name, dict(given)) for name, given in calls]
            return tools, said[-1] if said else None
