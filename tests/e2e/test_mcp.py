"""The official MCP client against the running local cloud, and the rights of its door."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest

from countersign.connectors.http import certificates
from countersign.domain.jobs.senders import hashed, new_token
from infra.cli.secrets.vault import Vault
from infra.local.rights import calls
from infra.local.stand import Stand
from tests.e2e.test_agents import ORDER, PAID_BY, charge_of
from tests.rights.judge import demanded, denied, product, unused, used
from tests.rights.until import until

pytest.importorskip("mcp", reason="the group `mcp` is not installed")
import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

pytestmark = [pytest.mark.cloud, pytest.mark.timeout(600)]
TOKENS = {one: new_token(one, "e" * 43) for one in ("assistant", "advisor")}


@dataclass(frozen=True)
class Speaker:
    """A caller that speaks MCP over HTTP."""

    url: str
    token: str
    road: str

    def calls(self, name: str, **given: Any) -> Mapping[str, Any]:
        """What one call comes to."""
        return asyncio.run(self._calls(name, given))

    async def _calls(self, name: str, given: Mapping[str, Any]) -> Mapping[str, Any]:
        async with (
            httpx2.AsyncClient(headers=self.headers, timeout=120) as http,
            Client(streamable_http_client(self.url, http_client=http), mode=self.road) as there,
        ):
            said = await there.call_tool(name, dict(given))
            assert not said.is_error, said.content
            return dict(said.structured_content)

    @property
    def headers(self) -> Mapping[str, str]:
        """What lets it in."""
        return {"authorization": f"Bearer {self.token}"}


def refund(stand: Stand, minor: int, key: str) -> dict[str, Any]:
    """The arguments of a refund's tool."""
    params = {
        "order": ORDER,
        "charge": charge_of(stand),
        "customer": PAID_BY,
        "amount": {"minor": minor, "currency": "EUR"},
        "reason": "requested_by_customer",
    }
    return {"key": key, "reason": "a scratch", "params": params}


@pytest.mark.guarantee("T37")
def test_by_mcp_it_is_proposed_followed_taken_back_and_reported(whole_stand: Stand) -> None:
    """On both roads, by the official client, through gateway and function with their rights: no
    call is denied, and each right of the door's role is used. A GET opens no stream."""
    stand, url = whole_stand, f"{whole_stand.url}/mcp"
    hashes = {one: {"current": hashed(token)} for one, token in TOKENS.items()}
    Vault().write(stand.outputs["CallersSecretArn"], json.dumps(hashes))
    assistant = Speaker(url, TOKENS["assistant"], "legacy")
    advisor = Speaker(url, TOKENS["advisor"], "2026-07-28")
    for method, headers, status in (("GET", assistant.headers, 405), ("POST", {}, 401)):
        said = httpx.request(method, url, headers=dict(headers), verify=certificates())
        assert said.status_code == status

    asked = assistant.calls("payments_refund", **refund(stand, 25_000, "m-1"))
    assert asked["state"] == "waiting"
    until(lambda: bool(assistant.calls("status", key="m-1")["actions"]))
    until(lambda: stand.deps.store.load(asked["job_id"]).pending is not None)
    taken_back = assistant.calls("withdraw", key="m-1", words="it was found")
    assert taken_back["actions"][0]["rejected"]["cause"] == "withdrawn"

    advisor.calls("payments_refund", **refund(stand, 1_000, "m-2"))
    until(lambda: "verdict" in str(advisor.calls("status", key="m-2")["actions"]))
    assert advisor.calls("report", key="m-2", done=True, receipt="re_1")["state"] == "done"

    whole = calls.taken(stand.cloud.endpoint, stand.cloud.scratch)
    mine = tuple(one for one in whole.calls if "FunctionsMcpRole" in one.role)
    journal = replace(whole, calls=mine)
    stack = product(journal.names, "local")
    held = {role: may for role, may in stack.roles().items() if role.startswith("FunctionsMcpRole")}
    uses = frozenset(use for use in used(stack, journal) if use.role in held)
    assert (calls.refused(journal), denied(stack, held, uses)) == ([], [])
    on_behalf = {one for one in demanded(stack) if one.role in held}
    assert unused(held, uses | on_behalf) == []
