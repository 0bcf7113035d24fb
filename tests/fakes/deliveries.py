"""Webhook deliveries as a sender makes them, and as somebody else bends them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from countersign.entrypoints.signature import sign
from countersign.entrypoints.webhook import receive
from countersign.web.http import Request, Response
from tests.fakes.world import WEBHOOK_SECRET, World


@dataclass(frozen=True)
class Delivery:
    """One signed delivery; `bent` changes it after it was signed."""

    body: bytes
    id: str = "evt-1"
    workflow: str = "lead_intake"
    headers: Mapping[str, str] = field(default_factory=dict)

    def signed(self, world: World) -> Delivery:
        """With the headers that its sender would send now."""
        stamp = int(world.clock.now().timestamp())
        return replace(
            self,
            headers={
                "webhook-id": self.id,
                "webhook-timestamp": str(stamp),
                "webhook-signature": sign(WEBHOOK_SECRET, self.id, stamp, self.body),
            },
        )

    def arrives(self, world: World) -> Response:
        """What the door answers."""
        headers = self.headers or self.signed(world).headers
        return receive(
            world.deps,
            Request(
                method="POST",
                params={"workflow": self.workflow},
                headers=headers,
                body=self.body,
            ),
        )
