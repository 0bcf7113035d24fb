"""A demo system from outside: its journal, its faults; and of the payments account, a colleague who
refunds."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

import httpx

from countersign.connectors.http import certificates
from countersign.connectors.stripe.records import to_stripe
from infra.local.front.samples import ByColleague, SampleFault


@dataclass(frozen=True)
class Provider:
    """The account at `url`/payments, or another `system` there, by its writing `key`. Raises
    httpx.HTTPError."""

    url: str
    key: str = field(repr=False)
    system: str = "payments"

    def journal(self) -> list[dict[str, Any]]:
        """Everything that took effect, whoever made it."""
        entries: list[dict[str, Any]] = self._json("GET", "journal.json")["entries"]
        return entries

    def fails(self, fault: SampleFault) -> None:
        """This happens to the next requests."""
        self.plan(fault.model_dump(mode="json", exclude={"system"}))

    def works(self) -> None:
        """No more faults."""
        self.plan({"fault": "none"})

    def plan(self, asked: dict[str, Any]) -> None:
        """As `_faults` takes it: Stripe is told by forms, systems of the business's own by JSON."""
        self._asked("POST", "_faults", **{"data" if self.system == "payments" else "json": asked})

    def refunds(self, by: ByColleague) -> None:
        """A colleague gives money of an order back, without a key of ours."""
        paid = self._json("GET", "v1/charges", params={"transfer_group": by.order})["data"]
        charge = next(one["id"] for one in paid if one["paid"])
        amount = to_stripe(by.refund.minor, by.refund.currency)
        own = {"Idempotency-Key": f"colleague-{secrets.token_hex(8)}"}
        self._json("POST", "v1/refunds", data={"charge": charge, "amount": amount}, headers=own)

    def _json(self, method: str, path: str, **asked: Any) -> Any:
        return self._asked(method, path, **asked).json()

    def _asked(self, method: str, path: str, **asked: Any) -> httpx.Response:
        sent = {"Authorization": f"Bearer {self.key}", **asked.pop("headers", {})}
        url = f"{self.url}/{self.system}/{path}"
        answer = httpx.request(
            method, url, headers=sent, timeout=30.0, verify=certificates(), **asked
        )
        return answer.raise_for_status()
