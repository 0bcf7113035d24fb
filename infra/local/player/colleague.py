"""A colleague who works in the demo CRM beside our jobs: mails a contact, changes a record."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

from countersign.connectors.http import certificates
from infra.local.crm.schema import ASSOCIATIONS

THEIRS = "colleague-"
"""How the keys of what colleagues write begin."""


@dataclass(frozen=True)
class Colleague:
    """Somebody with the CRM at `url`, by its writing `key`. Raises httpx.HTTPError."""

    url: str
    key: str = field(repr=False)

    def changes(self, kind: str, record_id: str, properties: Mapping[str, str]) -> None:
        """Change a record, under no key of ours."""
        answer = httpx.patch(
            f"{self.url}/crm/v3/objects/{kind}/{record_id}",
            json={"properties": dict(properties)},
            headers={"Authorization": f"Bearer {self.key}", "Idempotency-Key": THEIRS + record_id},
            timeout=30.0,
        )
        answer.raise_for_status()

    def answers(self, address: str) -> None:
        """Mail the contact with that address, now."""
        sent = {
            "hs_timestamp": str(int(time.time() * 1000)),
            "hs_email_direction": "EMAIL",
            "hs_email_status": "SENT",
            "hs_email_subject": "Re: your message",
        }
        kind = {
            "associationCategory": "HUBSPOT_DEFINED",
            "associationTypeId": ASSOCIATIONS[("emails", "contacts")],
        }
        with httpx.Client(
            base_url=f"{self.url}/crm/v3/objects",
            headers={"Authorization": f"Bearer {self.key}"},
            timeout=30.0,
            verify=certificates(),
        ) as crm:
            found = crm.get(f"/contacts/{address}", params={"idProperty": "email"})
            to = {"to": {"id": found.raise_for_status().json()["id"]}, "types": [kind]}
            body = {"properties": sent, "associations": [to]}
            crm.post("/emails", json=body).raise_for_status()
