"""HubSpot's network replaced by answers that a test writes down."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import httpx

from countersign.connectors.hubspot.client import HubSpot
from countersign.domain.policy.records import Lookup

TOKEN = "pat-canary-token"
WHO = "canary.person@example.com"
ZIP = httpx.ByteStream(gzip.compress(b"{}"))
KEYED = {"dealname": "A", "countersign_action_key": "cs-1"}
Handler = Callable[[httpx.Request], httpx.Response]


def hubspot(handler: Handler, seconds: float = 5.0) -> HubSpot:
    """The adapter, its network replaced by `handler`."""
    transport = httpx.MockTransport(handler)
    return HubSpot("https://crm.example", TOKEN, timeout=lambda: seconds, transport=transport)


def answers(status: int, body: object = None, headers: dict[str, str] | None = None) -> Handler:
    """Every request gets this answer."""
    return lambda _: httpx.Response(status, json=body, headers=headers)


def raises(error: type[httpx.TransportError]) -> Handler:
    """Every request fails this way."""

    def handler(request: httpx.Request) -> httpx.Response:
        raise error(f"{request.url} {request.headers['authorization']}")

    return handler


def deals_of(email: str) -> Lookup:
    """The question for a contact's deals."""
    return Lookup(name="d", connector="crm", kind="deals_of_contact", field="email", value=email)
