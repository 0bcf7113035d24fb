"""Somebody's agent: it proposes at its own door, and reads what came of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from countersign.domain.approvals.directory import SigningLimit
from countersign.domain.money import Money
from countersign.entrypoints.webhook import answered
from countersign.web.http import Response
from countersign.web.signature import sign
from tests.fakes.journey import Journey
from tests.fakes.world import AGENT_SECRET, World

ORDER, CUSTOMER = "1042", "cus_AdaQuill"
LIMIT = Money(amount=Decimal(1_000), currency="EUR")


def with_an_order(amount: int = 40_000) -> tuple[World, str]:
    """A world with one paid order, its charge's id, and somebody who signs refunds and credits."""
    world = World(lambda _: {})
    for person in world.people.directory().members:
        limits = tuple(SigningLimit(actions=of, most=LIMIT) for of in ("payments.*", "shop.*"))
        world.people.becomes(person.person, roles=("refunds", "refunds-lead"), limits=limits)
    return world, world.payments.has_order(ORDER, amount, "eur", customer=CUSTOMER)


def refund(charge: str, euros: float, **more: Any) -> Mapping[str, Any]:
    """A refund of the order's customer, as an action of a proposal."""
    amount = {"minor": round(euros * 100), "currency": "EUR"}
    held = {"order": ORDER, "charge": charge, "customer": CUSTOMER, "amount": amount}
    said = {**held, "reason": "requested_by_customer", **more}
    return {"action": "payments.refund", "params": said}


@dataclass(frozen=True)
class Agent:
    """A system that signs with its own secret."""

    world: World
    id: str = "agent"
    secret: str = AGENT_SECRET

    def signed(self, body: bytes, key: str) -> Mapping[str, str]:
        """The headers of a request, signed now."""
        stamp = int(self.world.clock.now().timestamp())
        return {
            "webhook-id": key,
            "webhook-timestamp": str(stamp),
            "webhook-signature": sign(self.secret, key, stamp, body),
        }

    def sends(self, body: bytes, headers: Mapping[str, str]) -> Response:
        """One request, whatever was signed."""
        event = {
            "requestContext": {"http": {"method": "POST"}},
            "pathParameters": {"caller": self.id},
            "headers": headers,
            "body": body.decode(),
        }
        return answered(lambda: self.world.deps, event)

    def posts(self, body: bytes, key: str = "k-1") -> Response:
        """One signed request."""
        return self.sends(body, self.signed(body, key))

    def proposes(self, *actions: Mapping[str, Any], key: str = "k-1", **more: Any) -> Response:
        """A proposal with a reason."""
        said = {"actions": actions, "reason": "The lamp arrived broken.", **more}
        return self.posts(json.dumps(said).encode(), key)

    def goes(self, answer: Response) -> Journey:
        """The job of an accepted proposal, until it waits or ends."""
        assert answer.status == 202, answer.body
        journey = Journey(self.world, json.loads(answer.body)["job_id"])
        journey.goes()
        return journey

    def reads(self, answer: Response) -> Any:
        """What stands at the address of an accepted proposal."""
        said = self.at(json.loads(answer.body)["status_url"].rpartition("/")[2])
        assert said.status == 200, said.body
        return json.loads(said.body)

    def reports(self, answer: Response, *done: Mapping[str, Any], by: str = "") -> Response:
        """What the agent did by its verdicts, signed as a proposal is."""
        return self.tells(answer, {"actions": done}, by)

    def withdraws(self, answer: Response, words: str, by: str = "") -> Response:
        """What the agent proposed is taken back."""
        return self.tells(answer, {"withdraw": words}, by)

    def tells(self, answer: Response, said: Mapping[str, Any], by: str = "") -> Response:
        """What the agent says of its proposal afterwards."""
        body = json.dumps(said).encode()
        event = {
            "requestContext": {"http": {"method": "POST"}},
            "pathParameters": {
                "proposal": json.loads(answer.body)["status_url"].rpartition("/")[2]
            },
            "headers": replace(self, secret=by or self.secret).signed(body, "report"),
            "body": body.decode(),
        }
        return answered(lambda: self.world.deps, event)

    def at(self, token: str) -> Response:
        """What is answered at a proposal's address."""
        event = {
            "requestContext": {"http": {"method": "GET"}},
            "pathParameters": {"proposal": token},
        }
        return answered(lambda: self.world.deps, event)
