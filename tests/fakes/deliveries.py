"""Webhook deliveries as a sender makes them, and as somebody else bends them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from countersign.domain.jobs.senders import DEFAULT
from countersign.entrypoints.webhook import receive
from countersign.web.http import Request, Response
from countersign.web.signature import sign
from tests.fakes.world import WEBHOOK_SECRET, World


@dataclass(frozen=True)
class Delivery:
    """One signed delivery; `bent` changes it after it was signed."""

    body: bytes
    id: str = "evt-1"
    workflow: str = "lead_intake"
    sender: str = DEFAULT
    secret: str = WEBHOOK_SECRET
    headers: Mapping[str, str] = field(default_factory=dict)

    def signed(self, world: World) -> Delivery:
        """With the headers that its sender would send now."""
        stamp = int(world.clock.now().timestamp())
        return replace(
            self,
            headers={
                "webhook-id": self.id,
                "webhook-timestamp": str(stamp),
                "webhook-signature": sign(self.secret, self.id, stamp, self.body),
            },
        )

    def arrives(self, world: World) -> Response:
        """What the door answers."""
        named = {} if self.sender == DEFAULT else {"sender": self.sender}
        headers = self.headers or self.signed(world).headers
        return receive(
            world.deps,
            Request(
                method="POST",
                params={"workflow": self.workflow} | named,
                headers=headers,
                body=self.body,
            ),
        )
